import { expect, test } from "vitest";
import { pgHbaConf, postgresqlConf, type ServerSettings } from "./settings.ts";

const settings: ServerSettings = {
  host: "127.0.0.1",
  port: 54322,
  socketDir: "/tmp/it's here",
  databaseName: "postgres",
  durable: true,
  preload: ["pg_stat_statements", "pg_cron"],
  extra: { max_connections: "20", "pg_net.ttl": "1 minute" },
};

test("quotes values", () => {
  expect(postgresqlConf(settings)).toContain("unix_socket_directories = '/tmp/it''s here'\n");
});

test("lets extra settings win", () => {
  expect(postgresqlConf(settings)).toContain("max_connections = '20'\n");
  expect(postgresqlConf(settings)).not.toContain("max_connections = '100'");
  expect(postgresqlConf(settings)).toContain("pg_net.ttl = '1 minute'\n");
});

test("keeps fsync unless durability is given up", () => {
  expect(postgresqlConf(settings)).not.toContain("fsync");
  expect(postgresqlConf({ ...settings, durable: false })).toContain("fsync = 'off'\n");
});

test("asks for a password on every TCP connection", () => {
  const tcp = pgHbaConf()
    .split("\n")
    .filter((line) => line.startsWith("host"));
  expect(tcp.length).toBeGreaterThan(0);
  for (const line of tcp) expect(line).toMatch(/ scram-sha-256$/);
});
