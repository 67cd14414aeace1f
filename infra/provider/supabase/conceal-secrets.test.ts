import fc from "fast-check";
import { expect, it } from "vitest";
import { concealSecrets } from "./conceal-secrets.ts";

const LEFT_OUT = "(its words are left out, because they repeat a secret)";

it("leaves a text alone that repeats nothing", () => {
  expect(concealSecrets("no such project", ["canary-secret-value"])).toBe("no such project");
});

it("takes a secret out and leaves the rest", () => {
  expect(concealSecrets('value "canary-secret-value" is bad', ["canary-secret-value"])).toBe(
    'value "[secret]" is bad',
  );
});

it.each([
  ["cut short", "got canary-secret-va"],
  ["escaped twice", String.raw`got canary\\u002dsecret\\u002dvalue`],
  ["in HTML", "got canary&#45;secret&#45;value"],
  ["in other lines", "got canary-\n  secret-\n  value"],
])("leaves out a text with a secret %s", (_case, text) => {
  expect(concealSecrets(text, ["canary-secret-value"])).toBe(LEFT_OUT);
});

it("shows no twelve letters of any secret, wherever the text is cut", () => {
  const word = fc.stringMatching(/^[A-Za-z0-9]{16,40}$/);
  fc.assert(
    fc.property(word, fc.string(), fc.string(), fc.nat(60), (secret, before, after, length) => {
      const text = `${before}${secret}${after}`.slice(0, before.length + length);
      const said = concealSecrets(text, [secret]);
      for (let start = 0; start + 12 <= secret.length; start++)
        expect(said).not.toContain(secret.slice(start, start + 12));
    }),
  );
});
