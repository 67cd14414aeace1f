import { z } from "zod";

/** An alert as Prometheus' API lists it, as far as it is used here. */
const alert = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  state: z.enum(["firing", "pending", "inactive"]),
  activeAt: z.string().optional(),
});

export type PrometheusAlert = z.infer<typeof alert>;

const series = z.object({
  metric: z.record(z.string(), z.string()),
  values: z.array(z.tuple([z.number(), z.string()])),
});

export type PrometheusSeries = z.infer<typeof series>;

const timeoutMs = 2000;

/** The two questions that the page asks Prometheus. Errors never show the address, which may hold a password. */
export class Prometheus {
  readonly #url: URL;
  readonly #headers: Record<string, string> = {};

  /** `url` is the base of its API; a user and password in it are sent as basic authentication. */
  constructor(url: string) {
    this.#url = new URL(url);
    const { username, password } = this.#url;
    if (username !== "") {
      const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      this.#headers.authorization = `Basic ${Buffer.from(login).toString("base64")}`;
    }
    this.#url.username = "";
    this.#url.password = "";
  }

  async alerts(): Promise<PrometheusAlert[]> {
    return (await this.#ask("alerts", {}, z.object({ alerts: z.array(alert) }))).alerts;
  }

  /** One value a minute until `end`, Unix time in seconds. */
  async range(query: string, end: number, minutes: number): Promise<PrometheusSeries[]> {
    const range = { query, start: String(end - (minutes - 1) * 60), end: String(end), step: "60" };
    return (await this.#ask("query_range", range, z.object({ result: z.array(series) }))).result;
  }

  async #ask<T>(path: string, parameters: Record<string, string>, data: z.ZodType<T>): Promise<T> {
    const url = new URL(`${this.#url.pathname.replace(/\/$/, "")}/api/v1/${path}`, this.#url);
    url.search = new URLSearchParams(parameters).toString();
    const response = await fetch(url, { headers: this.#headers, signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`Prometheus: status ${response.status} for ${path}`);
    const answer = z.object({ status: z.literal("success"), data }).safeParse(await response.json());
    if (!answer.success) throw new Error(`Prometheus: ${path} is answered in another form than its API's`);
    return answer.data.data;
  }
}
