import { describe, expect, test } from "vitest";
import { labelClasses, labelValue, rarestShare } from "../../../core/labels/classes.ts";
import { chooseColumn } from "../../../core/labels/column.ts";
import { matchSamples } from "../../../core/labels/matchSamples.ts";
import { normalizedLabels } from "../../../core/labels/normalizedLabels.ts";
import { MalformedTable, tableHeader, tableRows } from "../../../core/labels/table.ts";

describe("reading the table", () => {
  test.each([
    ["comma", "a,b;c\n", ",", ["a", "b;c"]],
    ["tab", "a\tb,c\td\n", "\t", ["a", "b,c", "d"]],
    ["semicolon", "a;b;c,d\n", ";", ["a", "b", "c,d"]],
    ["what is outside quotes", '"a;;;;b",c\n', ",", ["a;;;;b", "c"]],
    ["comma where there is nothing", "a b\n", ",", ["a b"]],
    ["the first line that is not empty", "\n\r\na\tb\n", "\t", ["a", "b"]],
  ])("its separator is told by %s", (_, text, separator, columns) => {
    expect(tableHeader(text)).toEqual({ separator, columns });
  });

  test("rows give sample, label, line and width", () => {
    const text = 'id,x,label\nS1,"two\nlines", 1 \nS2\n\nS3,,0,more\n';
    const header = tableHeader(text);
    if (!header) throw new Error("there is a header");
    expect(tableRows(text, header, 2)).toEqual([
      { sample: "S1", label: "1", line: 3, width: 3 },
      { sample: "S2", label: undefined, line: 4, width: 1 },
      { sample: "S3", label: "0", line: 6, width: 4 },
    ]);
  });

  test.each(["", "\n\n", " \n,\n"])("%j has no header", (text) => {
    expect(tableHeader(text)).toBeUndefined();
  });

  test("a quote at the wrong place is refused with its line", () => {
    const text = 'id,label\nS1,0\nS"2,1\n';
    const header = tableHeader(text);
    if (!header) throw new Error("there is a header");
    expect(() => tableRows(text, header, 1)).toThrow(new MalformedTable(3));
  });
});

test.each([
  [["id", "label"], undefined, { kind: "chosen", index: 1, name: "label" }],
  [["id", "a", "b"], "b", { kind: "chosen", index: 2, name: "b" }],
  [["id", "a", "b"], " b ", { kind: "chosen", index: 2, name: "b" }],
  [["id", "id"], "id", { kind: "chosen", index: 1, name: "id" }],
  [["id", "a", "b"], undefined, { kind: "not-chosen" }],
  [["id", "a", "b"], "c", { kind: "unknown" }],
  [["id", "a", "b"], "id", { kind: "is-sample" }],
  [["id", "a", "a"], "a", { kind: "twice" }],
  [["id"], undefined, { kind: "one-column" }],
])("of columns %j asked for %j it is %j", (columns, wanted, expected) => {
  expect(chooseColumn(columns, wanted)).toEqual(expected);
});

test("rows and samples are matched by name, spaces around it aside unless the VCF has them", () => {
  const row = (sample: string, label: string, line: number) => ({ sample, label, line, width: 2 });
  const table = [row("b ", "0", 2), row(" a ", "1", 3), row("x", "1", 4), row("b", "1", 5), row("b", "0", 6)];
  const { rows, unlabelled, strangers, repeated } = matchSamples(table, new Set(["c", " a ", "b"]));
  expect([...rows]).toEqual([
    [" a ", table[1]],
    ["b", table[0]],
  ]);
  expect(unlabelled).toEqual(["c"]);
  expect(strangers).toEqual([table[2]]);
  expect(repeated).toEqual([
    { row: table[3], differs: true },
    { row: table[4], differs: false },
  ]);
});

test.each([
  ["0", { kind: "class", label: 0 }],
  [" 1 ", { kind: "class", label: 1 }],
  ["+1", { kind: "class", label: 1 }],
  ["-0", { kind: "class", label: 0 }],
  ["-9", { kind: "class", label: -9 }],
  ["2.00", { kind: "class", label: 2 }],
  ["1e0", { kind: "text" }],
  ["0x1", { kind: "text" }],
  ["1,0", { kind: "text" }],
  ["case", { kind: "text" }],
  ["", { kind: "missing" }],
  [undefined, { kind: "missing" }],
  ["NaN", { kind: "missing" }],
  [".", { kind: "missing" }],
])("the cell %j is %j", (cell, expected) => {
  expect(labelValue(cell)).toEqual(expected);
});

test.each([
  [[0, 1, 1, 0, 1], { labels: [0, 1], counts: [2, 3], countFrom0: true }, 2 / 5],
  [[2, 10, 1], { labels: [1, 2, 10], counts: [1, 1, 1], countFrom0: false }, 1 / 3],
  [[0, 2], { labels: [0, 2], counts: [1, 1], countFrom0: false }, 1 / 2],
])("the labels %j make the classes %j", (values, classes, share) => {
  expect(labelClasses(values)).toEqual(classes);
  expect(rarestShare(labelClasses(values))).toBeCloseTo(share);
});

test("cells that VariantSpark's reader would split or refuse are quoted, and no others", () => {
  const labels = new Map([
    ["a b", 0],
    ["a,b", 1],
    ['a"b', 0],
    ["a\u2028b", 1],
    ["'a'", 0],
    ["#a", 1],
  ]);
  expect(normalizedLabels(labels)).toBe('sample,label\na b,0\n"a,b",1\n"a""b",0\n"a\u2028b",1\n\'a\',0\n#a,1\n');
});
