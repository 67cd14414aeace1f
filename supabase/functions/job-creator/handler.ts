import { z } from "npm:zod@4.6.7";
import type { Database } from "../_shared/database.ts";
import { jsonEndpoint, jsonResponse, type RequestHandler, readJson } from "../_shared/http.ts";
import { queryAsUser } from "../_shared/query-as-user.ts";
import { storyParameters } from "../_shared/story/parameters.ts";
import { requireUser } from "../_shared/user.ts";
import { encodeJson } from "../_shared/worker/encode-json.ts";

const newJob = z.strictObject({
  job_type: z.literal("story_generation"),
  parameters: storyParameters.extend({
    // It travels in a header, which holds nothing else.
    geminiApiKey: z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]{1,500}$/, "must be a non-empty string of visible ASCII"),
  }),
});

const expectedSeconds = { short: 60, medium: 120, long: 180 };

/** `POST`: creates a job for the signed-in user. The database keeps the API key apart from the row, encrypted. */
export function createJobCreator(database: Database, schema: string): RequestHandler {
  const insert = `insert into ${schema}.jobs (user_id, job_type, parameters, status, estimated_completion_at)
    values ($1::text::uuid, $2, $3::text::jsonb, 'pending', now() + make_interval(secs => $4::text::int))
    returning id, status, estimated_completion_at`;

  async function handle(request: Request): Promise<Response> {
    const user = requireUser(request);
    const { job_type, parameters } = await readJson(request, newJob);
    const seconds = String(expectedSeconds[parameters.length]);
    const [job] = await queryAsUser(database, user, insert, [
      user.id,
      job_type,
      encodeJson(parameters),
      seconds,
    ]);
    return jsonResponse(200, {
      success: true,
      job_id: job?.id,
      status: job?.status,
      estimated_completion_at: job?.estimated_completion_at,
      message: "Job queued successfully",
    });
  }

  return jsonEndpoint({ methods: ["POST"], cors: true, handle });
}
