/** Names of a run's files in the folder of the machine that runs it; GET /runs/{id}/files gives a link for each. */
import type { Run } from "./run.ts";

export interface LocalNames {
  readonly vcfs: readonly { readonly name: string; readonly key: string }[];
  readonly labels: string;
  readonly importance: string;
}

/** The engine picks the codec by the extension, so each VCF keeps the one it was uploaded with. */
export function localNames({ inspection }: Run): LocalNames {
  const vcfs = (inspection?.vcfs ?? []).map(({ key }, index) => {
    const extension = /\.vcf(\.b?gz)?$/i.exec(key)?.[0].toLowerCase() ?? ".vcf";
    return { name: `input-${index + 1}${extension}`, key };
  });
  return { vcfs, labels: "labels.csv", importance: "importance.csv" };
}
