-- Finished jobs by the time of their end: what the exporter observes, a few at a time, however many there are.
create index if not exists jobs_completed on story.jobs (completed_at) where completed_at is not null;
