import { oldestPostgres, type Program } from "./package-plan.ts";

/** Why missing programs were not installed. */
export type Obstacle =
  /** Neither Debian nor Ubuntu. */
  | { kind: "no-apt" }
  /** Neither root nor sudo without a password; `packages` would bring what is missing, as far as apt knows. */
  | { kind: "no-rights"; packages: readonly string[] }
  /** apt works, and has no such package. */
  | { kind: "not-offered" }
  /** apt failed, or the program is not there afterwards; `tail` are the last lines of its output. */
  | { kind: "failed"; logFile: string; tail: readonly string[] };

const titles: Record<Program, string> = {
  postgres: `PostgreSQL server ${oldestPostgres} or newer`,
  pg_cron: "PostgreSQL extension pg_cron",
  prometheus: "Prometheus with promtool",
  alertmanager: "Alertmanager with amtool",
  chromium: "Chromium, for tests of pages",
  cc: "a C compiler, for tests that set a server's clock",
  go: "Go",
};

/** The error for programs without which nothing works: a summary that says what to do, and every missing program. */
export function refuse(
  missing: readonly Program[],
  obstacle: Obstacle,
): { summary: string; problems: string[] } {
  const otherwise = missing.some((program) => program === "postgres" || program === "pg_cron")
    ? ", or set DATABASE_URL to a database that has pg_cron"
    : "";
  const problems = missing.map((program) => titles[program]);
  return {
    summary: `missing programs: ${describeObstacle(obstacle)}${otherwise}`,
    problems: obstacle.kind === "failed" ? [...problems, ...obstacle.tail] : problems,
  };
}

/** One line for a program that the platform does without. */
export function note(program: Program, obstacle: Obstacle): string {
  return `${titles[program]}: not found; ${describeObstacle(obstacle)}`;
}

function describeObstacle(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case "no-apt":
      return "install them with this system's own package manager and put them on PATH";
    case "no-rights":
      return `this user may not install packages; run "${installCommand(obstacle.packages)}"`;
    case "not-offered":
      return "apt offers no package; add a repository that has one";
    case "failed":
      return `the installation failed; mend the cause, which is in ${obstacle.logFile}, and run this again`;
  }
}

/** Without package lists apt knows no names; then the first step is to fetch them. */
function installCommand(packages: readonly string[]): string {
  const update = "sudo apt-get update";
  return packages.length === 0
    ? update
    : `${update} && sudo apt-get install --no-install-recommends -y ${packages.join(" ")}`;
}
