import { z } from "zod";

const longestName = 63;

const identifier = z
  .string("not a name; write it as text")
  .min(1, "empty; write the name as it is in the database, capitals included, without quotes")
  .refine((name) => !name.includes("\0"), "holds a zero byte; write the name as it is in the database")
  .refine(
    (name) => Buffer.byteLength(name) <= longestName,
    `longer than the ${longestName} bytes that Postgres allows`,
  );

const word = z
  .union([z.string(), z.int()], "not a status; write a word, a whole number, or a list of these")
  .transform(String)
  .pipe(
    z
      .string()
      .min(1, "empty; write the word that the status column holds")
      .refine(
        (text) => !text.includes("\0"),
        "holds a zero byte; write the word that the status column holds",
      ),
  );

const oneOrMore = z.union([word.transform((one) => [one]), z.array(word).min(1, "empty; leave it out")]);
const words = oneOrMore.default([]);

const columns = z.strictObject({
  status: identifier
    .default("status")
    .describe("Column with the job's status: text, an enum, or a number. Default: status."),
  created: identifier
    .default("created_at")
    .describe("Column with the time at which the job was made. Default: created_at."),
  started: identifier
    .optional()
    .describe(
      "Column with the time at which its processing began. Default: none, and ages count from its creation.",
    ),
  completed: identifier
    .optional()
    .describe("Column with the time at which it ended. Default: none, and finished jobs are not counted."),
  attempts: identifier.optional().describe("Column that counts its attempts. Default: none."),
});

const statuses = z.strictObject({
  ready: oneOrMore.describe("Words for jobs that wait for a worker. One, or a list, as in all of these."),
  scheduled: words.describe("Words for jobs that wait for a time or a retry. Default: none."),
  processing: words.describe("Words for jobs that a worker has. Default: none."),
  completed: words.describe("Words for jobs that succeeded. Default: none."),
  failed: words.describe("Words for jobs that failed for good. Default: none."),
});

/** One job table that is watched where it is, without Jobstack's queue core. */
export const jobTable = z
  .strictObject({
    name: z
      .string("missing; write a name, the value of the label `queue`")
      .regex(/^[a-z][a-z0-9_]{0,52}$/, "not a name; write small letters, digits and _, at most 53")
      .describe("Value of the label `queue`."),
    schema: identifier.default("public").describe("Schema of the table. Default: public."),
    table: identifier.describe("Name of the table as it is, capitals included, without quotes."),
    columns: columns
      .prefault({})
      .describe("Its columns. Times without a time zone are taken as UTC. Default: status and created_at."),
    statuses: statuses.describe("What the words in the status column mean."),
    stuckAfterSeconds: z
      .int("not a number of seconds; write a whole number")
      .min(1, "not a number of seconds; write 1 or more")
      .default(300)
      .describe("A job that is processing for longer is stuck. Default: 300."),
  })
  .superRefine((described, context) => {
    const known = new Map<string, string>();
    for (const [status, list] of Object.entries(described.statuses)) {
      for (const each of list) {
        const other = known.get(each);
        if (other)
          context.addIssue({
            code: "custom",
            path: ["statuses", status],
            message: `"${each}" is given for ${other} already; a word means one status`,
          });
        known.set(each, status);
      }
    }
    const { completed, failed } = described.statuses;
    if (described.columns.completed && completed.length + failed.length === 0)
      context.addIssue({
        code: "custom",
        path: ["columns", "completed"],
        message:
          "needs words for completed or failed jobs; write statuses.completed, or leave the column out",
      });
  });

/** The job tables of one database. */
export const jobTables = z.array(jobTable).superRefine((tables, context) => {
  const names = tables.map(({ name }) => name);
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index)
      context.addIssue({
        code: "custom",
        path: [index, "name"],
        message: `"${name}" is the name of another job table; write a different one`,
      });
  });
});

export type JobTable = z.infer<typeof jobTable>;
