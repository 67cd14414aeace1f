-- Takes away the exporter's schema with its counters. What others put into it makes this fail, and nothing is changed.
drop table if exists jobstack.job_table, jobstack.exporter_migration, jobstack.exporter_state;
drop schema if exists jobstack;
