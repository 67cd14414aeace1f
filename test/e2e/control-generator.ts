import { expect } from "vitest";
import type { TestPlatform } from "./platform.ts";

/** Sets how a platform's generator behaves from now on; what is left out returns to its default. */
export async function controlGenerator(
  platform: TestPlatform,
  control: Record<string, number>,
): Promise<void> {
  const response = await fetch(`${platform.url("generator")}/control`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(control),
  });
  expect(response.status).toBe(200);
}
