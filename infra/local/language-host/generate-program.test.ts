import { describe, expect, it } from "vitest";
import { generateProgram } from "./generate-program.ts";

describe("generateProgram", () => {
  it("declares an imported resource with its inputs and options", () => {
    const pcl = `resource tick "jobstack:index:CronJob" {
    __logicalName = "the-tick"
    active = true
    command = "select \\"a\\",\\n  '$\${x}'"
    every = "10 seconds"

    options {
        provider = db
        protect = true
    }
}
`;
    expect(generateProgram(pcl)).toBe(`import * as pulumi from "@pulumi/pulumi";
import * as jobstack from "jobstack";

const tick = new jobstack.CronJob("the-tick", {
    active: true,
    command: \`select "a",
  '\\\${x}'\`,
    every: "10 seconds",
}, {
    provider: db,
    protect: true,
});
`);
  });

  it("writes lists, objects, secrets, references and numbers", () => {
    const pcl = `resource reader "jobstack:index:Role" {
    connectionLimit = 3
    grants = [
        {
            privileges = ["select", "insert"]
        },
        {}
    ]
    password = secret(null)
    settings = {
        "a b" = "c"
    }
    options { dependsOn = [work.id] }
}`;
    expect(generateProgram(pcl)).toContain(`new jobstack.Role("reader", {
    connectionLimit: 3,
    grants: [{
        privileges: ["select", "insert"],
    }, {}],
    password: pulumi.secret(null),
    settings: {
        "a b": "c",
    },
}, {
    dependsOn: [work.id],
});`);
  });

  it("refuses what it does not know, and shows it", () => {
    expect(() => generateProgram('resource a "b:c:D" { e = 1 + 2 }')).toThrow(
      "the imported resource cannot be written as TypeScript: + was not expected in its PCL",
    );
  });
});
