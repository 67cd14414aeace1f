// The stand-in for what the `local` stack calls in the world outside. Listens on loopback only.
import { UserError } from "../../user-error.ts";
import { loadSettings } from "../settings.ts";
import { buildUpstream } from "./server.ts";

try {
  const port = loadSettings(process.env).ports.generator;
  const server = buildUpstream();
  const stop = () => {
    void server.close().then(() => process.exit(0));
    // An answer that was told to be slow must not hold up the end of the platform.
    setTimeout(() => process.exit(0), 4_000);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  await server.listen({ host: "127.0.0.1", port });
  console.log("ready");
} catch (error) {
  console.error(
    error instanceof UserError ? error.message : `generator stand-in: cannot start: ${messageOf(error)}`,
  );
  process.exit(1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
