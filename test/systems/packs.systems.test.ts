import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { demoUserId } from "../../infra/local/demo-user.ts";
import { systemsPlatform } from "./platform.ts";

const platform = systemsPlatform();

interface Job {
  id: string;
  status: string;
  retry_count: number;
  error_message: string | null;
  processed_at: Date | null;
  completed_at: Date | null;
}

/** Orders as the application's server does; returns the job's id. */
async function order(job_type: string, payload: object, max_retries = 1): Promise<string> {
  const [job] = await platform.query<{ id: string }>(
    `insert into packs.job_queue (job_type, payload, max_retries, user_id) values ($1, $2, $3, $4) returning id`,
    [job_type, payload, max_retries, demoUserId],
  );
  return job?.id ?? "";
}

function ended(id: string): Promise<Job> {
  return vi.waitFor(
    async () => {
      const [job] = await platform.query<Job & Record<string, unknown>>(
        "select * from packs.job_queue where id = $1",
        [id],
      );
      expect(["completed", "failed"]).toContain(job?.status);
      return job as Job;
    },
    { timeout: 90_000, interval: 100 },
  );
}

async function requestsFor(id: string): Promise<unknown> {
  const url = `${platform.url("generator")}/api/process-image/requests?key=${id}`;
  return (await fetch(url)).json();
}

const image = (prompt: string, simulate: object = {}) => ({ prompt, simulate });

describe("a pack", () => {
  it("is fanned out, made by the application one image each, and completed with its project", async () => {
    const projectId = randomUUID();
    const images = ["a fox", "an owl", "a heron"].map((prompt) => image(prompt));
    const id = await order("generate-complete-pack", { projectId, images });
    expect(await ended(id)).toMatchObject({
      status: "completed",
      retry_count: 0,
      error_message: null,
      processed_at: expect.any(Date),
      completed_at: expect.any(Date),
    });
    const parts = await platform.query<{ image_id: string; status: string }>(
      `select i.image_id, q.status from packs.pack_image i join packs.job_queue q on q.id = i.image_id
       where i.pack_id = $1`,
      [id],
    );
    expect(parts.map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
    for (const { image_id } of parts) {
      expect(await requestsFor(image_id)).toEqual({ requests: 1, generated: true });
    }
    expect(
      await platform.query(
        "select status, images, images_completed from packs.project_status where project_id = $1",
        [projectId],
      ),
    ).toEqual([{ status: "COMPLETED", images: "3", images_completed: "3" }]);
  });

  it("fails with the reason of the image that failed for good, after its retries", async () => {
    const images = [image("an owl"), image("a fox", { failures: 99, status: 503 })];
    const id = await order("generate-complete-pack", { projectId: "p", images });
    expect(await ended(id)).toMatchObject({
      status: "failed",
      error_message:
        '1 of 2 images failed; image 2: the application answered 503: The image of "a fox" was told to fail.',
    });
    const [failed] = await platform.query<Job & { id: string }>(
      `select q.* from packs.job_queue q where q.payload ->> 'packId' = $1 and q.status = 'failed'`,
      [id],
    );
    expect(failed).toMatchObject({ retry_count: 1, max_retries: 1 });
    expect(await requestsFor(failed?.id ?? "")).toEqual({ requests: 2, generated: false });
  });

  it("with a payload that makes no sense fails with what is wrong", async () => {
    const job = await ended(await order("generate-complete-pack", { projectId: "p", images: [] }));
    expect(job).toMatchObject({
      status: "failed",
      error_message: "invalid payload: images: must be at least one",
    });
  });
});

describe("an image", () => {
  it("that fails once is tried again and completed", async () => {
    const job = await ended(await order("generate-image", image("a fox", { failures: 1 })));
    expect(job).toMatchObject({ status: "completed", retry_count: 1, error_message: null });
  });

  it("is found by the cron job when no trigger announces it, and by the trigger again afterwards", async () => {
    await platform.queryIn("packs", "ALTER TABLE job_queue DISABLE TRIGGER on_job_queue_insert;");
    try {
      expect(await ended(await order("generate-image", image("a fox")))).toMatchObject({
        status: "completed",
      });
    } finally {
      await platform.queryIn("packs", "ALTER TABLE job_queue ENABLE TRIGGER on_job_queue_insert;");
    }
    expect(await ended(await order("generate-image", image("an owl")))).toMatchObject({
      status: "completed",
    });
  });
});

describe("the guide's checks", () => {
  it("SELECT * FROM cron.job; shows the schedule, every 10 seconds", async () => {
    const jobs = await platform.queryIn("packs", "SELECT * FROM cron.job;");
    const job = jobs.find(({ jobname }) => jobname === "process-jobs");
    expect(job).toMatchObject({
      active: true,
      command: expect.stringContaining("select jobstack.poll('packs')"),
    });
    // A server whose pg_cron has no seconds keeps them in the command.
    expect(`${job?.schedule} ${job?.command}`).toContain("10 seconds");
  });

  it("the Edge Function is tested by hand with the secret, and refuses anybody else", async () => {
    const call = (headers: Record<string, string>) =>
      fetch(`${platform.url("api")}/functions/v1/process-jobs`, { method: "POST", headers });
    const accepted = await call({ authorization: `Bearer ${platform.file().cronSecret}` });
    expect([accepted.status, await accepted.json()]).toMatchObject([202, { accepted: true, queue: "packs" }]);
    expect((await call({})).status).toBe(401);
  });

  it("Realtime tells of the jobs, and row-level security of whose they are", async () => {
    const published = await platform.query(
      "select from pg_publication_tables where pubname = 'supabase_realtime' and schemaname = 'packs' and tablename = 'job_queue'",
    );
    expect(published).toHaveLength(1);
    expect(
      await platform.query("select relrowsecurity from pg_class where oid = 'packs.job_queue'::regclass"),
    ).toEqual([{ relrowsecurity: true }]);
  });
});
