import { flagName, type Given, type Setting, type SettingName, settingOf, variableOf } from "./settings.ts";

/** A configuration as it stands in a file, unchecked. */
export type Document = Readonly<Record<string, unknown>>;

export interface Overlaid {
  document: Document;
  /** What the user wrote to set a value, by its path in the document; for what is not from the file. */
  origins: ReadonlyMap<string, string>;
  /** Whether flags or variables name the one database, and not the file. */
  single: boolean;
  problems: string[];
}

/** What a database can be named by, as a target and as a flag. */
export const urlSettings = ["databaseUrl", "databaseUrlFile", "databaseUrlEnv"] as const;
const flat = {
  host: ["listen", "host"],
  port: ["listen", "port"],
  environment: ["environment"],
  prometheusUrl: ["prometheusUrl"],
} as const;

/** What a single database can be named by, for messages. */
export const waysToNameADatabase = urlSettings
  .flatMap((name) => [flagName(name), variableOf(name) ?? []].flat())
  .concat("--config")
  .join(", ");

/**
 * The document of the file with what flags and variables say laid over it. A variable such as DATABASE_URL, which may be
 * there for somebody else, never replaces targets that the file lists; a flag beside them is a mistake.
 */
export function overlaySettings(file: Document | null, given: Given): Overlaid {
  const origins = new Map<string, string>();
  let document: Document = file ?? {};
  for (const [name, keys] of Object.entries(flat) as [keyof typeof flat, readonly string[]][]) {
    const setting = settingOf(given, name);
    if (setting === null) continue;
    origins.set(keys.join("."), setting.origin);
    document = withValue(document, keys, name === "port" ? asNumber(setting.value) : setting.value);
  }
  const single = file?.targets === undefined ? singleTarget(given) : null;
  if (single === null || (file !== null && single.urls.length === 0)) {
    return { document, origins, single: false, problems: findStrayFlags(given) };
  }
  for (const [name, { origin }] of Object.entries(single.settings)) origins.set(`targets.0.${name}`, origin);
  if (single.urls.length === 0) origins.set("targets.0.databaseUrl", "database");
  const target = Object.fromEntries(
    Object.entries(single.settings).map(([name, { value }]) => [name, value]),
  );
  return {
    document: { ...document, targets: [{ name: "default", ...target }] },
    origins,
    single: true,
    problems: [],
  };
}

/** A flag that names the database makes the variables that do void. */
function singleTarget(given: Given) {
  const flags = urlSettings.filter((name) => given.flags[name] !== undefined);
  const source: Given = flags.length > 0 ? { flags: given.flags, env: {} } : given;
  const found = (names: readonly SettingName[], from: Given): [string, Setting][] =>
    names.flatMap((name) => {
      const setting = settingOf(from, name);
      return setting === null ? [] : [[name, setting] as [string, Setting]];
    });
  const urls = found(urlSettings, source);
  return { urls, settings: Object.fromEntries([...urls, ...found(["project"], given)]) };
}

function findStrayFlags({ flags }: Given): string[] {
  const stray = ([...urlSettings, "project"] as const).filter((name) => flags[name] !== undefined);
  return stray.map(
    (name) =>
      `${flagName(name)}: the configuration file lists the targets; set it there, or leave the file out`,
  );
}

/** Left as it is where it is no number, for the schema to refuse. */
function asNumber(text: string): unknown {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function withValue(document: Document, [key, ...rest]: readonly string[], value: unknown): Document {
  if (key === undefined) return document;
  const inner = document[key];
  const part = typeof inner === "object" && inner !== null ? (inner as Document) : {};
  return { ...document, [key]: rest.length === 0 ? value : withValue(part, rest, value) };
}
