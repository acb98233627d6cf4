/** Both bills of materials against CycloneDX's own schema, and against what they are about. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { beforeAll, describe, expect, test } from "vitest";
import { ensureEngine } from "../../local/engine/engine.ts";
import { jarBom } from "../../local/sbom/jarBom.ts";
import { packagesBom } from "../../local/sbom/packagesBom.ts";

interface Bom {
  readonly metadata: { readonly component: { readonly name: string; readonly hashes?: unknown } };
  readonly components: readonly {
    readonly group?: string;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
  }[];
  readonly compositions?: unknown;
}

const project = join(import.meta.dirname, "../..");
const schema = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

describe("of the packages", () => {
  let bom: Bom;
  beforeAll(async () => {
    bom = (await packagesBom(project)) as Bom;
  });

  test("is valid CycloneDX", async () => {
    expect(await schema.validate(JSON.stringify(bom))).toBeNull();
  });

  test("names the project, each package that is deployed at its version, and none of development", async () => {
    const { name, dependencies } = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
    expect(bom.metadata.component.name).toBe(name);
    const versions = new Map(
      bom.components.map(({ group, name, version }) => [group ? `${group}/${name}` : name, version]),
    );
    expect(Object.keys(dependencies).length).toBeGreaterThan(10);
    expect(Object.fromEntries(Object.keys(dependencies).map((key) => [key, versions.get(key)]))).toEqual(dependencies);
    expect(versions.has("vitest")).toBe(false);
  });

  test("is the same at another time", async () => {
    expect(await packagesBom(project)).toEqual(bom);
  });
});

describe("of the jar", () => {
  let jar: Buffer;
  let bom: Bom;
  beforeAll(async () => {
    jar = await readFile((await ensureEngine(join(project, ".local"), () => {})).variantSparkJar);
    bom = (await jarBom(jar)) as Bom;
  });

  test("is valid CycloneDX", async () => {
    expect(await schema.validate(JSON.stringify(bom))).toBeNull();
  });

  test("is about these bytes, and says that it is not complete", () => {
    expect(bom.metadata.component).toMatchObject({
      name: "variant-spark_2.12",
      hashes: [{ alg: "SHA-256", content: createHash("sha256").update(jar).digest("hex") }],
    });
    expect(bom.compositions).toMatchObject([{ aggregate: "incomplete" }]);
  });

  test("names what left its coordinates in the jar and what VariantSpark asks for, once each", () => {
    expect(bom.components.map(({ purl }) => purl.replace("pkg:maven/", ""))).toEqual([
      "args4j/args4j@2.0.29",
      "com.github.samtools/htsjdk@2.21.0",
      "com.github.tototoshi/scala-csv_2.12@1.3.8",
      "commons-configuration/commons-configuration@1.10",
      "commons-io/commons-io@2.5",
      "commons-lang/commons-lang@2.6",
      "commons-logging/commons-logging@1.1.1",
      "it.unimi.dsi/dsiutils@2.3.3",
      "it.unimi.dsi/fastutil@7.0.8",
      "joda-time/joda-time@2.7",
      "org.apache.commons/commons-compress@1.4.1",
      "org.apache.commons/commons-jexl@2.1.1",
      "org.apache.commons/commons-math3@3.4.1",
      "org.joda/joda-convert@1.8.1",
      "org.json4s/json4s-ext_2.12@3.5.3",
      "org.scala-graph/graph-core_2.12@1.12.3",
      "org.slf4j/slf4j-api@1.7.30",
    ]);
  });
});

test("the schema would find a component without a name", async () => {
  const bom = { bomFormat: "CycloneDX", specVersion: "1.6", version: 1, components: [{ type: "library" }] };
  expect(await schema.validate(JSON.stringify(bom))).not.toBeNull();
});
