/**
 * The one list of everything that inspection can find about a study: what it is called, what it means, how severe it is
 * unless the case says otherwise, and what the researcher can do. docs/findings.md is written from it (a test holds
 * the two equal).
 */
/** Whether the run can go on: "error" = it cannot, "prepare" = only on the prepared data. */
export type Severity = "error" | "prepare" | "warning" | "info";

export type FindingCode = keyof typeof findingCatalogue;

interface FindingEntry {
  readonly title: string;
  readonly meaning: string;
  readonly severity: Severity;
  /** Empty only for severity "info". */
  readonly remedy: string;
}

export const findingCatalogue = {
  "analysis-unreadable": {
    title: "analysis.json cannot be used",
    meaning: "It is no JSON, has more than 1 MiB, or one of its fields is not what it should be.",
    severity: "error",
    remedy: "Correct analysis.json and upload it again; without the file the defaults apply.",
  },
  "no-vcf": {
    title: "The study holds no VCF",
    meaning: "No object of the folder is named .vcf, .vcf.gz or .vcf.bgz.",
    severity: "error",
    remedy: "Upload the genotypes as .vcf or .vcf.gz into the study's folder.",
  },
  "no-labels": {
    title: "The study holds no labels table",
    meaning: "No object of the folder is named .csv, .tsv or .txt.",
    severity: "error",
    remedy:
      "Upload a CSV or TSV table whose first column is the sample and that has a column with the label of each sample.",
  },
  "several-labels-tables": {
    title: "The study holds several labels tables",
    meaning:
      "More than one object of the folder is named .csv, .tsv or .txt, so that it is not clear which one holds the labels.",
    severity: "error",
    remedy: "Keep one of these tables in the study's folder and move the others elsewhere.",
  },
  "upload-unfinished": {
    title: "An upload is still under way",
    meaning:
      "The folder holds a file that a program writes while it copies (.part, .filepart, .crdownload, .tmp …), so that a part of the study may be missing.",
    severity: "error",
    remedy: "Wait until the upload is complete, or remove the file if it was given up; then start the run again.",
  },
  "unreadable-key": {
    title: "Spark cannot open a file of that name",
    meaning:
      "Hadoop reads a comma as a list of files, * ? [ { and \\ as a pattern, a colon as a scheme, and skips files whose name begins with _ or a dot.",
    severity: "prepare",
    remedy: "Choose an option that prepares first, or rename the file or its folder without these characters.",
  },
  "empty-file": {
    title: "The file is empty",
    meaning: "The object has no bytes: usually an upload or an export that failed.",
    severity: "error",
    remedy: "Upload the file again and compare its size with the original's.",
  },
  "not-a-vcf": {
    title: "The file is no VCF",
    meaning: "Its content is of another kind than its name says.",
    severity: "error",
    remedy:
      "Upload the VCF itself as plain text, gzip or BGZF. BCF can be converted: bcftools view -Oz -o study.vcf.gz study.bcf",
  },
  "truncated-gzip": {
    title: "The compressed file is cut off",
    meaning: "The file ends within a gzip member or BGZF block, so that its last records are missing.",
    severity: "error",
    remedy: "Upload the file again and compare its size or checksum with the original's.",
  },
  "corrupt-gzip": {
    title: "The compressed file is corrupt",
    meaning: "A gzip member or BGZF block does not inflate to what its checksum says.",
    severity: "error",
    remedy: "Test the original with gzip -t, then upload it again in binary mode.",
  },
  "bgzf-eof-missing": {
    title: "The BGZF file is cut off at a block's end",
    meaning:
      "Every complete BGZF file ends with an empty block of 28 bytes (SAM specification §4.1.2). Without it the file was cut, even if all blocks in it are sound.",
    severity: "error",
    remedy:
      "Upload the file again. If the original has no such block either, write it again with bgzip or bcftools view -Oz.",
  },
  "compression-differs-from-name": {
    title: "The file's name does not say how it is compressed",
    meaning:
      "Hadoop tells compression from the name alone: .gz (in small letters) is inflated, everything else is read as it is.",
    severity: "prepare",
    remedy: "Choose an option that prepares first, or rename the file so that its extension is what its content is.",
  },
  "bgz-not-readable-on-aws": {
    title: "Spark cannot read .vcf.bgz yet",
    meaning:
      "The file is sound, but Hadoop has no codec for the extension .bgz, so VariantSpark would read compressed bytes as text. It can be prepared first, or run on your own machine.",
    severity: "warning",
    remedy: "To run on AWS, choose an option that prepares first; it converts the file's blocks side by side.",
  },
  "gzip-is-one-partition": {
    title: "A gzip file is read by one task",
    meaning: "Spark cannot split a .vcf.gz: one task parses the whole file, however many nodes there are.",
    severity: "info",
    remedy:
      "Prepared first, the data is read by many tasks side by side; so is plain .vcf, or one file per chromosome.",
  },
  "index-ignored": {
    title: "The index beside a VCF is not used",
    meaning:
      "A .tbi or .csi that was made of this file tells how many records it holds, a .gzi how long its text is. This one is damaged, or was made of another version of the file.",
    severity: "warning",
    remedy:
      "Make it again: tabix -f -p vcf study.vcf.gz. Or remove it: the records are then estimated from samples of the file.",
  },
  "short-read": {
    title: "Fewer bytes came than the file has",
    meaning: "A read of the file, or the text of a slice, ended before it should, so that records would be missing.",
    severity: "error",
    remedy: "Start the run again; if it ends in the same way, upload the file again.",
  },
  "text-too-large": {
    title: "A part of the file inflates to far more text than its size lets expect",
    meaning:
      "Inspection reads places of a file and found it sound there; between them, a part that one Lambda converts holds more text than it can convert in its time. Such files are made to overload who reads them, or are damaged.",
    severity: "error",
    remedy: "Look at the file with bgzip -dc study.vcf.gz | wc -c, and write it again: bcftools view -Oz",
  },
  "line-too-long": {
    title: "A line is too long to be a record",
    meaning: "A line has more than 256 MiB: four times what a million samples with 60 bytes each take.",
    severity: "error",
    remedy: "Check that the file is a VCF with line ends (LF or CRLF) at that place.",
  },
  "vcf-fileformat-missing": {
    title: "The header has no fileformat line",
    meaning: "The specification wants ##fileformat first, and VariantSpark's reader refuses a header without it.",
    severity: "error",
    remedy: "Put ##fileformat=VCFv4.2 (or the version that wrote the file) into the first line.",
  },
  "vcf-version-unsupported": {
    title: "VariantSpark cannot read this version of VCF",
    meaning: "Its reader (htsjdk 2.21) takes VCFv4.0 to VCFv4.3 and refuses all others.",
    severity: "prepare",
    remedy:
      "Choose an option that prepares first. Or, if the file uses nothing of the newer version, write ##fileformat=VCFv4.3 into its first line (bcftools reheader).",
  },
  "vcf-meta-line-unreadable": {
    title: "VariantSpark cannot read a line of the header",
    meaning:
      "Its reader (htsjdk 2.21) ends at a line of metadata (INFO, FORMAT, FILTER, ALT, contig, SAMPLE, META or PEDIGREE) whose fields are not what it expects.",
    severity: "prepare",
    remedy:
      "Choose an option that prepares first, which passes over the header; or correct the line: bcftools reheader -h header.txt",
  },
  "vcf-columns-line-missing": {
    title: "The header has no #CHROM line",
    meaning: "Without the line that names the columns, nothing says which samples the file holds.",
    severity: "error",
    remedy: "Restore the header of the original file, with its #CHROM line right before the first record.",
  },
  "vcf-header-blank-line": {
    title: "An empty line interrupts the header",
    meaning:
      "VariantSpark's reader ends the header at a line that does not start with # and then misses the #CHROM line.",
    severity: "error",
    remedy: "Remove the empty line.",
  },
  "vcf-header-too-long": {
    title: "The header does not end",
    meaning:
      "No #CHROM line ends within the first 8 MiB of the file, within the first million lines, or within 256 MiB of text of which no line has more than 64.",
    severity: "error",
    remedy: "Check the header; drop metadata lines that the analysis does not need.",
  },
  "vcf-header-beyond-line-500": {
    title: "The header is too long for VariantSpark",
    meaning: "VariantSpark looks for the #CHROM line in the first 500 lines only.",
    severity: "prepare",
    remedy:
      "Choose an option that prepares first; or shorten the header to 500 lines with bcftools reheader: ##contig lines of unplaced contigs and ##bcftools lines can go.",
  },
  "vcf-columns-wrong": {
    title: "The #CHROM line does not name VCF's columns",
    meaning: "Its first eight columns must be #CHROM POS ID REF ALT QUAL FILTER INFO, separated by tabs.",
    severity: "error",
    remedy: "Correct the #CHROM line; if tabs became spaces, take the original file.",
  },
  "vcf-format-missing": {
    title: "The #CHROM line has samples but no FORMAT column",
    meaning: "The ninth column must be FORMAT; the samples follow it.",
    severity: "error",
    remedy: "Restore the FORMAT column from the original file.",
  },
  "vcf-no-samples": {
    title: "The VCF holds no samples",
    meaning: "It lists sites without genotypes, so there is nothing to associate with the labels.",
    severity: "error",
    remedy: "Upload the VCF with genotypes (exports without them are often named .sites.vcf).",
  },
  "vcf-too-many-samples": {
    title: "The VCF names more samples than any cohort has",
    meaning: "The #CHROM line has more than 2,000,000 columns: the file is damaged, or made to overload who reads it.",
    severity: "error",
    remedy: "Look at the #CHROM line of the original file: bcftools query -l | wc -l",
  },
  "vcf-sample-name-empty": {
    title: "A sample has no name",
    meaning: "Two tabs follow each other in the #CHROM line.",
    severity: "error",
    remedy: "Give each sample a name in the #CHROM line.",
  },
  "vcf-samples-duplicate": {
    title: "Samples occur twice in the #CHROM line",
    meaning: "VariantSpark's reader would keep one of them and shift the genotypes of the others without a word.",
    severity: "error",
    remedy: "Give each sample a name of its own in the #CHROM line, or write the file again without the second one.",
  },
  "vcf-no-records": {
    title: "The VCF holds no records",
    meaning: "There is a header and nothing after it.",
    severity: "error",
    remedy: "Upload the file with its records; check the filter or region that it was written with.",
  },
  "vcf-record-columns": {
    title: "A record does not have the header's columns",
    meaning: "Each record must have as many columns as the #CHROM line. One with fewer ends the run when it is read.",
    severity: "error",
    remedy:
      "Check the file with bcftools view > /dev/null at that place. If it is the last line, the file was cut: upload it again.",
  },
  "vcf-record-position": {
    title: "A record's POS is no number",
    meaning: "The second column must be a whole number.",
    severity: "error",
    remedy: "Check how the file was written; bcftools view names the same line.",
  },
  "vcf-genotypes-missing": {
    title: "Records hold no genotypes",
    meaning:
      "FORMAT names no GT. VariantSpark takes every genotype of such a record as homozygous reference. Where other records hold genotypes it is a warning: such a record tells nothing, and none of the trees will use it.",
    severity: "error",
    remedy: "Call genotypes, or write GT from genotype probabilities: bcftools +tag2tag study.vcf.gz -- --gp-to-gt",
  },
  "vcf-genotype-invalid": {
    title: "A genotype is none",
    meaning:
      "A GT is not written as the specification says, or names an allele that ALT does not list. Inspection looks at a part of the genotypes; others show only while they are converted.",
    severity: "error",
    remedy: "bcftools view names such a record; correct it, or take it from the original file.",
  },
  "vcf-record-unreadable": {
    title: "VariantSpark cannot read a record",
    meaning:
      "Its reader (htsjdk 2.21) parses all of a record, also what the analysis does not use: it ends at alleles with other letters than A, C, G, T and N, at a QUAL or DP that is no number, at a space in FILTER or INFO, at more fields than FORMAT has keys. Inspection looks at a part of the records.",
    severity: "prepare",
    remedy:
      "Choose an option that prepares first, which reads CHROM, POS, REF, ALT and GT only; or correct the record in the original file.",
  },
  "vcf-record-malformed": {
    title: "A record is not written as the specification says",
    meaning:
      "VariantSpark reads it, but a space in CHROM or ID, a broken symbolic allele or an empty allele in a genotype may mean that the file was edited or put together in a wrong way.",
    severity: "warning",
    remedy: "Hold the record against the one of the original file.",
  },
  "vcf-genotypes-not-first": {
    title: "GT is not the first FORMAT key",
    meaning: "The specification wants GT first, and VariantSpark's reader refuses a record where it is not.",
    severity: "error",
    remedy: "Write the file again with GT first: bcftools annotate -x ^FORMAT/GT",
  },
  "vcf-blank-line": {
    title: "An empty line stands among the records",
    meaning: "VariantSpark reads it as a record without columns and ends.",
    severity: "prepare",
    remedy:
      "Choose an option that prepares first, which passes over it; or remove empty lines, also at the end of the file: grep -v '^$'",
  },
  "vcf-records-unsorted": {
    title: "The records are not sorted",
    meaning:
      "A record has a lower POS than the one before it, or its contig was left before. VariantSpark does not mind, but no index can be made, and it may mean that files were put together in a wrong way.",
    severity: "warning",
    remedy: "If it is not meant to be so: bcftools sort -Oz -o sorted.vcf.gz study.vcf.gz",
  },
  "vcf-variants-duplicate": {
    title: "A variant occurs twice",
    meaning:
      "Two records hold the same alternate allele at the same place, perhaps with more bases around it in one of them. VariantSpark takes them for two variables, between which the trees divide their importance.",
    severity: "warning",
    remedy: "Keep one of them: bcftools norm -d exact -Oz -o unique.vcf.gz study.vcf.gz",
  },
  "vcf-last-line-unterminated": {
    title: "The last line has no line end",
    meaning: "The last record has all its columns, but its last genotype may be cut.",
    severity: "warning",
    remedy: "Compare the file's size with the original's; a sound file ends with a line end.",
  },
  "vcfs-samples-differ": {
    title: "The VCF files hold different samples",
    meaning: "Files of one study are read as one cohort: each must hold the same samples.",
    severity: "error",
    remedy: "Write each file with the same samples: bcftools view -S samples.txt",
  },
  "vcfs-sample-order-differs": {
    title: "The VCF files hold their samples in different orders",
    meaning: "VariantSpark joins files only if their #CHROM lines name the same samples in the same order.",
    severity: "prepare",
    remedy:
      "Choose an option that prepares first: it puts the samples into the first file's order. Or write each file so: bcftools view -S samples.txt",
  },
  "vcfs-contig-twice": {
    title: "Two files hold the same part of a contig",
    meaning:
      "The positions of one contig in one file lie among those of another file: perhaps a chromosome was uploaded twice, for example in an older version, and its variants would count twice.",
    severity: "warning",
    remedy: "Keep one of the files in the study's folder.",
  },
  "vcfs-builds-differ": {
    title: "The VCF files were called against different genome builds",
    meaning:
      "The lengths or the names of the chromosomes in their headers differ, so that the same position means another place in each file.",
    severity: "warning",
    remedy: "Bring all files to one build: bcftools +liftover, or bcftools annotate --rename-chrs for the names.",
  },
  "labels-too-large": {
    title: "The labels table is too large",
    meaning: "A labels table is read whole, up to 64 MiB, 2,000,000 rows and 100,000 columns.",
    severity: "error",
    remedy: "Keep the sample column and the columns that you want analysed.",
  },
  "labels-not-text": {
    title: "The labels table is no CSV or TSV",
    meaning: "Its content is of another kind than its name says.",
    severity: "error",
    remedy: "Save it as CSV in UTF-8 (Excel: “CSV UTF-8”) and upload it again.",
  },
  "labels-not-utf8": {
    title: "The labels table is not in UTF-8",
    meaning: "Some bytes are no UTF-8 text; names with such characters will not match the VCF's.",
    severity: "warning",
    remedy: "Save it as CSV in UTF-8 (Excel: “CSV UTF-8”).",
  },
  "labels-malformed": {
    title: "The labels table cannot be read as CSV",
    meaning: "A quote is opened or closed at the wrong place.",
    severity: "error",
    remedy: 'Correct the quotes of that line; a quote within a quoted cell is written twice ("").',
  },
  "labels-without-rows": {
    title: "The labels table has a header and no rows",
    meaning: "There is no sample in it.",
    severity: "error",
    remedy: "Add one row per sample.",
  },
  "labels-header-missing": {
    title: "The labels table has no header",
    meaning: "Its first line begins with a sample of the VCF, so that this sample would be taken for the header.",
    severity: "error",
    remedy: "Put a header into the first line, for example: sample,label",
  },
  "labels-one-column": {
    title: "The labels table has one column",
    meaning: "No comma, tab or semicolon separates columns in its first line.",
    severity: "error",
    remedy: "Separate the sample and its label by comma, tab or semicolon.",
  },
  "labels-rows-uneven": {
    title: "Rows of the labels table have another number of columns than its header",
    meaning: "Cells may have slipped into the wrong column.",
    severity: "warning",
    remedy: "Quote cells that contain the separator; R writes a header that is one short unless col.names=NA.",
  },
  "label-column-unknown": {
    title: "The labels table has no such column",
    meaning: "The column that the analysis asks for is not in the table's header, or is its sample column.",
    severity: "error",
    remedy: "Name one of the columns that exist as labelColumn in analysis.json; case and spaces count.",
  },
  "label-column-twice": {
    title: "The label column occurs twice",
    meaning: "The table's header names that column more than once, so that it is not clear which one is meant.",
    severity: "error",
    remedy: "Rename or remove one of them.",
  },
  "label-column-not-chosen": {
    title: "Nothing says which column holds the labels",
    meaning:
      "The labels table has several columns besides the samples. The run asks which of those that hold classes is meant; if none does, it is an error.",
    severity: "warning",
    remedy:
      'Name it with the choice, {"option": "aws-spot", "labelColumn": "status"}, or as labelColumn in analysis.json.',
  },
  "label-missing": {
    title: "Samples have an empty label",
    meaning: "VariantSpark needs a label for every sample of the VCF; empty, NA, NaN, null and . count as missing.",
    severity: "error",
    remedy: "Fill in these labels, or remove the samples from the VCF: bcftools view -S ^samples.txt",
  },
  "label-not-integer": {
    title: "A label is no whole number",
    meaning: "VariantSpark classifies: labels are the whole numbers 0, 1, 2 … (0 and 1 for control and case).",
    severity: "error",
    remedy: "Write each class as a whole number, counted from 0. Measurements must be cut into classes first.",
  },
  "label-continuous": {
    title: "The label column holds measurements",
    meaning:
      "VariantSpark classifies: it takes each different number for a class of its own. A continuous phenotype must be cut into classes first.",
    severity: "error",
    remedy: "Add a column with 1 for values from a threshold on and 0 for the others, and name it as labelColumn.",
  },
  "labels-covariates-unused": {
    title: "Covariates are not used",
    meaning:
      "The labels table has columns that an association test would adjust for. VariantSpark's forest takes genotypes only, so that differences of age, sex or ancestry between the classes can show as associated variants.",
    severity: "info",
    remedy: "Match cases and controls by them, or check the ranked variants with a regression that includes them.",
  },
  "label-classes-not-from-0": {
    title: "Labels do not count from 0 without gaps",
    meaning: "With k classes VariantSpark wants the labels 0 to k-1.",
    severity: "error",
    remedy: "Number the classes 0, 1, 2 … without gaps.",
  },
  "label-one-class": {
    title: "All samples have the same label",
    meaning: "There is nothing to tell apart.",
    severity: "error",
    remedy: "Choose a column with at least two classes, or add the missing cases or controls.",
  },
  "label-sample-twice": {
    title: "Samples occur in several rows of the labels table",
    meaning: "With different labels it is not clear which one counts; with the same label one row is superfluous.",
    severity: "error",
    remedy: "Keep one row per sample.",
  },
  "filter-samples-unknown": {
    title: "The filters name samples that the VCF does not hold",
    meaning: "A name in filters.samples that stands in no #CHROM line is a slip of the pen more often than not.",
    severity: "error",
    remedy: "Correct the names in filters.samples; bcftools query -l prints those of a VCF.",
  },
  "samples-without-label": {
    title: "Samples of the VCF are not in the labels table",
    meaning: "VariantSpark needs a row for every sample of the VCF; names must be equal letter by letter.",
    severity: "error",
    remedy:
      'Add rows for them, correct their spelling, or leave them out: {"filters": {"onlyLabelled": true}} in analysis.json keeps only samples with a label.',
  },
  "labels-without-sample": {
    title: "Rows of the labels table name no sample of the VCF",
    meaning: "These rows are ignored.",
    severity: "warning",
    remedy: "If they should take part, check the spelling of their names and whether the VCF holds all samples.",
  },
  "label-classes-uneven": {
    title: "One class is rare",
    meaning:
      "With a class of less than 5 % of the samples, trees learn the others; the out-of-bag error looks good and says little.",
    severity: "warning",
    remedy: "Add samples of the rare class, or draw as many of the others; read the error per class.",
  },
} as const satisfies Record<string, FindingEntry>;
