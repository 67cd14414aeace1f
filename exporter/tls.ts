import { readFileSync } from "node:fs";
import path from "node:path";
import { createSecureContext } from "node:tls";
import { z } from "zod";

const file = (what: string) =>
  z.string(`missing; write the path of ${what}`).min(1, "empty; write the path of a file");

export const tlsSchema = z.strictObject({
  certFile: file("the certificate").describe(
    "PEM file of the certificate, with those between it and the root.",
  ),
  keyFile: file("the key").describe("PEM file of the certificate's private key."),
});

/** A certificate and its private key, as PEM. */
export interface Tls {
  cert: string;
  key: string;
}

export interface TlsResult {
  tls: Tls | null;
  /** By the key of the part; none shows anything of the private key. */
  problems: readonly { key: string; problem: string }[];
}

/** Reads the files of a part `tls`, relative to `folder`; nothing where there is none or the schema refuses it. */
export function readTls(part: unknown, folder: string): TlsResult {
  const { data } = tlsSchema.safeParse(part);
  if (data === undefined) return { tls: null, problems: [] };
  const { certFile, keyFile } = data;
  const problems: { key: string; problem: string }[] = [];
  const read = (key: string, name: string) => {
    try {
      return readFileSync(path.resolve(folder, name), "utf8");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
      problems.push({
        key,
        problem: `file "${name}" cannot be read (${code}); write the path of a readable file`,
      });
      return "";
    }
  };
  const tls = { cert: read("certFile", certFile), key: read("keyFile", keyFile) };
  if (problems.length > 0) return { tls: null, problems };
  try {
    createSecureContext(tls);
    return { tls, problems };
  } catch {
    const problem = `files "${certFile}" and "${keyFile}" are no certificate with its key; write two PEM files that belong together`;
    return { tls: null, problems: [{ key: "certFile", problem }] };
  }
}
