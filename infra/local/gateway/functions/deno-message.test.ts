import { expect, it } from "vitest";
import { denoMessage } from "./deno-message.ts";

it("keeps the error with the project's own path and drops progress and backtrace", () => {
  const stderr = `Download https://registry.example/left-pad
error: npm package 'left-pad' does not exist.
    at file:///state/functions/hello/1f/files/supabase/functions/hello/index.ts:1:15

Stack backtrace:
   0: <unknown>
`;
  expect(denoMessage(stderr, "/state/functions/hello/1f")).toBe(
    "error: npm package 'left-pad' does not exist.\n    at supabase/functions/hello/index.ts:1:15",
  );
});
