/**
 * A Java runtime from a package trusts its own list of authorities and not what the machine's owner added to the
 * system's, for example the authority of a company's proxy. Node reads the system's list; this writes it in Java's own
 * keystore format (JKS: magic, version 2, entries with tag 2 = trusted certificate, then a digest keyed with the
 * password; sun.security.provider.JavaKeyStore), because Java reads no PEM here.
 */
import { createHash, X509Certificate } from "node:crypto";

/** The store holds only public certificates; Java wants a password to check the digest. */
export const TRUST_STORE_PASSWORD = "changeit";

/** PEM certificates as a JKS file; what is no certificate is left out. */
export function javaTrustStore(pemCertificates: readonly string[]): Uint8Array {
  const entries = pemCertificates.flatMap((pem, index) => {
    const der = derOf(pem);
    if (der === undefined) return [];
    const created = Buffer.alloc(8);
    return [Buffer.concat([uint32(2), utf(`authority-${index}`), created, utf("X.509"), uint32(der.length), der])];
  });
  const content = Buffer.concat([uint32(0xfeedfeed), uint32(2), uint32(entries.length), ...entries]);
  return Buffer.concat([content, digest(content)]);
}

function derOf(pem: string): Buffer | undefined {
  try {
    return new X509Certificate(pem).raw;
  } catch {
    return undefined;
  }
}

/** SHA-1 over the password (UTF-16BE), a fixed phrase and the content: an integrity check, not a secret. */
function digest(content: Buffer): Buffer {
  const password = Buffer.from(TRUST_STORE_PASSWORD, "utf16le").swap16();
  return createHash("sha1").update(password).update("Mighty Aphrodite").update(content).digest();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Java's DataOutput.writeUTF, for ASCII. */
function utf(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text, "ascii")]);
}
