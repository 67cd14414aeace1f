-- Row trigger before insert or update of story.jobs, fired for rows whose parameters hold a geminiApiKey: takes it out
-- of the row and stores it encrypted in story.job_api_key. Without an encryption key it is only taken out: the insert
-- succeeds and the job fails later with that reason, which is better than a key in clear.
-- OpenPGP with an integrity check, so that a wrong key or a damaged value is noticed. s2k-mode 1 hashes the key once,
-- with a salt: stretching would protect a weak password, costs 10,000 rows some seconds and adds nothing to a key that
-- is random already.
create or replace function story.protect_api_key()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_api_key constant text := new.parameters ->> 'geminiApiKey';
  v_encryption_key text;
begin
  new.parameters := new.parameters - 'geminiApiKey';
  -- Asked first, since catching the error of a missing Vault would cost each row a subtransaction.
  if to_regclass('vault.decrypted_secrets') is null then
    return new;
  end if;
  select s.decrypted_secret into v_encryption_key
  from vault.decrypted_secrets s
  where s.name = 'STORY_API_KEY_ENCRYPTION_KEY';
  if v_api_key <> '' and v_encryption_key <> '' then
    insert into story.job_api_key (job_id, ciphertext)
    values (
      new.id,
      extensions.pgp_sym_encrypt(v_api_key, v_encryption_key, 's2k-mode=1, cipher-algo=aes256, compress-algo=0')
    )
    on conflict (job_id) do update set ciphertext = excluded.ciphertext;
  end if;
  return new;
end;
$$;
