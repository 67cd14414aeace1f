CREATE TRIGGER on_job_insert
AFTER INSERT ON jobs
FOR EACH ROW
WHEN (NEW.status = 'pending')
EXECUTE FUNCTION trigger_job_worker();
