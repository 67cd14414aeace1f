// The platform's API process: configured by its environment, prints `ready` once it serves, ends on SIGTERM.
import { buildGateway } from "./gateway.ts";
import { readSettings } from "./settings.ts";

await main().catch((error: NodeJS.ErrnoException) => {
  console.error(error.message);
  process.exit(1);
});

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const app = await buildGateway({
    platformDirectory: settings.JOBSTACK_PLATFORM_DIR,
    logDirectory: settings.JOBSTACK_LOG_DIR,
    databaseUrl: settings.DATABASE_URL,
    jwtSecret: settings.JOBSTACK_JWT_SECRET,
    projectRef: settings.JOBSTACK_PROJECT_REF,
    accessToken: settings.JOBSTACK_ACCESS_TOKEN,
    rateLimit: settings.JOBSTACK_API_RATE_LIMIT,
    ...(settings.JOBSTACK_FUNCTIONS_ALLOW_NET && { allowNet: settings.JOBSTACK_FUNCTIONS_ALLOW_NET }),
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void app.close().then(() => process.exit(0)));
  }
  const port = settings.JOBSTACK_API_PORT;
  try {
    await app.listen({ host: "127.0.0.1", port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(
      `api port "${port}": is in use on 127.0.0.1; stop what listens there, or set JOBSTACK_API_PORT to a free port`,
      { cause: error },
    );
  }
  console.log("ready");
}
