import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../user-error.ts";

const periodMs = 100;
const timeoutMs = 120_000;

/** Asks again and again until there is an answer; throws a UserError that names `what` when it takes too long. */
export async function waitUntil<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(periodMs);
  }
  throw new UserError(`${what}: not so after ${timeoutMs / 1_000} s; look at logs/functions.log`);
}
