/** The kernel for cells that go on behind GT, and for haploid ones: cell by cell, its end found sixteen bytes at a time. */
import * as wasm from "./genotypeDecoderAssembler.ts";
import { BAR, COLON, DOT, DOT_XOR_ZERO, everywhere, SLASH, TAB, TALLY, ZERO } from "./genotypeDecoderTally.ts";

type Code = wasm.Code;
const {
  get,
  set,
  tee,
  i32,
  loop,
  block,
  when,
  whenElse,
  branch,
  branchIf,
  leave,
  add,
  sub,
  and,
  or,
  xor,
  shl,
  shr,
  eq,
} = wasm;

export function decodeWide(): wasm.WasmFunction {
  const [at, sample, count, columns, out, tally] = [0, 1, 2, 3, 4, 5];
  const [word, first, second, after, column, isHaploid, mask, stop] = [6, 7, 8, 9, 10, 11, 12, 13];
  const byte = (index: number): Code => [...get(word), ...i32(8 * index), ...shr, ...i32(255), ...and];
  const isAllele = (local: number): Code => [
    ...[...get(local), ...i32(ZERO), ...sub, ...i32(10), ...wasm.ltUnsigned],
    ...[...get(local), ...i32(DOT), ...eq, ...or],
  ];
  /** ":" or a control character ends a GT. */
  const endsGt = (local: number): Code => [
    ...[...get(local), ...i32(32), ...wasm.ltUnsigned],
    ...[...get(local), ...i32(COLON), ...eq, ...or],
  ];
  const isPhaseMark: Code = [...[...byte(1), ...i32(BAR), ...eq], ...[...byte(1), ...i32(SLASH), ...eq, ...or]];
  const countAllele = (local: number): Code => {
    const address: Code = [...get(tally), ...get(local), ...i32(DOT), ...sub, ...i32(2), ...shl, ...add];
    return [...address, ...address, ...wasm.load32(TALLY.alleles), ...i32(1), ...add, ...wasm.store32(TALLY.alleles)];
  };
  const countMissing: Code = [
    ...get(tally),
    ...[...get(tally), ...wasm.load32(TALLY.missingGenotypes)],
    ...[...get(first), ...i32(DOT), ...eq, ...get(second), ...i32(DOT), ...eq, ...or],
    ...[...add, ...wasm.store32(TALLY.missingGenotypes)],
  ];
  const isAlt = (local: number): Code => [...get(local), ...i32(ZERO), ...wasm.gtUnsigned];
  /** A haploid genotype was read as its allele twice, so that an alternate one makes 2. */
  const dosage: Code = [
    ...[...isAlt(first), ...isAlt(second), ...add],
    ...[...get(first), ...get(second), ...xor, ...i32(DOT_XOR_ZERO), ...eq, ...add],
  ];
  const done: Code = [...get(tally), ...get(sample), ...wasm.store32(TALLY.nextSample), ...get(at), ...leave];
  return {
    name: "decodeWide",
    parameters: 6,
    i32Locals: 8,
    v128Locals: 0,
    body: [
      ...loop(
        [...get(at), ...wasm.load32(), ...set(word), ...byte(0), ...set(first), ...byte(1), ...set(after)],
        [...endsGt(after), ...tee(isHaploid)],
        whenElse(
          [get(first), set(second), get(at), i32(1), add, set(stop)],
          [byte(2), set(second), byte(3), set(after), get(at), i32(3), add, set(stop)],
        ),
        [...isAllele(first), ...isAllele(second), ...and, ...endsGt(after), ...and],
        [...isPhaseMark, ...get(isHaploid), ...or, ...and, ...wasm.eqz],
        when(done),
        [...get(columns), ...get(sample), ...i32(2), ...shl, ...add, ...wasm.load32(), ...tee(column)],
        [...i32(-1), ...wasm.ne],
        when(
          [...get(out), ...get(column), ...add, ...dosage, ...wasm.store8()],
          countAllele(first),
          [...get(isHaploid), ...wasm.eqz],
          when(countAllele(second)),
          countMissing,
        ),
        [...get(after), ...i32(COLON), ...eq],
        when(
          loop(
            [
              ...get(stop),
              ...wasm.loadVector(),
              ...everywhere(32),
              ...wasm.ltUnsigned8,
              ...wasm.bitmask8,
              ...tee(mask),
            ],
            wasm.eqz,
            when(plus(stop, i32(16)), branch(1)),
          ),
          plus(stop, [...get(mask), ...wasm.trailingZeros]),
          [...get(stop), ...wasm.load8(), ...set(after)],
        ),
        plus(sample, i32(1)),
        [...get(stop), ...set(at)],
        block(
          [...get(sample), ...get(count), ...eq, ...branchIf(0)],
          [...get(after), ...i32(TAB), ...wasm.ne, ...branchIf(0)],
          plus(at, i32(1)),
          branch(1),
        ),
      ),
      ...done,
    ],
  };
}

const plus = (local: number, value: Code): Code => [...get(local), ...value, ...add, ...set(local)];
