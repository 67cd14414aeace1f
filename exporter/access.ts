import { z } from "zod";
import { readSecret, type SecretPlaces, type SecretResult } from "./secret-source.ts";

const notEmpty = z.string().min(1, "empty; write it, or leave it out");
const bcryptHash = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

const user = z.strictObject(
  {
    name: z
      .string("missing; write the user's name")
      .regex(/^[^:\s]+$/, "must have no colon and no space")
      .describe("The user's name; unique."),
    passwordHash: z
      .string()
      .regex(bcryptHash, "not a bcrypt hash; make one with: htpasswd -nBC 10 <name>")
      .optional()
      .describe(
        "Bcrypt hash of the password, as in Prometheus's own files. Exactly one of this and the next two.",
      ),
    passwordFile: notEmpty
      .optional()
      .describe("File that holds nothing but the password. Relative to the configuration file."),
    passwordEnv: notEmpty.optional().describe("Name of the environment variable that holds the password."),
  },
  "not an entry; write its settings, such as `name: prometheus`",
);

/** Who may see anything but /healthz. */
export const accessSchema = z.strictObject({
  bearerTokenFile: notEmpty
    .optional()
    .describe("File that holds nothing but the bearer token. Relative to the configuration file."),
  bearerTokenEnv: notEmpty
    .optional()
    .describe("Name of the environment variable that holds the bearer token."),
  users: z
    .array(user, "not a list; write one entry for each user")
    .optional()
    .describe("Users of basic authentication."),
});

/** A password in clear, or its bcrypt hash. */
export type User = { name: string } & ({ password: string } | { passwordHash: string });

/** Either the token or one of the users opens; null where there is no token. */
export interface Access {
  bearerToken: string | null;
  users: readonly User[];
}

/** A secret that could not be read, by its path below `auth`. */
export interface AccessProblem {
  keys: readonly PropertyKey[];
  problem: string;
}

/** Reads the secrets of a part `auth` that need not be valid yet; null where there is no such part. */
export function readAccess(
  auth: unknown,
  places: SecretPlaces,
): { access: Access | null; problems: readonly AccessProblem[] } {
  if (!isObject(auth)) return { access: null, problems: [] };
  const users = Array.isArray(auth.users) ? auth.users.filter(isObject) : [];
  const hasToken = auth.bearerTokenFile !== undefined || auth.bearerTokenEnv !== undefined;
  if (!hasToken && users.length === 0) {
    const problem = "opens to nobody; write bearerTokenFile, bearerTokenEnv or users, or leave it out";
    return { access: null, problems: [{ keys: [], problem }] };
  }
  const token = hasToken ? readSecret(auth, ["bearerTokenFile", "bearerTokenEnv"], places) : null;
  const passwords = users.map((one) =>
    readSecret(one, ["passwordHash", "passwordFile", "passwordEnv"], places),
  );
  const problems = [
    ...(token ? problemOf(token, []) : []),
    ...passwords.flatMap((password, index) => problemOf(password, ["users", index])),
    ...twins(users.map(({ name }) => name)),
  ];
  const access = {
    bearerToken: token && "value" in token ? token.value : null,
    users: users.flatMap(({ name }, index) => userOf(String(name), passwords[index])),
  };
  return { access, problems };
}

function userOf(name: string, secret: SecretResult | undefined): User[] {
  if (!secret || !("value" in secret)) return [];
  const { key, value } = secret;
  return [key === "passwordHash" ? { name, passwordHash: value } : { name, password: value }];
}

function problemOf(secret: SecretResult, keys: readonly PropertyKey[]): AccessProblem[] {
  return "problem" in secret ? [{ keys: [...keys, secret.key], problem: secret.problem }] : [];
}

function twins(names: readonly unknown[]): AccessProblem[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ keys: ["users", index, "name"], problem: `"${name}" is another user's; write another` }],
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
