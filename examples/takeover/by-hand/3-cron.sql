SELECT cron.schedule(
  'job-worker-poll',
  '*/30 * * * *',
  $$
  SELECT net.http_post(
    url := 'https://abcdefghijklmnopqrst.supabase.co/functions/v1/job-worker',
    headers := '{"Content-Type": "application/json"}'::jsonb,
    body := '{}'::jsonb
  );
  $$
);
