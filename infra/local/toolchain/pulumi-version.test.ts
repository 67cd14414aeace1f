import { expect, it } from "vitest";
import { fitsSdk } from "./pulumi-version.ts";

const cases: [cli: string, fits: boolean][] = [
  ["3.248.0", true],
  ["v3.248.0", true],
  ["v3.248.1", true],
  ["v3.260.0", true],
  ["v3.249.0-alpha.x1a2b", true],
  ["v3.248.0+dirty", true],
  ["v3.248.0-dev.0", false],
  ["v3.247.9", false],
  ["v2.300.0", false],
  ["v4.0.0", false],
  ["", false],
  ["unknown", false],
];

it.each(cases)("CLI %s fits SDK 3.248.0: %s", (cli, fits) => {
  expect(fitsSdk(cli, "3.248.0")).toBe(fits);
});
