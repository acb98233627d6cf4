import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Inflated, inflateMembers } from "../../../core/bgzf/inflate.ts";
import { writeBgzf } from "./writeBgzf.ts";

async function inflated(bytes: Uint8Array): Promise<Inflated & { text: string }> {
  const pieces: Uint8Array[] = [];
  const end = await inflateMembers(bytes, (piece) => pieces.push(piece.slice()) > 0);
  return { ...end, text: Buffer.concat(pieces).toString() };
}

describe("inflating gzip members", () => {
  test.each([
    ["one member", gzipSync("one"), "one", 1],
    ["several members", Buffer.concat([gzipSync("one"), gzipSync(""), gzipSync("two")]), "onetwo", 3],
    ["BGZF blocks", writeBgzf(Buffer.from("one two three"), 4), "one two three", 5],
    ["BGZF blocks behind a gzip member", Buffer.concat([gzipSync("one"), writeBgzf(Buffer.from("two"))]), "onetwo", 3],
    ["a member with name, comment and header checksum", withHeaderFields("text"), "text", 1],
  ])("gives the text of %s", async (_, bytes, text, members) => {
    expect(await inflated(bytes)).toEqual({
      kind: "complete",
      text,
      members,
      memberStart: bytes.length,
      compressedBytes: bytes.length,
    });
  });

  test("names the member that is cut off", async () => {
    const first = gzipSync("one");
    const both = Buffer.concat([first, gzipSync("two")]);
    for (let length = first.length + 1; length < both.length; length += 1) {
      expect(await inflated(both.subarray(0, length))).toMatchObject({ kind: "partial", memberStart: first.length });
    }
  });

  test.each([
    [
      "bytes that are no member behind one",
      Buffer.concat([gzipSync("one"), Buffer.from("garbage")]),
      gzipSync("one").length,
    ],
    [
      "zeros behind a member, as Hadoop refuses them too",
      Buffer.concat([gzipSync("one"), Buffer.alloc(20)]),
      gzipSync("one").length,
    ],
    ["a wrong checksum", withLastBytes(gzipSync("one"), 8, 1), 0],
    ["a wrong length", withLastBytes(gzipSync("one"), 4, 1), 0],
    ["a wrong checksum of a BGZF block", withLastBytes(writeBgzf(Buffer.from("one")), 28 + 8, 1), 0],
  ])("calls %s corrupt and says where", async (_, bytes, memberStart) => {
    expect(await inflated(bytes)).toMatchObject({ kind: "corrupt", memberStart });
  });

  test("stops when the consumer wants no more, before a bomb fills the memory", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
    let seen = 0;
    const end = await inflateMembers(bomb, (piece) => {
      seen += piece.length;
      return seen < 2 ** 20;
    });
    expect(end.kind).toBe("stopped");
    expect(seen).toBeLessThan(2 * 2 ** 20);
  });

  test("a stream cut anywhere is never called complete, unless it was cut between members", async () => {
    const members = fc.array(fc.string({ maxLength: 200 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        members,
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (texts, isBgzf, share) => {
          const parts = texts.map((text) => (isBgzf ? writeBgzf(Buffer.from(text), 50) : gzipSync(text)));
          const whole = Buffer.concat(parts);
          const cut = whole.subarray(0, Math.floor(share * whole.length));
          const end = await inflated(cut);
          expect(["complete", "partial"]).toContain(end.kind);
          expect(texts.join("").startsWith(end.text.replace(/\uFFFD+$/, ""))).toBe(true);
          if (end.kind === "complete") expect(end.memberStart).toBe(cut.length);
        },
      ),
    );
  });

  test("any bytes give an end, never an error", async () => {
    const magic = fc.constantFrom([], [0x1f, 0x8b, 8], [0x1f, 0x8b, 8, 4], [0x1f, 0x8b, 8, 31], [...gzipSync("x")]);
    await fc.assert(
      fc.asyncProperty(magic, fc.uint8Array({ maxLength: 300 }), async (start, rest) => {
        const end = await inflated(Uint8Array.from([...start, ...rest]));
        expect(end.memberStart).toBeLessThanOrEqual(start.length + rest.length);
      }),
    );
  });
});

function withLastBytes(bytes: Uint8Array, fromEnd: number, flip: number): Uint8Array {
  const changed = bytes.slice();
  const at = changed.length - fromEnd;
  changed[at] = (changed[at] ?? 0) ^ flip;
  return changed;
}

/** RFC 1952 §2.3: FEXTRA, FNAME, FCOMMENT and FHCRC at once. */
function withHeaderFields(text: string): Uint8Array {
  const trailer = gzipSync(text).subarray(-8);
  const header = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]),
    Buffer.from("name\0comment\0"),
    Buffer.from([0, 0]),
  ]);
  return Buffer.concat([header, deflateRawSync(text), trailer]);
}
