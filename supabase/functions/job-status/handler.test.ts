import { describe, expect, it } from "vitest";
import { FakeDatabase } from "../_shared/testing/fake-database.ts";
import { userToken } from "../_shared/testing/user-token.ts";
import { createJobStatus } from "./handler.ts";

const user = { sub: "00000000-0000-4000-8000-00000000000a", role: "authenticated" };
const id = "11111111-1111-4111-8111-111111111111";

function setup(rows: Record<string, unknown>[] = []) {
  const database = new FakeDatabase(rows);
  const handle = createJobStatus(database, "story_staging");
  const get = (query: string, token = userToken(user)) =>
    handle(
      new Request(`http://localhost/job-status${query}`, { headers: { authorization: `Bearer ${token}` } }),
    );
  return { database, get };
}

describe("job-status", () => {
  it("answers with the user's job, read with the user's own rights", async () => {
    const job = {
      id,
      job_type: "story_generation",
      status: "pending",
      created_at: new Date("2026-01-04T12:00:00Z"),
    };
    const { database, get } = setup([job]);
    const response = await get(`?job_id=${id}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ...job, created_at: "2026-01-04T12:00:00.000Z" });
    expect(database.statements[0]?.parameters).toEqual([JSON.stringify(user)]);
    expect(database.statements[1]?.text).toContain("from story_staging.jobs");
    expect(database.statements[1]?.parameters).toEqual([id]);
  });

  it("never asks for the parameters", async () => {
    const { database, get } = setup();
    await get(`?job_id=${id}`);
    expect(database.statements[1]?.text).not.toContain("parameters");
  });

  it("answers 404 for a job that is unknown or another user's", async () => {
    const response = await setup().get(`?job_id=${id}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "job not found" });
  });

  it.each([
    ["", "job_id is missing; add ?job_id=<id> to the address"],
    ["?job_id=", "job_id is not a uuid; use the job_id that job-creator returned"],
    ["?job_id=7", "job_id is not a uuid; use the job_id that job-creator returned"],
  ])("answers 400 for the query %j", async (query, error) => {
    const { database, get } = setup();
    const response = await get(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error });
    expect(database.statements).toEqual([]);
  });

  it("refuses whoever is not signed in", async () => {
    expect((await setup().get(`?job_id=${id}`, userToken({ role: "anon" }))).status).toBe(401);
  });
});
