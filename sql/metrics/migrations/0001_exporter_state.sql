-- What the exporter's collectors have counted so far, one row each, so that counters survive its restart.
-- Written through metrics_save_state() and read through metrics_load_state() alone; nobody else needs it.
-- A row is a position and the totals up to it: deleting it starts the collector's counters at 0 again.

create schema if not exists jobstack;

create table jobstack.exporter_state (
  collector text primary key check (collector ~ '^[a-z][a-z0-9_]{0,62}$'),
  version bigint not null,
  state jsonb not null
) with (fillfactor = 50);
comment on column jobstack.exporter_state.version is 'rises with each save, so that two exporters notice each other';

revoke all on jobstack.exporter_state from public;
