import fc from "fast-check";
import { expect, it } from "vitest";
import { Redactor } from "./redactor.ts";

it("takes a secret out in every form in which a message may show it", () => {
  const secret = 'it\'s "a/b\\c" key';
  const { redact } = new Redactor([secret]);
  for (const form of [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret),
    secret.replaceAll("'", "''"),
  ]) {
    expect(redact(`syntax error at or near ${form}!`)).toMatch(/^syntax error at or near "?\[secret\]"?!$/);
  }
});

it("takes out single lines of a secret of several lines", () => {
  expect(new Redactor(["first line\n  second line"]).redact('near "second line"')).toBe('near "[secret]"');
});

it("leaves no rest of a secret that contains another", () => {
  expect(new Redactor(["abcd", "abcdefgh"]).redact("abcdefgh abcd")).toBe("[secret] [secret]");
});

it("leaves words alone that are too short to be a secret", () => {
  expect(new Redactor(["", "id", "job"]).redact("job id")).toBe("job id");
});

it("takes out what a message quotes of a secret text", () => {
  const { redact } = new Redactor(["postgresql://postgres:x@db/postgres"]).with(
    [],
    ["select 'canary' from job"],
  );
  expect(redact(`syntax error at or near "'canary'"`)).toBe('syntax error at or near "[secret]"');
  expect(redact('role "postgres" does not exist')).toBe('role "postgres" does not exist');
});

it("leaves no secret in any text", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 9 }), fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!"[secret]".includes(secret.trim()));
      expect(new Redactor([secret]).redact(before + secret + after)).not.toContain(secret);
    }),
  );
});
