import type { PackageState } from "./apt-output.ts";

/** What may be missing on a machine. */
export type Program = "postgres" | "pg_cron" | "prometheus" | "alertmanager" | "chromium" | "cc" | "go";

export interface PackagePlan {
  /** Without these there is no platform. */
  required: string[];
  /** Worth having; the platform runs without. */
  optional: string[];
  /** What no known package brings. */
  unavailable: Program[];
}

export const oldestPostgres = 15;

const optionalPackages = {
  prometheus: ["prometheus"],
  alertmanager: ["prometheus-alertmanager"],
  chromium: ["chromium-headless-shell"],
  cc: ["gcc", "libc6-dev"],
} as const;
const dayMs = 86_400_000;
const newMs = 600_000;

/** Every package that a plan may be made of, among all that apt knows. */
export function relevantPackages(known: readonly string[]): string[] {
  const fixed = [...Object.values(optionalPackages).flat(), "golang-go", "ca-certificates"];
  return [...known.filter((name) => /^postgresql-\d+(-cron)?$/.test(name)), ...fixed];
}

/**
 * Chooses the packages that bring what is missing. Only a package that is not installed is named, because naming an
 * installed one would upgrade, and so restart, a server that others use.
 * @param postgresMajor the only major version that fits, because a data directory of it exists
 */
export function planPackages(
  missing: readonly Program[],
  packages: ReadonlyMap<string, PackageState>,
  postgresMajor?: number,
): PackagePlan {
  const plan: PackagePlan = { required: [], optional: [], unavailable: [] };
  const want = (program: Program, list: string[], names: readonly string[]) => {
    if (names.every((name) => isKnown(packages.get(name))))
      list.push(...names.filter((name) => !isInstalled(packages.get(name))));
    else plan.unavailable.push(program);
  };
  if (missing.includes("postgres") || missing.includes("pg_cron")) {
    const major = choosePostgres(packages, postgresMajor);
    if (major === undefined) plan.unavailable.push(missing.includes("postgres") ? "postgres" : "pg_cron");
    else want("postgres", plan.required, [`postgresql-${major}`, `postgresql-${major}-cron`]);
  }
  // A bare system has no certificates that go could check the module proxy's with.
  if (missing.includes("go")) want("go", plan.required, ["golang-go", "ca-certificates"]);
  for (const program of missing.filter(isOptional)) {
    want(program, plan.optional, optionalPackages[program]);
  }
  return plan;
}

/**
 * Whether the package lists have to be fetched first: when there are none (null), when they are a day old, or when
 * something without which nothing works is not in them, unless they are new.
 */
export function needsRefresh(plan: PackagePlan, listsAgeMs: number | null): boolean {
  if (listsAgeMs === null || listsAgeMs > dayMs) return true;
  return plan.unavailable.some((program) => !isOptional(program)) && listsAgeMs > newMs;
}

/** The platform runs without it. */
export function isOptional(program: Program): program is keyof typeof optionalPackages {
  return program in optionalPackages;
}

/** An installed server is kept; else the newest that comes with pg_cron. */
function choosePostgres(packages: ReadonlyMap<string, PackageState>, only?: number): number | undefined {
  const majors = [...packages.keys()]
    .map((name) => Number(/^postgresql-(\d+)$/.exec(name)?.[1]))
    .filter((major) => (only === undefined ? major >= oldestPostgres : major === only))
    .filter(
      (major) =>
        isKnown(packages.get(`postgresql-${major}`)) && isKnown(packages.get(`postgresql-${major}-cron`)),
    )
    .sort((a, b) => b - a);
  return majors.find((major) => isInstalled(packages.get(`postgresql-${major}`))) ?? majors[0];
}

function isKnown(state: PackageState | undefined): boolean {
  return state !== undefined && (state.candidate !== null || state.installed !== null);
}

function isInstalled(state: PackageState | undefined): boolean {
  return state !== undefined && state.installed !== null;
}
