/** Stands for inspectOne.ts where that would have to fail. */
import { parentPort } from "node:worker_threads";

parentPort.on("message", (path) => {
  if (path === "crash") throw new Error("as asked");
  while (path === "hang");
  parentPort.postMessage({ findings: [], reads: 1, bytesRead: 1 });
});
