import { countText } from "./number-text.ts";
import type { Problem } from "./problem.ts";
import { durationText } from "./time-text.ts";

/** From bad to good. unknown is worse than well: what is not seen may be anything. */
const levels = ["critical", "warning", "unknown", "well"] as const;

export interface State {
  level: (typeof levels)[number];
  /** Without a full stop; begins a title. */
  sentence: string;
}

export interface StateInput {
  /** When the target was last read; all times are Unix times in seconds. */
  at: number | null;
  databaseUp: boolean | null;
  /** Collectors that fail. */
  failures: number;
  problems: readonly Problem[];
  now: number;
}

/** What is older than this, in seconds, says nothing of now. */
const staleSeconds = 90;

/** The most important thing to know. */
export function describeState({ at, databaseUp, failures, problems, now }: StateInput): State {
  const present = problems.filter(({ state }) => state !== "pending");
  const level = present.some(({ severity }) => severity === "critical") ? "critical" : "warning";
  const fires = present.some(({ state }) => state === "firing");
  if (at === null) return { level: "unknown", sentence: "Nothing is known yet" };
  if (databaseUp === false) return { level: "critical", sentence: "The database does not answer" };
  if (present.length > 0) {
    const sentence = fires
      ? `${countText(present.length, "alert")} firing`
      : countText(present.length, "problem");
    return { level, sentence };
  }
  if (now - at > staleSeconds)
    return { level: "unknown", sentence: `Not read for ${durationText(now - at)}` };
  if (failures > 0)
    return { level: "unknown", sentence: `Not all is known: ${countText(failures, "collector")} failing` };
  if (problems.length > 0)
    return { level: "warning", sentence: `${countText(problems.length, "alert")} pending` };
  return { level: "well", sentence: "All is well" };
}

/** A target by its name. */
export interface NamedState {
  name: string;
  state: State;
}

export interface OverallState extends State {
  /** Of those that the sentence is about, the worst first. */
  names: string[];
}

/** What is most important to know of all targets, and of alerts that are of none. */
export function overallState(targets: readonly NamedState[], general: readonly Problem[]): OverallState {
  const rank = ({ state }: NamedState) => levels.indexOf(state.level);
  const sorted = [...targets].sort((a, b) => rank(a) - rank(b));
  const names = (some: readonly NamedState[]) => some.map(({ name }) => name);
  const [first] = sorted;
  if (!first) return { level: "unknown", sentence: "Nothing is observed", names: [] };
  const troubled = sorted.filter(({ state }) => state.level !== "well");
  const firing = general.filter(({ state }) => state === "firing").length;
  if (firing > 0 && first.state.level !== "critical")
    return { level: "warning", sentence: `${countText(firing, "alert")} firing`, names: names(sorted) };
  if (troubled.length < 2) return { ...first.state, names: names(troubled.length === 1 ? troubled : sorted) };
  const sentence = `Trouble in ${troubled.length} of ${targets.length}`;
  return { level: first.state.level, sentence, names: names(troubled) };
}
