/** The data of layers/sizing-data, published apart from the code; in a Lambda the layer is on the module path. */
declare module "variantspark-sizing-data" {
  import type { SizingData } from "../core/sizing/sizingData.ts";

  const sizingData: SizingData;
  export default sizingData;
}
