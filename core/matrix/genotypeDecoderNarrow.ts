/** The kernel for cells "a|b\t": four to a vector, no branch per genotype. */
import * as wasm from "./genotypeDecoderAssembler.ts";
import { BAR, DOT, DOT_XOR_ZERO, everywhere, SLASH, TAB, TALLY, ZERO } from "./genotypeDecoderTally.ts";

type Code = wasm.Code;
const { get, set, tee, i32, v128, loop, when, whenElse, branch, leave, add, sub, and, or, shl, shr } = wasm;

export function decodeNarrow(): wasm.WasmFunction {
  const [at, count, out, tally, end, nonReference, dots, missing, mask, rest] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const [reference, cells, alleles, isAlt, dosage, greatest] = [10, 11, 12, 13, 14, 15];
  const isReferenceAt = (offset: number): Code => [
    ...get(at),
    ...wasm.loadVector(offset),
    ...get(reference),
    ...wasm.eq8,
  ];
  const advance = (bytes: number): Code => [...plus(at, i32(bytes)), ...plus(out, i32(bytes / 4)), ...branch(1)];

  /**
   * "0/0\t" four times if the first cell has "/", else "0|0\t". What equals the reference is not looked at again, so that
   * no other separator may come into it: a tab there would take two columns for one, a line feed two lines.
   */
  const setReference: Code = [
    ...[...get(at), ...wasm.load8(1), ...i32(SLASH), ...wasm.eq],
    ...whenElse([lanes(ZERO, SLASH, ZERO, TAB), set(reference)], [lanes(ZERO, BAR, ZERO, TAB), set(reference)]),
  ];
  /** Sixteen reference genotypes at once. */
  const skipReferences = when(
    ...[isReferenceAt(0), isReferenceAt(16), wasm.andVector],
    ...[isReferenceAt(32), isReferenceAt(48), wasm.andVector, wasm.andVector],
    wasm.allTrue8,
    when(get(out), everywhere(0), wasm.storeVector(), plus(at, i32(64)), plus(out, i32(16)), branch(2)),
  );
  /** Cells behind the last one count as reference. */
  const maskRest = when(
    ...[get(cells), get(reference)],
    ...[v128([...Array(16).keys()]), get(rest), wasm.splat8, wasm.ltUnsigned8],
    ...[wasm.select, set(cells)],
  );
  const isAlleleCharacter: Code = [
    ...[...get(cells), ...everywhere(ZERO), ...wasm.sub8, ...everywhere(10), ...wasm.ltUnsigned8],
    ...[...get(cells), ...everywhere(DOT), ...wasm.eq8, ...wasm.orVector],
  ];
  const isSeparator: Code = [
    ...[...get(cells), ...everywhere(BAR), ...wasm.eq8],
    ...[...get(cells), ...everywhere(SLASH), ...wasm.eq8, ...wasm.orVector],
  ];
  const isCell: Code = [
    ...[...isAlleleCharacter, ...lanes(255, 0, 255, 0), ...wasm.andVector],
    ...[...isSeparator, ...lanes(0, 255, 0, 0), ...wasm.andVector, ...wasm.orVector],
    ...[...get(cells), ...everywhere(TAB), ...wasm.eq8, ...lanes(0, 0, 0, 255), ...wasm.andVector, ...wasm.orVector],
    ...wasm.allTrue8,
  ];
  /** Alternate alleles of each genotype, and 1 for "./0", which htsjdk calls MIXED. */
  const sumDosage: Code = [
    ...[...get(isAlt), ...lanes(1, 0, 1, 0), ...wasm.andVector, ...set(dosage)],
    ...[...get(dosage), ...get(dosage), ...i32(16), ...wasm.shr32, ...wasm.add32],
    ...[...get(alleles), ...get(alleles), ...i32(16), ...wasm.shr32, ...wasm.xorVector],
    ...[...lanes(DOT_XOR_ZERO, 1, 1, 1), ...wasm.eq8, ...lanes(1, 0, 0, 0), ...wasm.andVector, ...wasm.orVector],
    ...set(dosage),
  ];
  const storeDosage: Code = [
    ...[...get(out), ...get(dosage), ...get(dosage)],
    ...[...wasm.shuffleBytes([0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), ...wasm.storeLow32()],
  ];
  const countMissing: Code = [
    ...[...get(alleles), ...everywhere(DOT), ...wasm.eq8, ...wasm.bitmask8, ...tee(mask)],
    ...when(
      plus(dots, [...get(mask), ...wasm.popcount]),
      plus(missing, [
        ...[...get(mask), ...get(mask), ...i32(2), ...shr, ...or],
        ...[...i32(0x1111), ...and, ...wasm.popcount],
      ]),
    ),
  ];
  return {
    name: "decodeNarrow",
    parameters: 4,
    i32Locals: 6,
    v128Locals: 6,
    body: [
      ...setReference,
      ...[...get(at), ...get(count), ...i32(2), ...shl, ...add, ...set(end)],
      ...loop(
        [...get(end), ...get(at), ...sub, ...tee(rest), ...i32(64), ...wasm.geSigned],
        skipReferences,
        [...get(rest), ...i32(0), ...wasm.leSigned],
        when(
          storeTally(tally, TALLY.nonReference, nonReference),
          storeTally(tally, TALLY.missingAlleles, dots),
          storeTally(tally, TALLY.missingGenotypes, missing),
          [...get(tally), ...get(greatest), ...wasm.storeVector(TALLY.greatest)],
          [...i32(1), ...leave],
        ),
        [...get(at), ...wasm.loadVector(), ...set(cells)],
        [...get(rest), ...i32(16), ...wasm.ltUnsigned],
        maskRest,
        [...get(cells), ...get(reference), ...wasm.eq8, ...wasm.allTrue8],
        when(get(out), i32(0), wasm.store32(), advance(16)),
        [...isCell, ...wasm.eqz],
        when(i32(0), leave),
        [...get(cells), ...lanes(255, 0, 255, 0), ...wasm.andVector, ...tee(alleles)],
        [...everywhere(ZERO), ...wasm.gtUnsigned8, ...set(isAlt)],
        [...get(greatest), ...get(alleles), ...wasm.maxUnsigned8, ...set(greatest)],
        sumDosage,
        storeDosage,
        plus(nonReference, [...get(isAlt), ...wasm.bitmask8, ...wasm.popcount]),
        countMissing,
        plus(at, i32(16)),
        plus(out, i32(4)),
        branch(0),
      ),
      ...i32(0),
    ],
  };
}

/** One byte in each 32-bit lane, by its place in the lane. */
const lanes = (b0: number, b1: number, b2: number, b3: number) => v128(Array(4).fill([b0, b1, b2, b3]).flat());

const plus = (local: number, value: Code): Code => [...get(local), ...value, ...add, ...set(local)];

const storeTally = (tally: number, field: number, local: number): Code => [
  ...get(tally),
  ...get(local),
  ...wasm.store32(field),
];
