-- A queue's configuration with every default filled in and every optional key present, null where not used.
-- The only place that knows the defaults. A null counts as not given. An observed queue has no setting that is about
-- claiming jobs, and those states alone that are given, if any are. Called by declare_queue(), queue_problems() and
-- describe_queue().
create or replace function jobstack.queue_config(p_config jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $function$
declare
  v_given constant jsonb := jsonb_strip_nulls(p_config);
  v_statuses constant jsonb := '{
    "pending": "pending", "processing": "processing", "completed": "completed", "failed": "failed"
  }';
  v_defaults constant jsonb := '{
    "kind": "managed", "table": null, "id_column": "id", "status_column": "status",
    "result_column": null, "error_column": null, "attempts_column": null, "started_at_column": null,
    "completed_at_column": null, "created_at_column": null, "priority_column": null, "retries_column": null,
    "max_retries_column": null, "run_at_column": null, "key_column": null, "progress_column": null,
    "wake_url": null, "wake_secret": null, "wake_timeout_ms": 5000,
    "max_attempts": 3, "lease_seconds": 60, "backoff_base_seconds": 5, "backoff_cap_seconds": 300,
    "stuck_after_seconds": 300, "retention_days": null, "max_running": null, "rate_limits": null
  }';
  v_observed constant boolean := coalesce(v_given ->> 'kind' = 'observed', false);
  v_unused constant jsonb := '{
    "id_column": null, "max_attempts": null, "lease_seconds": null, "backoff_base_seconds": null,
    "backoff_cap_seconds": null
  }';
begin
  return v_defaults || case when v_observed then v_unused else '{}' end || v_given || jsonb_build_object(
    'statuses',
    case
      when v_observed then coalesce(v_given -> 'statuses', v_statuses)
      when jsonb_typeof(v_given -> 'statuses') = 'object' then v_statuses || (v_given -> 'statuses')
      else coalesce(v_given -> 'statuses', v_statuses)
    end
  );
end;
$function$;
