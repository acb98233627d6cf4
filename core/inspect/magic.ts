/** Names what a file really is by its first bytes, when it is not what its name promises. */

/** "a PNG image"; undefined if the bytes look like none of the kinds known here. */
export function contentName(bytes: Uint8Array): string | undefined {
  for (const { name, magic, at = 0 } of BINARY) {
    if (magic.every((byte, index) => bytes[at + index] === byte)) return name;
  }
  const start = new TextDecoder().decode(bytes.subarray(0, 512)).trimStart();
  for (const { name, pattern } of TEXT) if (pattern.test(start)) return name;
  if (isWideText(bytes)) return "UTF-16 text";
  return isBinary(bytes) ? "binary data of an unknown kind" : undefined;
}

/** How to get a VCF out of it; undefined where there is no better way than to upload the VCF itself. */
export function remedyFor(name: string): string | undefined {
  return REMEDIES.find(({ pattern }) => pattern.test(name))?.remedy;
}

const REMEDIES = [
  { pattern: /^BCF/, remedy: "Convert it: bcftools view -Oz -o study.vcf.gz study.bcf" },
  {
    pattern: /aligned reads|^FASTQ|^FASTA/,
    remedy:
      "These are reads or sequences, not variants: call variants first, with all samples in one VCF (for example bcftools mpileup | bcftools call).",
  },
  { pattern: /PLINK/, remedy: "Convert the set of three files: plink2 --bfile study --export vcf bgz --out study" },
  { pattern: /^BGEN/, remedy: "Convert it: plink2 --bgen study.bgen ref-first --export vcf bgz --out study" },
  { pattern: /archive/, remedy: "Unpack it and upload the VCF within." },
  { pattern: /^(bzip2|xz|zstd)/, remedy: "Decompress it, and compress it with bgzip if it is to be small." },
  { pattern: /^gzip/, remedy: "It was compressed twice: decompress it once." },
  { pattern: /^UTF-16/, remedy: "Convert it to UTF-8: iconv -f UTF-16 -t UTF-8 study.vcf > utf8.vcf" },
  { pattern: /index/, remedy: "Upload the VCF that it is the index of, under its own name." },
  {
    pattern: /^(an HTML|an XML|JSON|a Git LFS)/,
    remedy: "A download gave this in place of the file: download the VCF again and upload it.",
  },
];

interface Magic {
  readonly name: string;
  readonly magic: readonly number[];
  readonly at?: number;
}

function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

const BINARY: readonly Magic[] = [
  { name: "a PNG image", magic: [0x89, ...ascii("PNG")] },
  { name: "a JPEG image", magic: [0xff, 0xd8, 0xff] },
  { name: "a GIF image", magic: ascii("GIF8") },
  { name: "a PDF document", magic: ascii("%PDF") },
  { name: "a ZIP archive (Excel's .xlsx files are ZIP archives too)", magic: [...ascii("PK"), 3, 4] },
  { name: "an empty ZIP archive", magic: [...ascii("PK"), 5, 6] },
  { name: "an old Office document, such as Excel's .xls", magic: [0xd0, 0xcf, 0x11, 0xe0] },
  { name: "BCF, the binary form of VCF", magic: [...ascii("BCF"), 2] },
  { name: "BAM (aligned reads)", magic: [...ascii("BAM"), 1] },
  { name: "CRAM (aligned reads)", magic: ascii("CRAM") },
  { name: "a tabix index", magic: [...ascii("TBI"), 1] },
  { name: "a CSI index", magic: [...ascii("CSI"), 1] },
  { name: "a PLINK .bed file", magic: [0x6c, 0x1b, 0x01] },
  { name: "a PLINK 2 .pgen file", magic: [0x6c, 0x1b] },
  { name: "a RAR archive", magic: ascii("Rar!") },
  { name: "BGEN genotypes", magic: ascii("bgen"), at: 16 },
  { name: "gzip-compressed data", magic: [0x1f, 0x8b] },
  { name: "bzip2-compressed data", magic: ascii("BZh") },
  { name: "xz-compressed data", magic: [0xfd, ...ascii("7zXZ")] },
  { name: "zstd-compressed data", magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: "a 7z archive", magic: [...ascii("7z"), 0xbc, 0xaf] },
  { name: "a tar archive", magic: ascii("ustar"), at: 257 },
  { name: "a Parquet file", magic: ascii("PAR1") },
  { name: "an HDF5 file", magic: [0x89, ...ascii("HDF")] },
  { name: "an SQLite database", magic: ascii("SQLite format 3") },
  { name: "UTF-16 text", magic: [0xff, 0xfe] },
  { name: "UTF-16 text", magic: [0xfe, 0xff] },
];

const TEXT = [
  { name: "an HTML page", pattern: /^<(!doctype html|html)/i },
  { name: "an XML document, perhaps an error message of a download", pattern: /^<\?xml|^<Error>/ },
  { name: "JSON", pattern: /^[{[]\s*(["{[\]}]|\d)/ },
  { name: "SAM (aligned reads)", pattern: /^@(HD|SQ|RG|PG)\t/ },
  { name: "FASTQ (reads)", pattern: /^@[^\n]*\n[ACGTN]+\s*\n\+/ },
  { name: "FASTA (sequences)", pattern: /^>[^\n]*\n[A-Z*-]+\s/ },
  { name: "a Git LFS pointer, not the file it stands for", pattern: /^version https:\/\/git-lfs/ },
];

/** Latin text in UTF-16 without a byte order mark: every other byte of the first ones is zero. */
function isWideText(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 64);
  if (start.length < 4) return false;
  return [0, 1].some((odd) => start.every((byte, index) => (byte === 0) === (index % 2 === odd)));
}

/** Control characters that no text has; tab, line ends and form feed are text. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 512).some((byte) => byte < 9 || (byte > 13 && byte < 32));
}
