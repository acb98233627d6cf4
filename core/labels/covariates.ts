/** Columns of a labels table that an association test would adjust for; VariantSpark takes none. */

const COVARIATE =
  /^(age(_?at.*|_?years)?|sex|gender|bmi|weight|height|smok(er|ing)(_?status)?|batch|plate|site|cent(er|re)|array|platform|ancestry|ethnicity|race|population|super_?pop(ulation)?|pop|pc_?\d+|c\d+|mds_?\d+|family(_?id)?|fid|pat(ernal)?(_?id)?|mat(ernal)?(_?id)?)$/i;

/** @param columns of the table; the first is the sample */
export function covariateColumns(columns: readonly string[], labelColumn: string): string[] {
  return columns.slice(1).filter((name) => name !== labelColumn && COVARIATE.test(name.replace(/[\s.-]+/g, "_")));
}
