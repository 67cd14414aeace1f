import { findServer, PostgresMissingError, type PostgresServer } from "../postgres/find-server.ts";
import { findExecutables } from "./find-executable.ts";
import type { Program } from "./package-plan.ts";

/** Programs of the system; null when absent or not asked for. Absolute paths. */
export interface SystemPrograms {
  postgres: PostgresServer | null;
  prometheus: string | null;
  promtool: string | null;
  alertmanager: string | null;
  amtool: string | null;
  chromium: string | null;
  cc: string | null;
}

export interface ProgramNeeds {
  needPostgres: boolean;
  needMonitoring: boolean;
  /** Chromium and a C compiler, for tests alone. Default: false. */
  needTestTools?: boolean;
  /** The only PostgreSQL version that fits, because a data directory of it exists. */
  postgresMajor?: number | undefined;
}

export interface ProgramSearch {
  programs: SystemPrograms;
  missing: Program[];
}

/** Looks only; takes milliseconds. */
export function findSystemPrograms(needs: ProgramNeeds, env: NodeJS.ProcessEnv): ProgramSearch {
  const server = needs.needPostgres ? findPostgres(needs.postgresMajor) : { postgres: null, missing: [] };
  // Debian calls the server `prometheus-alertmanager`.
  const monitoring = needs.needMonitoring
    ? {
        prometheus: findProgram(["prometheus"], env),
        promtool: findProgram(["promtool"], env),
        alertmanager: findProgram(["alertmanager", "prometheus-alertmanager"], env),
        amtool: findProgram(["amtool"], env),
      }
    : { prometheus: null, promtool: null, alertmanager: null, amtool: null };
  const chromium = needs.needTestTools ? findChromium(env) : null;
  const cc = needs.needTestTools ? findProgram(["cc"], env) : null;
  const missing: Program[] = [...server.missing];
  if (needs.needMonitoring && !(monitoring.prometheus && monitoring.promtool)) missing.push("prometheus");
  if (needs.needMonitoring && !(monitoring.alertmanager && monitoring.amtool)) missing.push("alertmanager");
  if (needs.needTestTools && !chromium) missing.push("chromium");
  if (needs.needTestTools && !cc) missing.push("cc");
  return { programs: { postgres: server.postgres, ...monitoring, chromium, cc }, missing };
}

/** Debian's smaller one that has no window, or any other. */
export function findChromium(env: NodeJS.ProcessEnv): string | null {
  return findProgram(["chromium-headless-shell", "chromium", "google-chrome"], env);
}

function findPostgres(major: number | undefined): { postgres: PostgresServer | null; missing: Program[] } {
  try {
    return { postgres: findServer(major), missing: [] };
  } catch (error) {
    if (!(error instanceof PostgresMissingError)) throw error;
    return { postgres: null, missing: error.missing === "pg_cron" ? ["pg_cron"] : ["postgres", "pg_cron"] };
  }
}

function findProgram(names: readonly string[], env: NodeJS.ProcessEnv): string | null {
  return findExecutables(names, env, ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"])[0] ?? null;
}
