import { describe, expect, it } from "vitest";
import { FakeDatabase } from "../_shared/testing/fake-database.ts";
import { userToken } from "../_shared/testing/user-token.ts";
import { createJobCreator } from "./handler.ts";

const user = { sub: "00000000-0000-4000-8000-00000000000a", role: "authenticated" };
const order = {
  job_type: "story_generation",
  parameters: {
    topic: "A test story",
    level: "N5",
    instructions: "",
    length: "short",
    geminiApiKey: "users-key",
  },
};

function setup() {
  const inserted = {
    id: "job-1",
    status: "pending",
    estimated_completion_at: new Date("2026-01-04T12:35:00Z"),
  };
  const database = new FakeDatabase([inserted]);
  const handle = createJobCreator(database, "story_staging");
  const post = (body: unknown, token = userToken(user)) =>
    handle(
      new Request("http://localhost/job-creator", {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
  return { database, post };
}

describe("job-creator", () => {
  it("answers with the fields the guide shows", async () => {
    const response = await setup().post(order);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      success: true,
      job_id: "job-1",
      status: "pending",
      estimated_completion_at: "2026-01-04T12:35:00.000Z",
      message: "Job queued successfully",
    });
  });

  it("inserts with the user's own rights and values as parameters", async () => {
    const { database, post } = setup();
    await post(order);
    const [rights, insert] = database.statements;
    expect(rights?.text).toContain("set_config('role', 'authenticated', true)");
    expect(rights?.parameters).toEqual([JSON.stringify(user)]);
    expect(insert?.text).toContain("insert into story_staging.jobs");
    expect(insert?.parameters).toEqual([
      user.sub,
      "story_generation",
      JSON.stringify({
        topic: "A test story",
        level: "N5",
        length: "short",
        instructions: "",
        geminiApiKey: "users-key",
      }),
      "60",
    ]);
  });

  it("fills in what may be left out", async () => {
    const { database, post } = setup();
    await post({ ...order, parameters: { topic: "x", level: "Beginner", geminiApiKey: "k" } });
    const stored = JSON.parse(String(database.statements[1]?.parameters[2]));
    expect(stored).toMatchObject({ length: "medium", instructions: "" });
  });

  it("keeps characters that jsonb refuses out of the row", async () => {
    const { database, post } = setup();
    await post({ ...order, parameters: { ...order.parameters, topic: "a\0 fox\ud800" } });
    expect(JSON.parse(String(database.statements[1]?.parameters[2])).topic).toBe("a fox\ufffd");
  });

  it("names everything that is wrong and inserts nothing", async () => {
    const { database, post } = setup();
    const response = await post({
      job_type: "audio",
      parameters: { topic: " ", level: "N9", geminiApiKey: "" },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: "the request is invalid",
      details: [
        { path: "job_type", message: 'Invalid input: expected "story_generation"' },
        { path: "parameters.topic", message: "must be a non-empty string" },
        {
          path: "parameters.level",
          message:
            'Invalid option: expected one of "N1"|"N2"|"N3"|"N4"|"N5"|"Beginner"|"Intermediate"|"Advanced"',
        },
        { path: "parameters.geminiApiKey", message: "must be a non-empty string of visible ASCII" },
      ],
    });
    expect(database.statements).toEqual([]);
  });

  it("refuses whoever is not signed in", async () => {
    const { database, post } = setup();
    expect((await post(order, userToken({ role: "anon" }))).status).toBe(401);
    expect(database.statements).toEqual([]);
  });
});
