/**
 * Spark from PyPI reads no s3://. Hadoop's S3A can, with six jars of the AWS SDK instead of its bundle (280 MB). They
 * are fetched by the Ivy that Spark ships, exactly as `spark-submit --packages` would, so that Ivy's own defaults decide
 * where from; each must have the digest pinned here. The user's own certificates (Node knows the system's), HTTPS proxy,
 * local Maven repository and Maven mirror count, as they would for Maven.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { getCACertificates } from "node:tls";
import { runTool } from "./runTool.ts";
import { javaTrustStore, TRUST_STORE_PASSWORD } from "./trustStore.ts";

interface PinnedJar {
  readonly organisation: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

const HADOOP_VERSION = "3.3.4"; // that of PySpark 3.5.9's own Hadoop client
const AWS_SDK_VERSION = "1.12.262"; // that which hadoop-aws 3.3.4 was built with

/** What Spark does not ship itself (it has httpclient, joda-time, commons-codec and Jackson). */
const JARS: readonly PinnedJar[] = [
  hadoop("hadoop-aws", "53f9ae03c681a30a50aa17524bd9790ab596b28481858e54efd989a826ed3a4a"),
  awsSdk("aws-java-sdk-core", "06fed99f929c389e168278c1b111aaf1afb270d07202fbbce92e73d1e4279678"),
  awsSdk("aws-java-sdk-s3", "a0cb7580178bc0d4d3558295a5bb890008478da8a6b3241989c71238b0ed3be5"),
  awsSdk("aws-java-sdk-dynamodb", "7af4ba06d0d9b3c2ab435089caecd0567810d203aa285f7aa72861f1964d442e"),
  awsSdk("aws-java-sdk-kms", "c00f5ae7b334255f661d85512e7203af9523a04fb65d0c431c2eea2003ed8ae2"),
  awsSdk("aws-java-sdk-sts", "659f48d8ebc02025c5042cc4b925f62610e81f334498f1b9e7a271ce20ecbcae"),
  awsSdk("jmespath-java", "9001ea993a45d82a2d3086edcbda8a40b4e012d049a70fbf071fd329c0fbd777"),
];

export interface S3aJarsRequest {
  readonly home: string;
  readonly javaHome: string;
  readonly sparkHome: string;
  readonly onProgress: (line: string) => void;
}

/** Absolute paths of the jars in `home`/jars; fetched (6 MB) if one is not there or not what it should be. */
export async function ensureS3aJars(request: S3aJarsRequest): Promise<readonly string[]> {
  const folder = join(request.home, "jars");
  const paths = JARS.map((jar) => join(folder, fileName(jar)));
  if (await allAreRight(folder)) return paths;
  request.onProgress("Fetching the jars that read s3:// …");
  const part = join(request.home, "jars.part");
  await rm(part, { recursive: true, force: true });
  await fetchWithIvy(request, part);
  for (const jar of JARS) {
    if (!(await isRight(part, jar)))
      throw new Error(`${fileName(jar)} is not the file that is pinned; fetched into ${part}.`);
  }
  await rm(folder, { recursive: true, force: true });
  await rename(part, folder);
  return paths;
}

function hadoop(name: string, sha256: string): PinnedJar {
  return { organisation: "org.apache.hadoop", name, version: HADOOP_VERSION, sha256 };
}

function awsSdk(name: string, sha256: string): PinnedJar {
  return { organisation: "com.amazonaws", name, version: AWS_SDK_VERSION, sha256 };
}

function fileName(jar: PinnedJar): string {
  return `${jar.name}-${jar.version}.jar`;
}

async function allAreRight(folder: string): Promise<boolean> {
  return (await Promise.all(JARS.map((jar) => isRight(folder, jar)))).every((right) => right);
}

async function isRight(folder: string, jar: PinnedJar): Promise<boolean> {
  const bytes = await readFile(join(folder, fileName(jar))).catch(() => undefined);
  return bytes !== undefined && createHash("sha256").update(bytes).digest("hex") === jar.sha256;
}

async function fetchWithIvy({ home, javaHome, sparkHome, onProgress }: S3aJarsRequest, into: string): Promise<void> {
  const work = join(home, "ivy");
  await mkdir(work, { recursive: true });
  const file = (name: string) => join(work, name);
  await writeFile(file("ivy.xml"), ivyModule());
  await writeFile(file("ivysettings.xml"), ivySettings(await mavenMirror()));
  const certificates = [
    ...new Set([...getCACertificates("bundled"), ...getCACertificates("system"), ...getCACertificates("extra")]),
  ];
  await writeFile(file("cacerts.jks"), javaTrustStore(certificates));
  const ivy = (await readdir(join(sparkHome, "jars"))).find((name) => /^ivy-.*\.jar$/.test(name));
  if (ivy === undefined) throw new Error(`Spark's Ivy is not in ${sparkHome}.`);
  await runTool(
    join(javaHome, "bin", "java"),
    [
      `-Djavax.net.ssl.trustStore=${file("cacerts.jks")}`,
      `-Djavax.net.ssl.trustStorePassword=${TRUST_STORE_PASSWORD}`,
      ...proxySettings(),
      ...["-jar", join(sparkHome, "jars", ivy)],
      ...["-settings", file("ivysettings.xml"), "-cache", file("cache"), "-ivy", file("ivy.xml")],
      ...["-retrieve", join(into, "[artifact]-[revision].[ext]")],
    ],
    {
      remedy:
        "Check that Maven Central or the mirror in your Maven settings can be reached (HTTPS_PROXY and the system's " +
        "certificates are taken into account), then start again.",
      onLine: (line) => line.startsWith("downloading") && onProgress(line.replace(/^downloading .*\//, "Fetching ")),
    },
  );
}

function ivyModule(): string {
  const dependencies = JARS.map(
    (jar) => `<dependency org="${jar.organisation}" name="${jar.name}" rev="${jar.version}" transitive="false"/>`,
  );
  return `<ivy-module version="2.0"><info organisation="variantspark-pipeline" module="s3a"/>
  <dependencies>${dependencies.join("\n    ")}</dependencies></ivy-module>\n`;
}

/** First the local Maven repository, then the user's mirror or Ivy's own default, Maven Central. */
function ivySettings(mirror: string | undefined): string {
  const local = join(homedir(), ".m2", "repository");
  const pattern = "[organisation]/[module]/[revision]/[artifact]-[revision].[ext]";
  return `<ivysettings><settings defaultResolver="all"/><resolvers><chain name="all" returnFirst="true">
    <filesystem name="local" m2compatible="true"><artifact pattern="${xml(local)}/${pattern}"/></filesystem>
    <ibiblio name="central" m2compatible="true" usepoms="false"${mirror === undefined ? "" : ` root="${xml(mirror)}"`}/>
  </chain></resolvers></ivysettings>\n`;
}

/** URL of the mirror that the user's Maven settings name for Central, if they do. */
async function mavenMirror(): Promise<string | undefined> {
  const settings = await readFile(join(homedir(), ".m2", "settings.xml"), "utf8").catch(() => "");
  for (const [, mirror = ""] of settings.replace(/<!--.*?-->/gs, "").matchAll(/<mirror>(.*?)<\/mirror>/gs)) {
    const element = (name: string) => new RegExp(`<${name}>\\s*(.*?)\\s*</${name}>`, "s").exec(mirror)?.[1];
    if (/^(\*|central|external:\*)(,|$)/.test(element("mirrorOf") ?? "")) return element("url");
  }
  return undefined;
}

function proxySettings(): string[] {
  const proxy = process.env["HTTPS_PROXY"] ?? process.env["https_proxy"];
  if (!proxy) return [];
  const { hostname, port, protocol } = new URL(proxy);
  const properties = [
    `-Dhttps.proxyHost=${hostname}`,
    `-Dhttps.proxyPort=${port || (protocol === "https:" ? 443 : 80)}`,
  ];
  const noProxy = process.env["NO_PROXY"] ?? process.env["no_proxy"];
  return noProxy ? [...properties, `-Dhttp.nonProxyHosts=${noProxy.split(",").join("|")}`] : properties;
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
