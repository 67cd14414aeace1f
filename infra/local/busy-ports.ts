import { createServer } from "node:net";
import { type Service, type Settings, services } from "./settings.ts";

/** One line for each port that something else listens on, with the variable that moves ours. */
export async function findBusyPorts(settings: Settings): Promise<string[]> {
  const wanted = (Object.keys(services) as Service[]).filter(
    (name) => name !== "database" || settings.databaseUrl === undefined,
  );
  const lines = await Promise.all(
    wanted.map(async (name) => {
      const port = settings.ports[name];
      if (await isFree(port)) return [];
      const { title, variable } = services[name];
      return [`${title}: port ${port} is in use; stop what listens there, or set ${variable} to another`];
    }),
  );
  return lines.flat();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
