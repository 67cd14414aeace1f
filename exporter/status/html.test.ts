import fc from "fast-check";
import { expect, it } from "vitest";
import { Html, html } from "./html.ts";

it("escapes what would be markup, in text and in attributes", () => {
  const name = `<script>alert("1 & '2'")</script>`;
  const safe = "&lt;script&gt;alert(&quot;1 &amp; &#39;2&#39;&quot;)&lt;/script&gt;";
  expect(html`<b title="${name}">${name}</b>`.text).toBe(`<b title="${safe}">${safe}</b>`);
});

it("lets no text open a tag, leave an attribute or begin an entity", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."<>&\"'`#;/=ampltg x") }), (text) => {
      const { text: written } = html`${text}`;
      expect(written).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
    }),
  );
});

it("takes markup and lists of it as they are, and leaves null and false out", () => {
  expect(html`<p>${[html`<i>${1}</i>`, " & ", null, false, new Html("<br>")]}</p>`.text).toBe(
    "<p><i>1</i> &amp; <br></p>",
  );
});
