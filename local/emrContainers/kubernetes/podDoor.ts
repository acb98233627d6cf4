/**
 * The way from pods to the local cloud, which listens on loopback only: a TCP relay on an address of this machine that pods
 * reach. Whoever reaches that address has the local cloud with all rights, as long as it runs.
 */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface PodDoor {
  /** "http://10.0.0.2:4566" */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** @param endpoint on loopback */
export async function openPodDoor(endpoint: string, address: string): Promise<PodDoor> {
  const { hostname, port } = new URL(endpoint);
  const sockets = new Set<Socket>();
  const server = createServer((fromPod) => {
    const inside = connect(Number(port), hostname);
    for (const [from, to] of [
      [fromPod, inside],
      [inside, fromPod],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy()).on("close", () => sockets.delete(from));
      from.pipe(to);
    }
  });
  server.listen(Number(port), address);
  await once(server, "listening").catch((error: Error) => {
    throw new Error(`Pods cannot be given a way to this machine on ${address}:${port}: ${error.message}`);
  });
  return {
    endpoint: `http://${address}:${port}`,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
