import fc from "fast-check";
import { expect, test } from "vitest";
import { parseClassFile } from "../../../../core/variantspark/jar/classFile.ts";
import { MalformedClassFile } from "../../../../core/variantspark/jar/classFileReader.ts";
import { classFileBytes, classWithHandle, interfaceFile } from "./classFileBytes.ts";

test("tells a class from an interface, and its name and version", () => {
  expect(parseClassFile(interfaceFile("scalax/Graph"))).toMatchObject({
    name: "scalax/Graph",
    isInterface: true,
    majorVersion: 52,
  });
  expect(parseClassFile(classWithHandle({ name: "a/B", owner: "c/D", majorVersion: 61 }))).toMatchObject({
    name: "a/B",
    isInterface: false,
    majorVersion: 61,
  });
});

test("finds a method handle behind a Long, which takes two indices, and the tag that it refers to", () => {
  const bytes = classWithHandle({ name: "a/B", owner: "c/D" });
  const { methodHandles } = parseClassFile(bytes);
  expect(methodHandles).toEqual([{ kind: 6, referenceTag: 10, referenceTagOffset: expect.any(Number), owner: "c/D" }]);
  expect(bytes[methodHandles[0]?.referenceTagOffset ?? 0]).toBe(10);
});

test("says of a class file cut anywhere that it is cut off", () => {
  const bytes = classWithHandle({ name: "a/B", owner: "c/D" });
  for (let length = 4; length < bytes.length; length++)
    expect(() => parseClassFile(bytes.subarray(0, length))).toThrow(/the class file is cut off: it ends at byte \d+/);
});

test.each([
  ["a PNG", Uint8Array.of(0x89, 0x50, 0x4e, 0x47), "does not begin with CAFEBABE"],
  ["bytes after the end", Uint8Array.from([...interfaceFile("a"), 0, 0]), "2 bytes follow the end"],
  [
    "a tag of a later Java",
    Uint8Array.of(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52, 0, 2, 99),
    "unknown constant-pool tag 99 at byte 10",
  ],
  [
    "an index past the pool",
    classFileBytes({ thisClass: 9, pool: [{ tag: "Utf8", text: "a" }] }),
    "index 9 points at no entry",
  ],
  ["a class that is a name", classFileBytes({ thisClass: 1, pool: [{ tag: "Utf8", text: "a" }] }), "is no Class"],
])("refuses %s and says why", (_, bytes, message) => {
  expect(() => parseClassFile(bytes)).toThrow(message);
});

test("any change of a class file gives a class or a MalformedClassFile", () => {
  const bytes = classWithHandle({ name: "a/B", owner: "c/D" });
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
      try {
        expect(parseClassFile(bytes.with(at, value)).name).toEqual(expect.any(String));
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedClassFile);
      }
    }),
    { numRuns: 1000 },
  );
});
