import { createServer } from "node:net";

/** Throws when something listens on the port. The server's own message comes late and names no remedy. */
export async function assertPortFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once("error", reject);
      probe.listen(port, host, resolve);
    });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE") throw portInUse(port);
    throw cause;
  }
  await new Promise((resolve) => probe.close(resolve));
}

export function portInUse(port: number): Error {
  return new Error(`postgres: port ${port} is in use by another program; stop it or choose another port`);
}
