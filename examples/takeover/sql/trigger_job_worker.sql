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
