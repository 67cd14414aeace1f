import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { jsonEndpoint, jsonResponse, readJson } from "./http.ts";
import { HttpError } from "./http-error.ts";

const endpoint = jsonEndpoint({
  methods: ["POST"],
  cors: true,
  handle: async () => jsonResponse(200, { ok: true }),
});
const request = (method: string) => new Request("http://localhost", { method });
const post = (body: string) => new Request("http://localhost", { method: "POST", body });
const failing = (thrown: unknown) =>
  jsonEndpoint({ methods: ["POST"], cors: false, handle: () => Promise.reject(thrown) })(request("POST"));

describe("jsonEndpoint", () => {
  it("lets a browser of any origin read the response", async () => {
    const response = await endpoint(request("POST"));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("answers a browser's preflight", async () => {
    const response = await endpoint(request("OPTIONS"));
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-methods")).toBe("POST, OPTIONS");
    expect(response.headers.get("access-control-allow-headers")).toContain("authorization");
  });

  it("refuses other methods and names the right one", async () => {
    const response = await endpoint(request("DELETE"));
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST, OPTIONS");
    expect(await response.json()).toEqual({ error: "method DELETE is not allowed; use POST" });
  });

  it("has no preflight for servers", async () => {
    const closed = jsonEndpoint({
      methods: ["POST"],
      cors: false,
      handle: async () => jsonResponse(200, {}),
    });
    const response = await closed(request("OPTIONS"));
    expect(response.status).toBe(405);
    expect(response.headers.has("access-control-allow-origin")).toBe(false);
  });

  it("answers with the status and message of an HttpError", async () => {
    const response = await failing(new HttpError(404, "job not found"));
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "job not found" });
  });

  it("hides what went wrong inside and logs it without credentials", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const response = await failing(new Error("connect postgresql://postgres:secret@db failed"));
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: "internal server error" });
    expect(log).toHaveBeenCalledWith("request failed: connect postgresql://postgres:[redacted]@db failed");
    log.mockRestore();
  });
});

describe("readJson", () => {
  const schema = z.strictObject({ name: z.string(), size: z.strictObject({ width: z.number() }) });

  it("returns a body that fits", async () => {
    const body = { name: "a", size: { width: 1 } };
    expect(await readJson(post(JSON.stringify(body)), schema)).toEqual(body);
  });

  it("lists all problems with their paths", async () => {
    const body = JSON.stringify({ name: 1, size: { width: "2", depth: 3 } });
    await expect(readJson(post(body), schema)).rejects.toMatchObject({
      status: 400,
      message: "the request is invalid",
      details: [
        { path: "name", message: "Invalid input: expected string, received number" },
        { path: "size.width", message: "Invalid input: expected number, received string" },
        { path: "size", message: 'Unrecognized key: "depth"' },
      ],
    });
  });

  it.each(["", "{", "name=a"])("refuses a body that is not JSON: %j", async (body) => {
    await expect(readJson(post(body), schema)).rejects.toMatchObject({
      status: 400,
      message: "the body is not JSON",
    });
  });

  it("refuses a body that is too large", async () => {
    const body = JSON.stringify({ name: "x".repeat(70_000) });
    await expect(readJson(post(body), schema)).rejects.toMatchObject({ status: 413 });
  });
});
