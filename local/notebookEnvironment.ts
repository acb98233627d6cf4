/**
 * Where the Python client runs on this machine: JupyterLab with the client's own sources and, for runs on this machine,
 * the engine's Spark, Java and VariantSpark; signed in as the researcher of a local cloud.
 */
import { readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { LocalCloud } from "./cloud.ts";
import type { Engine } from "./engine/engine.ts";
import { ensureVenv, type Venv } from "./engine/venv.ts";

export const notebookFolder = join(import.meta.dirname, "..", "notebook");

/** Makes the environment in `home`, or finds it there; about 600 MB, of which pip fetches 150. */
export async function ensureNotebookVenv(
  home: string,
  engine: Engine,
  onProgress: (line: string) => void,
): Promise<Venv> {
  const requirements = await readFile(join(notebookFolder, "requirements.txt"), "utf8");
  const venv = await ensureVenv(
    join(home, "notebook-venv"),
    requirements,
    "JupyterLab and the Python client (about 650 MB)",
    onProgress,
  );
  // Python adds the folders that a .pth file names after the environment's own packages.
  const folders = [join(notebookFolder, "src"), join(engine.sparkHome, "..")];
  await writeFile(join(venv.packages, "variantspark-pipeline.pth"), `${folders.join("\n")}\n`);
  return venv;
}

/** Nothing of the user's own AWS, Jupyter or cache settings; what is written lies in the cloud's folder. */
export function researcherEnvironment(
  { apiUrl, awsEndpoint, region, researcher, outputs, stateDir }: LocalCloud,
  venv: Venv,
): NodeJS.ProcessEnv & { readonly JUPYTER_CONFIG_DIR: string } {
  return {
    ...process.env,
    PATH: [venv.bin, process.env["PATH"]].join(delimiter),
    VARIANTSPARK_PIPELINE_URL: apiUrl,
    VARIANTSPARK_PIPELINE_BUCKET: outputs.InboxBucketName,
    AWS_ENDPOINT_URL: awsEndpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: researcher.accessKeyId,
    AWS_SECRET_ACCESS_KEY: researcher.secretAccessKey,
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    XDG_CACHE_HOME: join(stateDir, "cache"),
    IPYTHONDIR: join(stateDir, "ipython"),
    JUPYTER_CONFIG_DIR: join(stateDir, "jupyter", "config"),
    JUPYTER_DATA_DIR: join(stateDir, "jupyter", "data"),
    JUPYTER_RUNTIME_DIR: join(stateDir, "jupyter", "runtime"),
    JUPYTER_PLATFORM_DIRS: "1",
  };
}
