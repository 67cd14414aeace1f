import { expect, it } from "vitest";
import { dollarQuote, quoteGrantee, quoteIdentifier, quoteLiteral, quoteQualified } from "./identifier.ts";

it("quotes names so that nothing in them ends the quote", () => {
  expect(quoteIdentifier('a"; drop table b --')).toBe('"a""; drop table b --"');
  expect(quoteQualified("public", "Job")).toBe('"public"."Job"');
});

it("quotes literals, with backslashes whatever the server's settings", () => {
  expect(quoteLiteral("it's")).toBe("'it''s'");
  expect(quoteLiteral("a\\'b")).toBe(" E'a\\\\''b'");
});

it("leaves public unquoted as a grantee, for it is no role", () => {
  expect(quoteGrantee("public")).toBe("public");
  expect(quoteGrantee("anon")).toBe('"anon"');
});

it("dollar-quotes with a tag that the text does not contain", () => {
  expect(dollarQuote("select 1")).toBe("$cmd$select 1$cmd$");
  expect(dollarQuote("select $cmd$x$cmd$")).toBe("$cmd1$select $cmd$x$cmd$$cmd1$");
});
