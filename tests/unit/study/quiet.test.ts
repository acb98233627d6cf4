import { describe, expect, test } from "vitest";
import { secondsToWait, waitingOf } from "../../../core/study/quiet.ts";

const now = new Date("2026-01-02T12:00:00.000Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const object = (key: string, seconds: number) => ({ key, size: 1, etag: "e", lastModified: ago(seconds) });
const upload = (key: string, seconds: number) => ({ key, begunAt: ago(seconds) });
const old = [object("s/a.vcf", 7200), object("s/l.csv", 3600)];

describe("a study has settled", () => {
  test.each([
    ["when its youngest object is as old as the quiet period", [object("s/a.vcf", 7200), object("s/l.csv", 30)], []],
    ["although an upload was left behind a day ago", old, [upload("s/b.vcf", 86_400)]],
    ["although an upload was begun again and completed", old, [upload("s/a.vcf", 7300)]],
    ["when there is nothing", [], []],
  ])("%s", (_, objects, uploads) => {
    expect(secondsToWait(objects, uploads, 30, now)).toBe(0);
  });
});

describe("is waited for", () => {
  test.each([
    ["the rest of the quiet period", [object("s/a.vcf", 7200), object("s/l.csv", 9.5)], [], 21],
    ["the quiet period, of an upload that has just begun", old, [upload("s/b.vcf", 5)], 30],
    ["a tenth of the age of one that goes on", old, [upload("s/b.vcf", 3000)], 300],
    ["ten minutes, of one that goes on for hours", old, [upload("s/b.vcf", 80_000)], 600],
    ["an upload that replaces an object", old, [upload("s/a.vcf", 600)], 60],
    ["the longest of several", [object("s/a.vcf", 5)], [upload("s/b.vcf", 1000), upload("s/c.vcf", 2000)], 200],
  ])("%s", (_, objects, uploads, seconds) => {
    expect(secondsToWait(objects, uploads, 30, now)).toBe(seconds);
  });
});

test("an upload is waited for even where there is no quiet period", () => {
  expect(secondsToWait(old, [upload("s/b.vcf", 0)], 0, now)).toBe(1);
});

describe("what a run waits for", () => {
  test("is told with the uploads that are not complete, and until when they are waited for", () => {
    const uploads = [
      upload("s/b.vcf", 3000),
      upload("s/a.vcf", 7300),
      upload("s/c.vcf", 90_000),
      upload("s/d.vcf", 60),
    ];
    expect(waitingOf(old, uploads, 300, now)).toEqual({
      until: "2026-01-02T12:05:00.000Z",
      uploads: [
        { key: "s/d.vcf", begunAt: "2026-01-02T11:59:00.000Z", waitedUntil: "2026-01-03T11:59:00.000Z" },
        { key: "s/b.vcf", begunAt: "2026-01-02T11:10:00.000Z", waitedUntil: "2026-01-03T11:10:00.000Z" },
      ],
      uploadCount: 2,
    });
  });

  test("names ten of them, the last ones begun", () => {
    const uploads = Array.from({ length: 1_500 }, (_, index) => upload(`s/${index}.vcf`, 2_000 - index));
    const waiting = waitingOf(old, uploads, 30, now);
    expect(waiting.uploadCount).toBe(1_500);
    expect(waiting.uploads.map(({ key }) => key)[0]).toBe("s/1499.vcf");
    expect(waiting.uploads).toHaveLength(10);
  });

  test("may be the quiet period alone", () => {
    expect(waitingOf(old, [], 9, now)).toEqual({ until: "2026-01-02T12:00:09.000Z", uploads: [], uploadCount: 0 });
  });
});
