import { listIssues } from "../list-issues.ts";
import { PermanentError } from "../worker/permanent-error.ts";
import type { Job, JobContext, JobHandler, Query } from "../worker.ts";
import { type ApplicationOptions, processImage } from "./application.ts";
import { packPayload } from "./pack-payload.ts";

export interface PackHandlerOptions {
  readonly query: Query;
  /** Schema of the packs system, as SQL writes it. */
  readonly schema: string;
  readonly application: ApplicationOptions;
}

/** The handler of the queue's jobs: has images made by the application, and packs fanned out into images. */
export function createPackHandler({ query, schema, application }: PackHandlerOptions): JobHandler {
  const fanOut = `select ${schema}.fan_out($1::text::uuid, $2::text::bigint)`;

  async function generateImage({ id, row }: Job, { attempt, signal }: JobContext): Promise<void> {
    const { job_type, user_id, payload } = row;
    const request = { jobId: id, jobType: String(job_type), userId: user_id, payload, attempt, signal };
    await processImage(application, request);
  }

  /** Only begins the pack: the database ends it with the last of its images. */
  async function generateCompletePack({ id, row }: Job, { token }: JobContext): Promise<void> {
    const parsed = packPayload.safeParse(row.payload);
    if (!parsed.success) throw new PermanentError(`invalid payload: ${listIssues(parsed.error, "payload")}`);
    await query(fanOut, [id, token]);
  }

  return async (job, context) => {
    switch (job.row.job_type) {
      case "generate-image":
        return generateImage(job, context);
      case "generate-complete-pack":
        return generateCompletePack(job, context);
      default: {
        const known = '"generate-image" or "generate-complete-pack"';
        throw new PermanentError(`job type "${job.row.job_type}" is unknown; use ${known}`);
      }
    }
  };
}
