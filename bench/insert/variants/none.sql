-- No trigger.
create table public.job_none (like public.job including all);
