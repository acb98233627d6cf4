/** `npm run image:layer` on the real jar. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";
import { expect, test } from "vitest";
import { ensureEngine } from "../../local/engine/engine.ts";

const project = join(import.meta.dirname, "../..");

test("the layer is made of the retagged jar, has the digest that is told, and is the same when it is made again", async () => {
  const { variantSparkJar } = await ensureEngine(join(project, ".local"), () => {});
  const make = () => execFileSync(process.execPath, [join(project, "local/image/makeLayer.ts")], { encoding: "utf8" });
  const told = make();
  const layer = await readFile(join(project, "docker/layer.tar"));
  expect(told.trim().split("\n").at(-1)).toBe(
    `docker/layer.tar sha256:${createHash("sha256").update(layer).digest("hex")}`,
  );
  expect(make()).toBe(told);
  const files: [string, Buffer][] = [];
  for await (const entry of Readable.from([layer]).pipe(extract()))
    files.push([entry.header.name, await buffer(entry)]);
  const jar = files.find(([name]) => name.endsWith(".jar"));
  expect(files.map(([name]) => name)).toEqual(["usr/lib/variantspark/", "usr/lib/variantspark/variantspark.jar"]);
  expect(Buffer.compare(jar?.[1] ?? Buffer.alloc(0), await readFile(variantSparkJar))).toBe(0);
});
