CREATE OR REPLACE FUNCTION trigger_all_pending_jobs()
RETURNS int
LANGUAGE plpgsql
SECURITY DEFINER
AS $$
DECLARE
  worker_url TEXT;
  request_headers JSONB;
  request_body JSONB;
  pending_count INT;
BEGIN
  SELECT COUNT(*) INTO pending_count FROM jobs WHERE status = 'pending';

  IF pending_count = 0 THEN
    RAISE NOTICE 'No pending jobs to process';
    RETURN 0;
  END IF;

  -- REPLACE abcdefghijklmnopqrst WITH YOUR ACTUAL PROJECT ID BELOW
  worker_url := 'https://abcdefghijklmnopqrst.supabase.co/functions/v1/job-worker';

  request_headers := jsonb_build_object('Content-Type', 'application/json');
  request_body := '{}'::jsonb;

  PERFORM net.http_post(
    url := worker_url,
    headers := request_headers,
    body := request_body,
    timeout_milliseconds := 30000
  );

  RAISE NOTICE 'Triggered job worker for % pending jobs', pending_count;
  RETURN pending_count;
END;
$$;
