import { zstdDecompressSync } from "node:zlib";
import { parquetMetadata } from "hyparquet";
import { describe, expect, test } from "vitest";
import { MatrixPart } from "../../../core/matrix/matrixPart.ts";
import { arrayBufferOf, KeptPart, rowsOf } from "./matrixPartRows.ts";

describe("a part of the matrix", () => {
  test("gives back its rows in order, over pages and row groups", async () => {
    const kept = new KeptPart();
    const part = new MatrixPart(kept, 40);
    const rows = Array.from({ length: 10 }, (_, row) => ({
      label: `22_${row}_A_<ü>`,
      data: Array.from({ length: 5 }, (_unused, column) => (row + column) % 3),
    }));
    for (const start of [0, 3, 6, 9]) await part.writeRows(...pageOf(rows.slice(start, start + 3)));
    await part.finish();
    expect(await rowsOf(kept)).toEqual(rows);

    const metadata = parquetMetadata(arrayBufferOf(kept.bytes));
    expect(metadata.num_rows).toBe(10n);
    expect(metadata.row_groups.map(({ num_rows }) => num_rows)).toEqual([3n, 3n, 3n, 1n]);
    expect(metadata.schema.slice(1)).toMatchObject([
      { name: "label", type: "BYTE_ARRAY", converted_type: "UTF8" },
      { name: "data", type: "BYTE_ARRAY" },
    ]);
  });

  test("says of each row group and column how many bytes it takes, so that Spark can split the file", async () => {
    const kept = new KeptPart();
    const part = new MatrixPart(kept, 1);
    const page = pageOf([{ label: "1_1_A_C", data: [0, 1, 2, 0] }]);
    await part.writeRows(...page);
    await part.writeRows(...page);
    await part.finish();
    const { row_groups: groups } = parquetMetadata(arrayBufferOf(kept.bytes));
    let at = 4n;
    for (const { columns, total_compressed_size, total_byte_size } of groups) {
      const sizes = columns.map(({ meta_data }) => meta_data?.total_compressed_size ?? 0n);
      expect(columns[0]?.meta_data?.data_page_offset).toBe(at);
      expect(columns[1]?.meta_data?.data_page_offset).toBe(at + (sizes[0] ?? 0n));
      expect(total_compressed_size).toBe(sizes.reduce((sum, size) => sum + size, 0n));
      expect(total_byte_size).toBeGreaterThan(BigInt(page[1].length));
      at += total_compressed_size ?? 0n;
    }
    expect(groups).toHaveLength(2);
    expect(
      zstdDecompressSync(dataPage(kept.bytes, Number(groups[0]?.columns[1]?.meta_data?.data_page_offset))),
    ).toEqual(page[1]);
  });

  test("hands row groups on as they are closed", async () => {
    const kept = new KeptPart();
    const part = new MatrixPart(kept, 10);
    const written: number[] = [];
    for (let row = 0; row < 4; row += 1) {
      await part.writeRows(...pageOf([{ label: "1_1_A_C", data: Array(9).fill(0) }]));
      written.push(kept.pieces.length);
    }
    expect(written).toEqual([1, 2, 3, 4]);
  });

  test("waits for a sink that is slow", async () => {
    const log: string[] = [];
    const sink = {
      async write() {
        log.push("begin");
        await new Promise((done) => setTimeout(done, 1));
        log.push("end");
      },
    };
    const part = new MatrixPart(sink, 1);
    for (let row = 0; row < 2; row += 1) await part.writeRows(...pageOf([{ label: "1_1_A_C", data: [1] }]));
    await part.finish();
    expect(log).toEqual(["begin", "end", "begin", "end", "begin", "end"]);
  });

  test("without rows is a file all the same", async () => {
    const kept = new KeptPart();
    await new MatrixPart(kept, 10).finish();
    expect(await rowsOf(kept)).toEqual([]);
  });
});

function pageOf(rows: readonly { readonly label: string; readonly data: readonly number[] }[]): [Buffer[], Buffer] {
  const plain = rows.map(({ data }) => Buffer.from([data.length, 0, 0, 0, ...data]));
  return [rows.map(({ label }) => Buffer.from(label)), Buffer.concat(plain)];
}

/** From the magic number of the zstd frame on. */
function dataPage(bytes: Buffer, offset: number): Buffer {
  return bytes.subarray(bytes.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), offset));
}
