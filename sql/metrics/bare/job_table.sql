-- The job tables that the exporter watches, as its configuration describes them. Written by the script of
-- `jobstack exporter grants` alone: the exporter reads no table that an administrator has not put here.
create table if not exists jobstack.job_table (
  name text primary key,
  description jsonb not null
);
