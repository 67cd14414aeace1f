
  SELECT net.http_post(
    url := 'https://abcdefghijklmnopqrst.supabase.co/functions/v1/job-worker',
    headers := '{"Content-Type": "application/json"}'::jsonb,
    body := '{}'::jsonb
  );
  