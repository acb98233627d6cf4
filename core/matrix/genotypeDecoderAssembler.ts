/**
 * A small assembler for WebAssembly (core specification 2.0 with SIMD, §5 binary format): just the instructions that the
 * genotype kernel needs, so that the kernel stays readable source instead of a blob. It runs once per process and takes
 * less than a millisecond.
 */

/** Encoded instructions. */
export type Code = readonly number[];

export interface WasmFunction {
  readonly name: string;
  /** Number of i32 parameters; each function returns one i32. */
  readonly parameters: number;
  /** Number of further i32 locals, then of v128 locals; they are numbered in this order after the parameters. */
  readonly i32Locals: number;
  readonly v128Locals: number;
  readonly body: Code;
}

const I32 = 0x7f;
const V128 = 0x7b;
const MAX_PAGES = 65_536;

/** A module that exports `memory` and the functions under their names. */
export function assembleModule(functions: readonly WasmFunction[], minPages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [0x60, ...vector(Array(parameters).fill([I32])), 1, I32]);
  const exports = functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]);
  const bodies = functions.map((fn) => sized([...locals(fn), ...fn.body, END]));
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(5, [[1, ...unsigned(minPages), ...unsigned(MAX_PAGES)]]),
    ...section(7, [[...text("memory"), 2, 0], ...exports]),
    ...section(10, bodies),
  ]);
}

const END = 0x0b;

export const get = (local: number): Code => [0x20, local];
export const set = (local: number): Code => [0x21, local];
export const tee = (local: number): Code => [0x22, local];
export const i32 = (value: number): Code => [0x41, ...signed(value)];
export const v128 = (bytes: readonly number[]): Code => simd(0x0c, ...bytes);

/** `while` without a condition: `next` continues at the top, falling through leaves. */
export const loop = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), END];
export const block = (...body: readonly Code[]): Code => [0x02, 0x40, ...body.flat(), END];
export const when = (...body: readonly Code[]): Code => [0x04, 0x40, ...body.flat(), END];
export const whenElse = (then: readonly Code[], otherwise: readonly Code[]): Code => [
  ...[0x04, 0x40, ...then.flat(), 0x05],
  ...[...otherwise.flat(), END],
];
export const branch = (depth: number): Code => [0x0c, depth];
export const branchIf = (depth: number): Code => [0x0d, depth];
export const leave: Code = [0x0f];

export const eqz: Code = [0x45];
export const eq: Code = [0x46];
export const ne: Code = [0x47];
export const ltUnsigned: Code = [0x49];
export const gtUnsigned: Code = [0x4b];
export const leSigned: Code = [0x4c];
export const geSigned: Code = [0x4e];
export const trailingZeros: Code = [0x68];
export const popcount: Code = [0x69];
export const add: Code = [0x6a];
export const sub: Code = [0x6b];
export const and: Code = [0x71];
export const or: Code = [0x72];
export const xor: Code = [0x73];
export const shl: Code = [0x74];
export const shr: Code = [0x76];

export const load32 = (offset = 0): Code => [0x28, 0, ...unsigned(offset)];
export const load8 = (offset = 0): Code => [0x2d, 0, ...unsigned(offset)];
export const store32 = (offset = 0): Code => [0x36, 0, ...unsigned(offset)];
export const store8 = (offset = 0): Code => [0x3a, 0, ...unsigned(offset)];

export const loadVector = (offset = 0): Code => simd(0x00, 0, ...unsigned(offset));
export const storeVector = (offset = 0): Code => simd(0x0b, 0, ...unsigned(offset));
/** Stores the first 32 bits of a vector. */
export const storeLow32 = (offset = 0): Code => simd(0x5a, 0, ...unsigned(offset), 0);
export const shuffleBytes = (lanes: readonly number[]): Code => simd(0x0d, ...lanes);
export const splat8: Code = simd(0x0f);
export const eq8: Code = simd(0x23);
export const ltUnsigned8: Code = simd(0x26);
export const gtUnsigned8: Code = simd(0x28);
export const andVector: Code = simd(0x4e);
export const orVector: Code = simd(0x50);
export const xorVector: Code = simd(0x51);
export const select: Code = simd(0x52);
export const allTrue8: Code = simd(0x63);
export const bitmask8: Code = simd(0x64);
export const sub8: Code = simd(0x71);
export const maxUnsigned8: Code = simd(0x79);
export const shr32: Code = simd(0xad);
export const add32: Code = simd(0xae);

function simd(opcode: number, ...immediates: readonly number[]): Code {
  return [0xfd, ...unsigned(opcode), ...immediates];
}

function locals({ i32Locals, v128Locals }: WasmFunction): Code {
  return [2, ...unsigned(i32Locals), I32, ...unsigned(v128Locals), V128];
}

function section(id: number, entries: readonly Code[]): Code {
  return [id, ...sized(vector(entries))];
}

function vector(entries: readonly Code[]): Code {
  return [...unsigned(entries.length), ...entries.flat()];
}

function sized(bytes: Code): Code {
  return [...unsigned(bytes.length), ...bytes];
}

function text(value: string): Code {
  return sized([...new TextEncoder().encode(value)]);
}

/** LEB128 (§5.2.2). */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  const rest = value >> 7;
  const isLast = (rest === 0 && (value & 0x40) === 0) || (rest === -1 && (value & 0x40) !== 0);
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)];
}
