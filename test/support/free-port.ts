import { randomInt } from "node:crypto";
import getPort, { portNumbers } from "get-port";

// Below the ports that Linux gives to outgoing connections, one of which could take a port before its server is up.
const FIRST = 20_000;
const COUNT = 12_000;
const TRIED = 50;

/** A port of the loopback interface that nothing listens on, and that hardly anything else will take meanwhile. */
export async function freePort(): Promise<number> {
  const from = FIRST + randomInt(COUNT - TRIED);
  return await getPort({ host: "127.0.0.1", port: portNumbers(from, from + TRIED) });
}
