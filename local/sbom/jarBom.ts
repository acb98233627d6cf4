/**
 * What VariantSpark's jar is made of, as a CycloneDX 1.6 document. A jar that was shaded from others names some of them: those that
 * left their Maven coordinates in it (META-INF/maven), and those that VariantSpark's own pom.xml asks for. What these brought along
 * without leaving a name (htsjdk's xz, for one) is not in the list, and the document says that it is incomplete.
 */
import { createHash } from "node:crypto";
import { XMLParser } from "fast-xml-parser";
import { type JarEntry, readJar } from "../../core/variantspark/jar/jarArchive.ts";

interface Coordinates {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

interface Pom {
  readonly properties: Readonly<Record<string, string>>;
  readonly dependencies: { readonly dependency: readonly PomDependency[] };
}

interface PomDependency {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  readonly scope?: string;
}

const own = "META-INF/maven/au.csiro.aehrc.variant-spark/variant-spark_2.12";

/** @throws Error when the jar holds no pom.xml of VariantSpark */
export async function jarBom(jar: Uint8Array): Promise<object> {
  const entries = await readJar(jar);
  const subject = coordinatesOf(entryNamed(entries, `${own}/pom.properties`));
  const left = entries.filter(({ name }) => /^META-INF\/maven\/.*\/pom\.properties$/.test(name)).map(coordinatesOf);
  const components = new Map(
    [...declaredBy(entryNamed(entries, `${own}/pom.xml`)), ...left].map((found) => [purlOf(found), found]),
  );
  components.delete(purlOf(subject));
  const sha256 = createHash("sha256").update(jar).digest("hex");
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { ...componentOf(subject), hashes: [{ alg: "SHA-256", content: sha256 }] } },
    components: [...components.values()].map(componentOf).sort((a, b) => a.purl.localeCompare(b.purl)),
    compositions: [{ aggregate: "incomplete", assemblies: [purlOf(subject)] }],
  };
}

function entryNamed(entries: readonly JarEntry[], name: string): JarEntry {
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`The jar holds no ${name}.`);
  return entry;
}

function coordinatesOf(entry: JarEntry): Coordinates {
  const properties = Object.fromEntries(
    [...textOf(entry).matchAll(/^(\w+)=(.*?)\s*$/gm)].map(([, key = "", value = ""]) => [key, value]),
  );
  const { groupId, artifactId, version } = properties;
  if (!groupId || !artifactId || !version) throw new Error(`${entry.name} does not name what it belongs to.`);
  return { group: groupId, artifact: artifactId, version };
}

/** What a build puts into the jar: neither its tests' nor what Spark provides. */
function declaredBy(entry: JarEntry): Coordinates[] {
  const { project } = new XMLParser({ parseTagValue: false }).parse(textOf(entry)) as { project: Pom };
  const filledIn = (text: string) => text.replaceAll(/\$\{([\w.]+)\}/g, (_, name) => project.properties[name] ?? "");
  return project.dependencies.dependency
    .filter(({ scope = "compile" }) => scope === "compile" || scope === "runtime")
    .map(({ groupId, artifactId, version }) => ({
      group: groupId,
      artifact: filledIn(artifactId),
      version: filledIn(version),
    }));
}

function componentOf(found: Coordinates) {
  const { group, artifact: name, version } = found;
  const purl = purlOf(found);
  return { type: "library", "bom-ref": purl, group, name, version, purl };
}

function purlOf({ group, artifact, version }: Coordinates): string {
  return `pkg:maven/${group}/${artifact}@${version}`;
}

function textOf(entry: JarEntry): string {
  return new TextDecoder().decode(entry.content());
}
