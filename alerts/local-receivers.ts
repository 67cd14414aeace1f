import type { AlertSettings } from "./settings.ts";

/** An environment whose alerts go to the local platform's stand-in, which shows them at /notifications and /watchdogs. */
export function withLocalReceivers(settings: AlertSettings, standInUrl: string): AlertSettings {
  return {
    ...settings,
    webhook: { url: `${standInUrl}/notification` },
    heartbeat: { url: `${standInUrl}/watchdog`, every: settings.heartbeat?.every ?? "1m" },
  };
}
