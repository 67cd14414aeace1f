-- The API key of a job, in clear, for the worker that holds the lease with this token. Raises P0002 with a reason that
-- may stand in the job's row when there is no usable key (trying again cannot help), 55000 when the lease is not held.
-- Called by the worker only; must be executable by no user's role.
create or replace function story.job_api_key_for(p_job_id uuid, p_token bigint)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_secret constant text := 'STORY_API_KEY_ENCRYPTION_KEY';
  v_encryption_key text;
  v_ciphertext bytea;
begin
  if not exists (
    select from jobstack.lease l where l.token = p_token and p_job_id::text = any (l.job_ids)
  ) then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format(
        'story job "%s": its lease is not held with token %s; claim it with jobstack.step()', p_job_id, p_token
      );
  end if;

  if to_regclass('vault.decrypted_secrets') is not null then
    select s.decrypted_secret into v_encryption_key
    from vault.decrypted_secrets s
    where s.name = v_secret;
  end if;
  if coalesce(v_encryption_key, '') = '' then
    raise exception using
      errcode = 'no_data_found',
      message = format(
        'the Vault secret "%s" is missing, so no API key could be kept; set it, then create the job again', v_secret
      );
  end if;

  select k.ciphertext into v_ciphertext from story.job_api_key k where k.job_id = p_job_id;
  if v_ciphertext is null then
    raise exception using
      errcode = 'no_data_found',
      message = 'the job has no API key; create it again with "geminiApiKey" in its parameters';
  end if;
  return extensions.pgp_sym_decrypt(v_ciphertext, v_encryption_key);
exception
  when external_routine_invocation_exception then
    raise exception using
      errcode = 'no_data_found',
      message = format(
        'the API key was stored with another "%s" and cannot be read; create the job again', v_secret
      );
end;
$$;
