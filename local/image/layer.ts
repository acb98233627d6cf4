/**
 * The one layer that the job image has over its base, as a tar: VariantSpark's jar, owned by root and read-only, so that a job
 * cannot change what it runs. Nothing in it tells when, where or by whom it was made: the same jar gives the same bytes.
 */
import { posix } from "node:path";
import { buffer } from "node:stream/consumers";
import { type Header, pack } from "tar-stream";
import { jarInImage } from "../../core/variantspark/jobImage.ts";

/** In memory: the jar's 29 MB and a little more. */
export async function jarLayer(jar: Uint8Array): Promise<Buffer> {
  const tar = pack();
  tar.entry(header(`${posix.dirname(jarInImage)}/`, { type: "directory", mode: 0o755 }));
  tar.entry(header(jarInImage, { type: "file", mode: 0o444 }), Buffer.from(jar));
  tar.finalize();
  return buffer(tar);
}

function header(path: string, attributes: Required<Pick<Header, "type" | "mode">>) {
  return { ...attributes, name: path.slice(1), uid: 0, gid: 0, uname: "root", gname: "root", mtime: new Date(0) };
}
