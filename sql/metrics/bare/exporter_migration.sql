-- Which files of sql/metrics/migrations the script of `jobstack exporter grants` has applied.
create table if not exists jobstack.exporter_migration (
  file text primary key
);
