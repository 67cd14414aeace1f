import { describe, expect, it } from "vitest";
import { crossed } from "./problem.ts";
import { describeState, overallState, type State } from "./state.ts";

const fine = { at: 1000, databaseUp: true, failures: 0, problems: [], now: 1003 };
const stuck = crossed("JobsStuck", "mail: 1 job");
const firing = { ...stuck, state: "firing" } as const;
const pending = { ...stuck, state: "pending" } as const;
const late = { ...crossed("JobsQueueOldestTooOld", "mail"), state: "firing" } as const;

describe("the state of a target", () => {
  it.each([
    ["All is well", "well", fine],
    ["Nothing is known yet", "unknown", { ...fine, at: null, databaseUp: null }],
    ["The database does not answer", "critical", { ...fine, databaseUp: false, problems: [firing] }],
    ["2 alerts firing", "critical", { ...fine, problems: [firing, late, pending] }],
    ["1 alert firing", "warning", { ...fine, problems: [late] }],
    ["1 problem", "critical", { ...fine, problems: [stuck] }],
    ["1 alert pending", "warning", { ...fine, problems: [pending] }],
    ["Not read for 10 min", "unknown", { ...fine, now: 1600 }],
    ["Not all is known: 1 collector failing", "unknown", { ...fine, failures: 1 }],
  ])("is %j", (sentence, level, input) => {
    expect(describeState(input)).toEqual({ level, sentence });
  });
});

describe("the state of all targets", () => {
  const well: State = { level: "well", sentence: "All is well" };
  const bad: State = { level: "warning", sentence: "1 alert firing" };
  const down: State = { level: "critical", sentence: "The database does not answer" };

  it("is well only when every one is", () => {
    const targets = ["a", "b"].map((name) => ({ name, state: well }));
    expect(overallState(targets, [])).toEqual({ ...well, names: ["a", "b"] });
  });

  it("names the one in trouble", () => {
    const targets = [
      { name: "a", state: well },
      { name: "b", state: bad },
    ];
    expect(overallState(targets, [])).toEqual({ ...bad, names: ["b"] });
  });

  it("counts those in trouble, the worst first", () => {
    const targets = [
      { name: "a", state: bad },
      { name: "b", state: down },
      { name: "c", state: well },
    ];
    expect(overallState(targets, [])).toEqual({
      level: "critical",
      sentence: "Trouble in 2 of 3",
      names: ["b", "a"],
    });
  });

  it("is not well while an alert of no target fires", () => {
    expect(overallState([{ name: "a", state: well }], [firing])).toMatchObject({
      sentence: "1 alert firing",
    });
  });
});
