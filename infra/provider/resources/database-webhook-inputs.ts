import { z } from "zod";
import { findExpressionProblem } from "../postgres/expression.ts";
import { adopt, checkedText, postgresName } from "./names.ts";

const EVENTS = ["INSERT", "UPDATE", "DELETE"] as const;
const LONGEST_TIMEOUT_MS = 2_147_483_647;

const secretName = z.string().min(1, "must not be empty").describe("name of a secret in Vault");
const oneLine = z.string().regex(/^[^\r\n\0]*$/, "must be one line");

/** What a database webhook is made from. */
export const databaseWebhookInputs = z
  .strictObject({
    schema: postgresName.describe("schema of the table"),
    table: postgresName.describe("table whose rows are told of"),
    name: postgresName.describe("name of the webhook, which is its trigger's"),
    function: postgresName.optional().describe("name of the trigger's function, in the table's schema"),
    events: z
      .array(z.enum(EVENTS, 'is no event; write "INSERT", "UPDATE" or "DELETE"'))
      .min(1, "must name an event")
      .refine((events) => new Set(events).size === events.length, "names an event twice; name each once")
      .describe("what happens to a row"),
    when: checkedText(findExpressionProblem).optional().describe("only for rows for which this is true"),
    url: checkedText(findUrlProblem).describe("where the request goes"),
    method: z
      .enum(["POST", "GET"], 'must be "POST", or "GET", which carries no row')
      .optional()
      .describe("method of the request"),
    headers: z
      .record(z.string(), oneLine)
      .superRefine(refuseBadNames)
      .optional()
      .describe("headers that everybody may see"),
    secretHeaders: z
      .record(z.string(), z.strictObject({ secret: secretName, prefix: oneLine.optional() }))
      .superRefine(refuseBadNames)
      .optional()
      .describe("headers whose values are read from Vault for each request"),
    sign: z
      .strictObject({
        secret: secretName,
        audience: z.string().min(1, "must not be empty").optional().describe("whom the token is for"),
      })
      .optional()
      .describe("sends a token signed with the secret, and good for a minute, in the place of the secret"),
    timeoutMs: z
      .int("must be a whole number of milliseconds")
      .min(1, "must be at least 1")
      .max(LONGEST_TIMEOUT_MS, `must be at most ${LONGEST_TIMEOUT_MS}`)
      .optional()
      .describe("time limit of the request in milliseconds"),
    enabled: z.boolean().optional().describe("false keeps the webhook and sends nothing"),
    adopt,
  })
  .superRefine(({ headers = {}, secretHeaders = {}, sign }, context) => {
    const plain = new Set(Object.keys(headers).map(lower));
    for (const name of Object.keys(secretHeaders).filter((each) => plain.has(lower(each)))) {
      const message = "is among the headers as well; give it once";
      context.addIssue({ code: "custom", path: ["secretHeaders", name], message });
    }
    const taken = [...plain, ...Object.keys(secretHeaders).map(lower)].includes("authorization");
    if (sign === undefined || !taken) return;
    const message = "puts its token into Authorization, which is given as well; give one of the two";
    context.addIssue({ code: "custom", path: ["sign"], message });
  });

export type DatabaseWebhookInputs = z.infer<typeof databaseWebhookInputs>;

function lower(name: string): string {
  return name.toLowerCase();
}

function findUrlProblem(text: string): string | undefined {
  const url = /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return "is no address; write one that begins with https:// or http://";
  if (url.username === "" && url.password === "") return undefined;
  return "holds a name or password that everybody could see; give it in secretHeaders";
}

function refuseBadNames(headers: Record<string, unknown>, context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const name of Object.keys(headers)) {
    const problem = seen.has(lower(name)) ? "is given twice; give it once" : nameProblem(name);
    seen.add(lower(name));
    if (problem !== undefined) context.addIssue({ code: "custom", path: [name], message: problem });
  }
}

function nameProblem(name: string): string | undefined {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return "is no name of a header";
  // pg_net sends no other with a body, and adds it itself.
  return lower(name) === "content-type" ? "is always application/json; leave it out" : undefined;
}
