/** Which genome build a VCF was called against, told by the lengths of the chromosomes in its header. */

export interface GenomeBuild {
  readonly name: "GRCh37" | "GRCh38" | "T2T-CHM13";
  /** Contigs are named "chr1" and not "1". */
  readonly chrPrefix: boolean;
}

export interface HeaderContig {
  readonly name: string;
  /** As the contig line says; undefined if it does not. */
  readonly length: number | undefined;
}

/** Chromosomes 1 to 22, X and Y, of the assemblies GCA_000001405.1, GCA_000001405.15 and GCA_009914755.4. */
const LENGTHS: Readonly<Record<GenomeBuild["name"], readonly number[]>> = {
  GRCh37: [
    249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022, 141213431, 135534747,
    135006516, 133851895, 115169878, 107349540, 102531392, 90354753, 81195210, 78077248, 59128983, 63025520, 48129895,
    51304566, 155270560, 59373566,
  ],
  GRCh38: [
    248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636, 138394717, 133797422,
    135086622, 133275309, 114364328, 107043718, 101991189, 90338345, 83257441, 80373285, 58617616, 64444167, 46709983,
    50818468, 156040895, 57227415,
  ],
  "T2T-CHM13": [
    248387328, 242696752, 201105948, 193574945, 182045439, 172126628, 160567428, 146259331, 150617247, 134758134,
    135127769, 133324548, 113566686, 101161492, 99753195, 96330374, 84276897, 80542538, 61707364, 66210255, 45090682,
    51324926, 154259566, 62460029,
  ],
};

const CHROMOSOMES: readonly string[] = [...Array.from({ length: 22 }, (_, index) => String(index + 1)), "X", "Y"];

/** undefined if no chromosome of the header has a length that one of the builds gives it, or if they name different ones. */
export function genomeBuild(contigs: readonly HeaderContig[]): GenomeBuild | undefined {
  const builds = new Map<GenomeBuild["name"], boolean>();
  for (const { name, length } of contigs) {
    const chrPrefix = /^chr/i.test(name);
    const at = CHROMOSOMES.indexOf(name.replace(/^chr/i, "").toUpperCase());
    const build = buildNames.find((candidate) => at !== -1 && LENGTHS[candidate][at] === length);
    if (build) builds.set(build, chrPrefix);
  }
  const [only, ...others] = builds;
  return only && others.length === 0 ? { name: only[0], chrPrefix: only[1] } : undefined;
}

const buildNames: readonly GenomeBuild["name"][] = ["GRCh37", "GRCh38", "T2T-CHM13"];

/** "##contig=<ID=chr1,length=248956422>"; undefined if the line is none or has no ID. */
export function headerContig(line: string): HeaderContig | undefined {
  const name = /^##contig=<(?:.*,)?\s*ID=([^,>]+)/.exec(line)?.[1];
  const length = /[<,]\s*length=(\d+)/.exec(line)?.[1];
  return name === undefined ? undefined : { name, length: length === undefined ? undefined : Number(length) };
}
