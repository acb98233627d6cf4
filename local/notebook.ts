/** `npm run notebook`: JupyterLab with the example notebook, wired to a local cloud, until Ctrl-C. */
import { join } from "node:path";
import { startLocalCloud } from "./cloud.ts";
import { type JupyterLab, startJupyterLab } from "./jupyterLab.ts";
import { stopOnSignals } from "./stopOnSignals.ts";

const home = join(import.meta.dirname, "..", ".local");
const folder = join(home, "notebook");
const say = (line: string) => console.log(line);
const cloud = await startLocalCloud({ home, onProgress: say });
let jupyterLab: JupyterLab | undefined;
async function stop(): Promise<void> {
  say("Ending JupyterLab and the local cloud");
  await jupyterLab?.stop();
  await cloud.stop();
}
stopOnSignals(stop);
try {
  jupyterLab = await startJupyterLab({ cloud, home, folder, onProgress: say });
  const url = await jupyterLab.ready();
  say(`
JupyterLab is ready, signed in as the researcher of the local cloud. Open

  ${url}

What you change lies in ${folder}. Ctrl-C ends JupyterLab and the cloud, which forgets its runs.
`);
} catch (error) {
  await stop();
  throw error;
}
