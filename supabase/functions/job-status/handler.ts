import { z } from "npm:zod@4.6.7";
import type { Database } from "../_shared/database.ts";
import { jsonEndpoint, jsonResponse, type RequestHandler } from "../_shared/http.ts";
import { HttpError } from "../_shared/http-error.ts";
import { queryAsUser } from "../_shared/query-as-user.ts";
import { requireUser } from "../_shared/user.ts";

/** `GET ?job_id=`: one of the signed-in user's own jobs. Another user's job looks like one that does not exist. */
export function createJobStatus(database: Database, schema: string): RequestHandler {
  // The parameters are left out: the caller knows them, and a key that was ever to slip into them must not leave here.
  const select = `select id, job_type, status, story_id, attempts, created_at, started_at, completed_at, updated_at,
      estimated_completion_at, result, error_message as error
    from ${schema}.jobs where id = $1::text::uuid`;

  async function handle(request: Request): Promise<Response> {
    const user = requireUser(request);
    const [job] = await queryAsUser(database, user, select, [jobId(request)]);
    if (job === undefined) throw new HttpError(404, "job not found");
    return jsonResponse(200, job);
  }

  return jsonEndpoint({ methods: ["GET"], cors: true, handle });
}

function jobId(request: Request): string {
  const given = new URL(request.url).searchParams.get("job_id");
  if (given === null) throw new HttpError(400, "job_id is missing; add ?job_id=<id> to the address");
  const id = z.guid().safeParse(given);
  if (!id.success) throw new HttpError(400, "job_id is not a uuid; use the job_id that job-creator returned");
  return id.data;
}
