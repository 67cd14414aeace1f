import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { requiredPackages } from "./required-packages.ts";

it("finds the plugins that packages ask for, nested and parameterized ones too, and nothing in the rest", () => {
  const program = mkdtempSync(path.join(tmpdir(), "jobstack-packages-"));
  const install = (folder: string, content: object) => {
    mkdirSync(path.join(program, "node_modules", folder), { recursive: true });
    writeFileSync(path.join(program, "node_modules", folder, "package.json"), JSON.stringify(content));
  };
  const parameterization = { name: "supabase", version: "1.10.1", value: "e30=" };
  install("plain", { name: "plain", version: "1.0.0" });
  install("@pulumi/postgresql", {
    name: "@pulumi/postgresql",
    version: "v3.18.1",
    pulumi: { resource: true },
  });
  install("plain/node_modules/@pulumi/supabase", {
    name: "@pulumi/supabase",
    version: "1.10.1",
    pulumi: { resource: true, name: "terraform-provider", version: "1.0.0", parameterization },
  });
  try {
    const found = requiredPackages(program).map((each) => each.toObject());
    expect(found).toMatchObject([
      { name: "postgresql", kind: "resource", version: "v3.18.1" },
      { name: "terraform-provider", version: "v1.0.0", parameterization },
    ]);
    expect(found).toHaveLength(2);
    expect(requiredPackages(path.join(program, "nothing"))).toEqual([]);
  } finally {
    rmSync(program, { recursive: true });
  }
});
