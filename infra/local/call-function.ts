import { UserError } from "../user-error.ts";
import { demoUserToken } from "./demo-user.ts";

/** What an Edge Function of the local platform answers Ada: with a body to a POST, without one to a GET. */
export async function callFunction(
  apiUrl: string,
  route: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const url = `${apiUrl}/functions/v1/${route}`;
  const headers = { authorization: `Bearer ${await demoUserToken()}`, "content-type": "application/json" };
  const response = await fetch(
    url,
    body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) },
  );
  const text = await response.text();
  if (!response.ok) throw new UserError(`${url}: HTTP ${response.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}
