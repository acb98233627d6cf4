import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FileSamples, sampleOrder } from "../../../core/matrix/sampleOrder.ts";

const file = (name: string, samples: readonly string[]): FileSamples => ({ file: name, samples });

describe("samples of several files", () => {
  test("are put into the first file's order, and left alone where they have it", () => {
    const files = [file("1.vcf", ["A", "B", "C"]), file("2.vcf", ["C", "A", "B"]), file("3.vcf", ["A", "B", "C"])];
    expect(sampleOrder(files)).toEqual({
      kind: "ordered",
      samples: ["A", "B", "C"],
      columnOrders: [undefined, Uint32Array.of(1, 2, 0), undefined],
    });
  });

  test("that filters keep are the matrix's only columns", () => {
    const files = [file("1.vcf", ["A", "B", "C"]), file("2.vcf", ["C", "A", "B"])];
    expect(sampleOrder(files, (samples) => samples.filter((sample) => sample !== "B"))).toEqual({
      kind: "ordered",
      samples: ["A", "C"],
      columnOrders: [Uint32Array.of(0, 2), Uint32Array.of(1, 0)],
    });
  });

  test("in any order give each column the same sample in every file", () => {
    const names = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 30 });
    const shuffled = names.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([first, second]) => {
        const order = sampleOrder([file("1.vcf", first), file("2.vcf", second)]);
        if (order.kind !== "ordered") throw new Error("refused");
        const columns = order.columnOrders[1] ?? Uint32Array.from(second.keys());
        expect([...columns].map((sample) => second[sample])).toEqual(first);
      }),
    );
  });

  test.each([
    ["a file with a name twice", ["A", "B"], ["A", "A"], "vcf-samples-duplicate", 1, ["A"]],
    ["a file that lacks samples", ["A", "B", "C", "D", "E"], ["E"], "vcfs-samples-differ", 4, ["A", "B", "C"]],
    ["a file with other samples", ["A", "B"], ["B", "C"], "vcfs-samples-differ", 2, ["A", "C"]],
    ["a file with more samples", ["A"], ["A", "Z"], "vcfs-samples-differ", 1, ["Z"]],
  ])("are refused for %s, with at most three names", (_, first, second, code, count, examples) => {
    const order = sampleOrder([file("1.vcf", first), file("2.vcf", second)]);
    expect(order).toEqual({ kind: "refused", code, file: "2.vcf", count, examples });
  });
});
