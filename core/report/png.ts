/**
 * Pictures of figures: resvg as WebAssembly, because its native builds are one for each platform and the machine that
 * deploys is seldom a Lambda on arm64. It sees no fonts but the one that it is given.
 */
import { initWasm, Resvg } from "@resvg/resvg-wasm";

/** Pixels for each unit of the figure, for screens and print. */
const scale = 2;

/** @param wasm resvg's module, @param font a TrueType font; call it once in a process */
export async function pngRenderer(
  wasm: Uint8Array<ArrayBuffer>,
  font: Uint8Array,
): Promise<(svg: string) => Uint8Array> {
  await initWasm(wasm);
  return (svg) => {
    const options = { fitTo: { mode: "zoom", value: scale } as const, font: { fontBuffers: [font] } };
    const resvg = new Resvg(svg, { ...options, font: { ...options.font, defaultFontFamily: "DejaVu Sans" } });
    const image = resvg.render();
    const png = image.asPng();
    image.free();
    resvg.free();
    return png;
  };
}
