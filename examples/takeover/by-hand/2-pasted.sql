-- Enable pg_net extension
CREATE EXTENSION IF NOT EXISTS pg_net;

-- Create trigger function (REPLACE abcdefghijklmnopqrst!)
CREATE OR REPLACE FUNCTION trigger_job_worker()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
DECLARE
  worker_url TEXT;
  request_headers JSONB;
  request_body JSONB;
BEGIN
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

  RAISE LOG 'Job worker triggered for job %: %', NEW.id, NEW.job_type;
  RETURN NEW;
EXCEPTION
  WHEN OTHERS THEN
    RAISE LOG 'Failed to trigger job worker for job %: %', NEW.id, SQLERRM;
    RETURN NEW;
END;
$$;

-- Create manual trigger function (REPLACE abcdefghijklmnopqrst!)
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

-- Create the trigger
DROP TRIGGER IF EXISTS on_job_insert ON jobs;

CREATE TRIGGER on_job_insert
AFTER INSERT ON jobs
FOR EACH ROW
WHEN (NEW.status = 'pending')
EXECUTE FUNCTION trigger_job_worker();
