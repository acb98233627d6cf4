/** A thread that converts one slice after the other, as they are handed to it. */
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { convertSlice } from "../../core/matrix/convertSlice.ts";
import type { MatrixFilters } from "../../core/matrix/filters.ts";
import type { SliceResult } from "../../core/matrix/manifest.ts";
import { MatrixError } from "../../core/matrix/matrixError.ts";
import { type SlicePlan, sliceOf } from "../../core/matrix/slicePlan.ts";
import { sliceText } from "../../core/matrix/sliceText.ts";
import type { SliceTrouble } from "../../core/run/sliceFailure.ts";
import { openFile } from "./fileSource.ts";
import { partialName, partName } from "./outputFolder.ts";

/** What a thread is born with. Files in the plan's order. */
export interface Conversion {
  readonly plan: SlicePlan;
  readonly files: readonly {
    readonly path: string;
    readonly sampleCount: number;
    readonly columnOrder: Uint32Array | undefined;
  }[];
  readonly filters: MatrixFilters;
  readonly out: string;
}

/** What it says. */
export type SliceMessage =
  | { readonly kind: "read"; readonly slice: number; readonly bytes: number }
  | { readonly kind: "converted"; readonly result: SliceResult }
  | { readonly kind: "failed"; readonly trouble: SliceTrouble };

const port = parentPort;
const conversion = workerData as Conversion;
port?.on("message", (slice: number) => void convert(slice).then((message) => port.postMessage(message)));

async function convert(number: number): Promise<SliceMessage> {
  const slice = sliceOf(conversion.plan, number);
  const file = slice && conversion.files[slice.file];
  if (!slice || !file) throw new RangeError(`the plan has no slice ${number}`);
  const { path, sampleCount, columnOrder } = file;
  const source = await openFile(path, (bytes) => port?.postMessage({ kind: "read", slice: number, bytes }));
  try {
    const text = sliceText(source, slice);
    const layout = { sampleCount, columnOrder, filters: conversion.filters };
    const { counts, part } = await writePart(number, (sink) => convertSlice(text, layout, sink));
    return { kind: "converted", result: { slice: number, counts, span: text.span, part } };
  } catch (error) {
    if (!(error instanceof MatrixError)) throw error; // none of the data's: it ends the thread, and all of it
    const { code, byteOffset, message } = error;
    return { kind: "failed", trouble: { code, key: path, byteOffset, message } };
  } finally {
    await source.close();
  }
}

/** The part has its name once it is whole; without rows there is none. */
async function writePart(slice: number, write: (sink: { write(bytes: Uint8Array): Promise<void> }) => ConvertedCounts) {
  const name = partName(slice);
  const partial = join(conversion.out, partialName(name));
  const file = await open(partial, "w");
  let bytes = 0;
  let counts: Awaited<ConvertedCounts>;
  try {
    counts = await write({
      async write(piece) {
        bytes += piece.length;
        await file.appendFile(piece);
      },
    });
  } finally {
    await file.close();
  }
  if (counts.rowsOut > 0) await rename(partial, join(conversion.out, name));
  else await rm(partial);
  return { counts, part: counts.rowsOut > 0 ? { name, bytes } : undefined };
}

type ConvertedCounts = ReturnType<typeof convertSlice>;
