/**
 * What Hadoop makes of an object's key. Measured with Hadoop 3.3.4's FileInputFormat and CompressionCodecFactory, as
 * Spark 3.5.9 carries them, on one file per character: , { [ * ? \ and : fail in a file's or a folder's name, a name that begins
 * with _ or . is skipped as hidden; spaces, + # % & ' " ; = @ ^ | ~ $ ` ! ( ) < > and letters of any script are read.
 */
import type { Compression } from "../bgzf/compression.ts";

/** Characters of the key that keep Spark from opening it, each once; empty if it can be opened. */
export function unreadableCharacters(key: string): string[] {
  const segments = key.split("/");
  const characters = new Set(key.match(/[,{}[\]*?\\:]/g) ?? []);
  const hiddenBy = /^[_.]/.exec(segments.at(-1) ?? "")?.[0];
  if (hiddenBy) characters.add(hiddenBy);
  if (segments.slice(0, -1).some((segment) => segment === "")) characters.add("//");
  for (const segment of segments) if (segment === "." || segment === "..") characters.add(segment);
  return [...characters];
}

/** The extension that matters: what a file of that name is taken for. */
export type NamedAs = ".vcf" | ".vcf.gz" | ".vcf.bgz" | "other";

export function namedAs(key: string): NamedAs {
  if (key.endsWith(".gz")) return ".vcf.gz";
  if (key.toLowerCase().endsWith(".bgz")) return ".vcf.bgz";
  return key.toLowerCase().endsWith(".gz") ? "other" : ".vcf";
}

/** Whether Hadoop gets VCF text out of a file so named and so compressed. */
export function isReadableByHadoop(name: NamedAs, compression: Compression): boolean {
  return name === ".vcf.gz" ? compression !== "none" : compression === "none";
}
