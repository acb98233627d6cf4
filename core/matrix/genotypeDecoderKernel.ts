/**
 * The inner loops of genotype decoding as WebAssembly with SIMD. Of 2,504 cells "0|0\t" most vectors of four cells are
 * all reference, so those are told by comparing words; the others take some 30 vector instructions, without a branch per
 * genotype. Wide cells ("0/0:30,0:30:…") are taken one by one, their ends found sixteen bytes at a time.
 */
import * as wasm from "./genotypeDecoderAssembler.ts";
import { decodeNarrow } from "./genotypeDecoderNarrow.ts";
import { everywhere } from "./genotypeDecoderTally.ts";
import { decodeWide } from "./genotypeDecoderWide.ts";

type Code = wasm.Code;
const { get, set, tee, i32, loop, block, when, branch, branchIf, leave, add, sub, shl } = wasm;

export interface GenotypeKernel {
  readonly memory: WasmMemory;
  /**
   * Decodes `count` cells "a|b\t" (a, b one digit or "."; "/" will do for "|") at `at` to dosages at `out`, of which up to three bytes
   * behind the last are overwritten. 1 = done, and the tally at `tally` is set; 0 = some cell looks different.
   */
  decodeNarrow(at: number, count: number, out: number, tally: number): number;
  /**
   * Decodes cells that begin with a GT of one or two single characters, from sample `first` on, to out + column[sample] (none for
   * column -1). Returns where it stopped: at the end of the last cell or of the line, or at the start of a cell of
   * another shape; the sample reached is at tally + nextSample. Adds to the counts at `tally`. The line must end with a control character.
   */
  decodeWide(at: number, first: number, count: number, columns: number, out: number, tally: number): number;
  /** Copies the 32-bit cells at + 4 × order[i], i < count, to `out`. */
  gatherCells(at: number, count: number, order: number, out: number): number;
  /** Offset of the first line feed at or after `at`; `end` if there is none before it. */
  findLineFeed(at: number, end: number): number;
}

export function createGenotypeKernel(bytes: number): GenotypeKernel {
  const pages = Math.ceil(bytes / 65_536);
  const functions = [decodeNarrow(), decodeWide(), gatherCells(), findLineFeed()];
  return new Instance(new Module(wasm.assembleModule(functions, pages))).exports as GenotypeKernel;
}

/** The part of the WebAssembly interface that is used here: TypeScript has its types only with those of the DOM. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WasmInterface {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WasmInterface }).WebAssembly;

function gatherCells(): wasm.WasmFunction {
  const [at, count, order, out] = [0, 1, 2, 3];
  return {
    name: "gatherCells",
    parameters: 4,
    i32Locals: 0,
    v128Locals: 0,
    body: [
      ...block(
        loop(
          [...get(count), ...wasm.eqz, ...branchIf(1)],
          get(out),
          [...get(at), ...get(order), ...wasm.load32(), ...i32(2), ...shl, ...add, ...wasm.load32()],
          wasm.store32(),
          [...get(count), ...i32(1), ...sub, ...set(count)],
          plus(order, i32(4)),
          plus(out, i32(4)),
          branch(0),
        ),
      ),
      ...get(out),
    ],
  };
}

function findLineFeed(): wasm.WasmFunction {
  const [at, end, mask] = [0, 1, 2];
  return {
    name: "findLineFeed",
    parameters: 2,
    i32Locals: 1,
    v128Locals: 0,
    body: [
      ...loop(
        [...get(at), ...get(end), ...wasm.ltUnsigned, ...wasm.eqz],
        when(get(end), leave),
        [...get(at), ...wasm.loadVector(), ...everywhere(10), ...wasm.eq8, ...wasm.bitmask8, ...tee(mask), ...wasm.eqz],
        when(plus(at, i32(16)), branch(1)),
        [...get(at), ...get(mask), ...wasm.trailingZeros, ...add, ...tee(at)],
        [...get(end), ...wasm.ltUnsigned],
        when(get(at), leave),
        [...get(end), ...leave],
      ),
      ...get(end),
    ],
  };
}

const plus = (local: number, value: Code): Code => [...get(local), ...value, ...add, ...set(local)];
