import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../../../infra/local/toolchain/system-programs.ts";

/**
 * Whether tests with a browser must be skipped on this machine, which is said once. In CI none is skipped: there a missing
 * browser fails them.
 */
export function isBrowserMissing(): boolean {
  if (findChromium(process.env) || process.env.CI === "true") return false;
  console.warn("Chromium is not installed: its tests are skipped; install it to run them");
  return true;
}

/** The machine's own Chromium, without a window. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium(process.env);
  if (!executablePath)
    throw new Error("Chromium: not found; npm test installs it on Debian, elsewhere put it on PATH");
  return chromium.launch({ executablePath });
}
