-- How often a job was tried again, and how often it may be, can stand in its own row.
alter table jobstack.queue
  add column retries_column text,
  add column max_retries_column text;
