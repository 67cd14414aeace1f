import { describe, expect, it } from "vitest";
import { renderTemplate } from "./render-template.ts";

describe("renderTemplate", () => {
  it("fills in every place and leaves out the head comment", () => {
    const template = "-- {{table}} is the table\nselect {{column}} from {{table}} where {{column}} = 1\n";
    expect(renderTemplate(template, { table: '"a b"', column: "id" })).toBe(
      'select id from "a b" where id = 1\n',
    );
  });

  it("takes a value as it is, whatever signs it holds", () => {
    expect(renderTemplate("select {{value}}", { value: "'$1 $& {{value}}'" })).toBe(
      "select '$1 $& {{value}}'",
    );
  });

  it("refuses a template that names a value nobody gave", () => {
    expect(() => renderTemplate("select {{column}}", {})).toThrow("SQL template: no value for {{column}}");
  });
});
