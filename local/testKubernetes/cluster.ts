/**
 * The cluster of `npm run test:kubernetes`: that of $KUBECONFIG (an administrator's), or else one that is brought up on this machine with the kit in
 * ../shared/kubernetes, with a second node beside it.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Engine } from "../engine/engine.ts";

export interface TestCluster {
  /** An administrator's. */
  readonly kubeconfigFile: string;
  readonly image: string;
  readonly address: string | undefined;
  /** It was brought up here, and nobody else uses it. */
  readonly isOurs: boolean;
  /** Nodes that are ours to label, with their variantspark-pipeline/role; those of a given cluster have their labels. */
  readonly givenNodes: Readonly<Record<string, "system" | "runs">>;
  /** Ends what was brought up; a cluster that was given stays. */
  down(): Promise<void>;
}

const project = join(import.meta.dirname, "..", "..");
const kit = process.env["KUBERNETES_KIT"] ?? join(project, "..", "shared", "kubernetes");
const kitHome = process.env["K8S_HOME"] ?? join(homedir(), ".cache", "one-node-kubernetes");
const imageSources = join(project, "infra", "kubernetes", "image");
const secondNode = join(import.meta.dirname, "second-node");
const kitNodes = { node1: "system", node2: "runs" } as const;
const kitImage = "localhost/variantspark-spark:3.5";

export async function testCluster(engine: Engine, say: (line: string) => void): Promise<TestCluster> {
  const given = process.env["KUBECONFIG"];
  if (given) {
    const image = process.env["SPARK_IMAGE"] ?? "variantspark-spark:3.5";
    return {
      kubeconfigFile: given,
      image,
      address: process.env["PODS_REACH"],
      isOurs: false,
      givenNodes: {},
      down: async () => undefined,
    };
  }
  if (!existsSync(join(kit, "up")))
    throw new Error(
      `No cluster: set KUBECONFIG to an administrator's kubeconfig of one (docs/kubernetes.md), or KUBERNETES_KIT to the folder of the kit that brings one up; there is none in ${kit}.`,
    );
  if (process.getuid?.() !== 0) throw new Error(`The kit in ${kit} brings a cluster up as root only.`);
  if (!existsSync(join(kitHome, "bin", "kubectl")) || !existsSync(join(kitHome, "images", "base.tar")))
    await run(join(kit, "build"), [], say);
  await makeImage(engine, say);
  const down = async () => {
    await run(secondNode, ["down", kit], say);
    await run(join(kit, "down"), [], say);
  };
  try {
    await run(join(kit, "up"), [], say);
    await run(secondNode, ["up", kit], say);
  } catch (error) {
    await down().catch(() => undefined);
    throw error;
  }
  return {
    kubeconfigFile: join(kitHome, "kubeconfig"),
    image: kitImage,
    address: undefined,
    isOurs: true,
    givenNodes: kitNodes,
    down,
  };
}

/** The kit's Spark with S3A, and over it what infra/kubernetes/image adds to any Spark. */
async function makeImage({ sparkHome, s3aJars }: Engine, say: (line: string) => void): Promise<void> {
  const images = join(kitHome, "images");
  const image = join(images, "variantspark.tar");
  const digest = await digestOf(sparkHome, s3aJars);
  if (existsSync(image) && (await readFile(`${image}.stamp`, "utf8").catch(() => "")) === digest) return;
  await run(join(kit, "spark-image"), s3aJars, say, { SPARK_HOME: sparkHome });
  const folder = await mkdtemp(join(tmpdir(), "spark-image-"));
  try {
    const base = join(images, "spark.tar");
    for (const name of ["marked-streams", "decom.sh"]) await cp(join(imageSources, name), join(folder, "opt", name));
    await run("tar", ["-C", folder, "--owner=0", "--group=0", "-cf", join(folder, "layer"), "opt"], say);
    const config = {
      Entrypoint: ["/opt/marked-streams", "/opt/entrypoint"],
      User: "185",
      WorkingDir: "/opt/spark/work-dir",
      Env: [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "SPARK_HOME=/opt/spark",
        "JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64",
      ],
    };
    const layers = ["--base", base, join(folder, "layer")];
    await run(join(kit, "mkimage.py"), [image, kitImage, JSON.stringify(config), ...layers], say);
    await rm(base); // it would be loaded beside it
    await writeFile(`${image}.stamp`, digest);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function digestOf(sparkHome: string, s3aJars: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update([sparkHome, ...s3aJars].join("\n"));
  for (const name of ["marked-streams", "decom.sh"]) hash.update(await readFile(join(imageSources, name)));
  return hash.digest("hex");
}

/** @throws Error with what it said last */
async function run(
  program: string,
  args: readonly string[],
  say: (line: string) => void,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...env } });
  const said: string[] = [];
  createInterface(child.stderr).on("line", (line) => {
    said.push(line);
    say(line);
  });
  const code = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (exitCode, signal) => resolve(exitCode ?? String(signal)));
  });
  if (code !== 0) throw new Error(`${program} ${args[0] ?? ""} failed (${code}).\n${said.slice(-12).join("\n")}`);
}
