/** What decides the server's configuration files. Pure data, so that they can be tested as text. */
export interface ServerSettings {
  host: string;
  port: number;
  socketDir: string;
  /** Where pg_cron keeps its jobs and pg_net serves requests. */
  databaseName: string;
  /** false gives up surviving a crash of the machine, for speed: tests only. */
  durable: boolean;
  /** Libraries to preload, in order. */
  preload: string[];
  /** Added last, so they win. */
  extra: Record<string, string>;
}

/** Text of postgresql.conf. Written anew at every start, so a hand edit does not survive. */
export function postgresqlConf(settings: ServerSettings): string {
  const values: Record<string, string> = {
    listen_addresses: settings.host,
    port: String(settings.port),
    unix_socket_directories: settings.socketDir,
    unix_socket_permissions: "0700",
    password_encryption: "scram-sha-256",
    max_connections: "100",
    shared_buffers: "128MB",
    dynamic_shared_memory_type: "posix",
    wal_level: "logical",
    max_wal_senders: "10",
    max_replication_slots: "5",
    max_wal_size: "1GB",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    datestyle: "iso, mdy",
    lc_messages: "C",
    default_text_search_config: "pg_catalog.english",
    log_destination: "stderr",
    logging_collector: "off",
    log_line_prefix: "%m [%p] %q%u@%d ",
    shared_preload_libraries: settings.preload.join(","),
    "cron.database_name": settings.databaseName,
    // Jobs connect through the private socket, which trusts: over TCP every role would need a stored password.
    "cron.host": settings.socketDir,
    "cron.log_statement": "off",
    "pg_net.database_name": settings.databaseName,
    "pg_net.ttl": "6 hours",
    "pg_net.batch_size": "200",
    ...(settings.durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    ...settings.extra,
  };
  return `${Object.entries(values)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
    .join("\n")}\n`;
}

/** Text of pg_hba.conf: the socket's folder is open to the server's user only, everyone else needs a password. */
export function pgHbaConf(): string {
  return `local all         all              trust
local replication all              trust
host  all         all 127.0.0.1/32 scram-sha-256
host  all         all ::1/128      scram-sha-256
host  replication all 127.0.0.1/32 scram-sha-256
host  replication all ::1/128      scram-sha-256
`;
}
