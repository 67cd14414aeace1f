import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { isMissing } from "../alerts/testing/is-missing.ts";

interface Service {
  image?: string;
  build?: { context: string; dockerfile: string };
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  command?: string[];
  secrets?: string[];
}

const here = import.meta.dirname;
const environments = ["production", "staging"];
const text = readFileSync(path.join(here, "compose.yaml"), "utf8");

/** The services as Compose sees them in that environment. */
function servicesIn(environment: string): Record<string, Service> {
  return parse(text.replaceAll(/\$\{JOBSTACK_ENVIRONMENT:-production\}/g, environment), { merge: true })
    .services;
}

function serviceIn(environment: string, name: string): Service {
  return servicesIn(environment)[name] ?? expect.fail(`no service ${name}`);
}

/** What is mounted from the project: the path there, by the path in the container. */
function mountsOf({ volumes = [] }: Service): Record<string, string> {
  const mounts = volumes.map((volume) => volume.split(":")).filter(([from = ""]) => from.startsWith("."));
  return Object.fromEntries(mounts.map(([from = "", to = ""]) => [to, path.resolve(here, from)]));
}

/** Where a path of the container lies in the project. */
function behind(service: Service, inside: string): string {
  const [to, from] =
    Object.entries(mountsOf(service)).find(([mounted]) => inside.startsWith(mounted)) ?? expect.fail(inside);
  return from + inside.slice(to.length);
}

describe("compose.yaml", () => {
  it("keeps to the schema of Compose files and to its linter's rules", async () => {
    const linter = path.resolve("node_modules/.bin/dclint");
    const { stdout } = await execa(linter, ["--quiet", path.join(here, "compose.yaml")]);
    expect(stdout).toBe("");
  });

  it.each(environments)("mounts only what is there (%s)", (environment) => {
    const mounts = Object.values(servicesIn(environment)).flatMap((service) =>
      Object.values(mountsOf(service)),
    );
    expect(mounts).toHaveLength(7);
    const secrets = path.join(here, "secrets");
    expect(mounts.filter((file) => !file.startsWith(secrets) && !existsSync(file))).toEqual([]);
  });

  it("pins every image, and lets only this machine in", () => {
    const services = Object.values(servicesIn("production"));
    for (const { image, build } of services) {
      if (build === undefined) expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
      else expect(existsSync(path.resolve(here, build.context, build.dockerfile))).toBe(true);
    }
    expect(services.flatMap(({ ports = [] }) => ports).every((port) => port.startsWith("127.0.0.1:"))).toBe(
      true,
    );
  });

  it("has secrets in files alone", () => {
    const { secrets } = parse(text) as { secrets: Record<string, { file: string }> };
    const used = Object.values(servicesIn("production")).flatMap((service) => service.secrets ?? []);
    expect(used.sort()).toEqual(Object.keys(secrets).sort());
    for (const { file } of Object.values(secrets)) expect(file).toMatch(/^\.\/secrets\//);
    const variables = Object.values(servicesIn("production")).flatMap((service) =>
      Object.entries(service.environment ?? {}),
    );
    for (const [name, value] of variables) {
      if (/PASSWORD|DATABASE_URL/.test(name))
        expect([name, value]).toEqual([
          expect.stringMatching(/_FILE$/),
          expect.stringMatching(/^\/run\/secrets\//),
        ]);
    }
  });

  it("gives Grafana what its provisioning files ask its environment for", () => {
    const grafana = serviceIn("production", "grafana");
    const { JOBSTACK_DASHBOARDS = "", PROMETHEUS_URL } = grafana.environment ?? {};
    expect(existsSync(path.join(behind(grafana, JOBSTACK_DASHBOARDS), "jobstack-overview.json"))).toBe(true);
    expect(PROMETHEUS_URL).toBe("http://prometheus:9090");
    for (const kind of ["dashboards", "datasources"])
      expect(existsSync(behind(grafana, `/etc/grafana/provisioning/${kind}`))).toBe(true);
  });
});

describe("what the containers are configured with", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "jobstack-docker-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const configOf = (service: Service) => {
    const flag = service.command?.find((part) => part.startsWith("--config.file=")) ?? expect.fail("no flag");
    return behind(service, flag.slice("--config.file=".length));
  };

  it.skipIf(isMissing("promtool")).each(environments)(
    "is right in Prometheus' own eyes, and leads to the other containers (%s)",
    async (environment) => {
      const prometheus = serviceIn(environment, "prometheus");
      const config = readFileSync(configOf(prometheus), "utf8");
      const { rule_files, scrape_configs, alerting } = parse(config);
      const outside = path.join(folder, `prometheus-${environment}.yaml`);
      writeFileSync(outside, config.replace(rule_files[0], behind(prometheus, rule_files[0])));
      const { stdout } = await execa("promtool", ["check", "config", outside]);
      expect(stdout).toContain("SUCCESS");
      const targets = [scrape_configs, alerting.alertmanagers]
        .flat()
        .flatMap(({ static_configs }) =>
          static_configs.flatMap((each: { targets: string[] }) => each.targets),
        );
      expect(targets).toEqual(["exporter:54330", "alertmanager:9093"]);
      expect(Object.keys(servicesIn(environment))).toEqual(
        expect.arrayContaining(["exporter", "alertmanager"]),
      );
      expect(scrape_configs[0].static_configs[0].labels).toEqual({ environment });
      expect(serviceIn(environment, "exporter").environment?.JOBSTACK_ENVIRONMENT).toBe(environment);
    },
  );

  it.each(environments)(
    "has Alertmanager read secrets from the folder that is mounted (%s)",
    (environment) => {
      const alertmanager = serviceIn(environment, "alertmanager");
      const files = readFileSync(configOf(alertmanager), "utf8").matchAll(/_file: (.+)$/gm);
      const outside = [...files].map(([, file = ""]) => path.dirname(behind(alertmanager, file)));
      expect(outside.length).toBeGreaterThan(0);
      expect([...new Set(outside)]).toEqual([path.join(here, "secrets/alertmanager")]);
    },
  );
});
