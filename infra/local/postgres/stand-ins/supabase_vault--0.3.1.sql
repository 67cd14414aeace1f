-- Stand-in for supabase_vault 0.3.1: table vault.secrets, view vault.decrypted_secrets and the two functions to write.
-- Secrets are encrypted with keys derived from the file vault.key in the data directory, which no dump contains.
-- Who may use it is granted by extensions.grant_vault_access(); without that only superusers can.
-- Encryption: AES-256-CBC with an initialisation vector made from the message, then HMAC-SHA256 over everything.
\echo Use "create extension supabase_vault" to load this file. \quit

do $$
begin
  if pg_catalog.to_regprocedure('extensions.hmac(bytea, bytea, text)') is null then
    raise exception 'supabase_vault: pgcrypto is not in schema extensions'
      using hint = 'run: create extension pgcrypto with schema extensions';
  end if;
end
$$;

-- A key for one purpose, derived from the root key. Superuser's rights read the file; nobody else may call this.
create function vault._derive_key(p_purpose text)
returns bytea
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return extensions.hmac(
    pg_catalog.convert_to(p_purpose, 'UTF8'),
    pg_catalog.decode(pg_catalog.convert_from(pg_catalog.pg_read_binary_file('vault.key'), 'UTF8'), 'hex'),
    'sha256'
  );
end
$$;

create function vault._crypto_aead_det_noncegen()
returns bytea
language sql
volatile
set search_path = ''
as $$
  select extensions.gen_random_bytes(16)
$$;

-- Returns iv (16 bytes) || ciphertext || tag (32 bytes). The iv depends on nonce, id and message, so that a nonce that
-- stays the same over an update repeats no key stream. `additional` is authenticated, not stored.
create function vault._crypto_aead_det_encrypt(
  message bytea,
  additional bytea,
  key_id bigint,
  context bytea = 'pgsodium',
  nonce bytea = null
)
returns bytea
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_label bytea;
  v_iv bytea;
  v_sealed bytea;
begin
  v_label := extensions.digest(
    pg_catalog.convert_to(
      pg_catalog.jsonb_build_array(
        key_id, pg_catalog.encode(context, 'hex'), pg_catalog.encode(nonce, 'hex'),
        pg_catalog.encode(additional, 'hex')
      )::text,
      'UTF8'
    ),
    'sha256'
  );
  v_iv := pg_catalog.substring(extensions.hmac(v_label || message, vault._derive_key('iv'), 'sha256'), 1, 16);
  v_sealed := v_iv || extensions.encrypt_iv(message, vault._derive_key('encrypt'), v_iv, 'aes-cbc/pad:pkcs');
  return v_sealed || extensions.hmac(v_label || v_sealed, vault._derive_key('tag'), 'sha256');
end
$$;

create function vault._crypto_aead_det_decrypt(
  message bytea,
  additional bytea,
  key_id bigint,
  context bytea = 'pgsodium',
  nonce bytea = null
)
returns bytea
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_label bytea;
  v_sealed bytea;
begin
  v_label := extensions.digest(
    pg_catalog.convert_to(
      pg_catalog.jsonb_build_array(
        key_id, pg_catalog.encode(context, 'hex'), pg_catalog.encode(nonce, 'hex'),
        pg_catalog.encode(additional, 'hex')
      )::text,
      'UTF8'
    ),
    'sha256'
  );
  v_sealed := pg_catalog.substring(message, 1, greatest(pg_catalog.length(message) - 32, 0));
  -- The tag is compared first: nothing is decrypted that was not sealed with this key for this row.
  if pg_catalog.length(v_sealed) < 32
    or extensions.hmac(v_label || v_sealed, vault._derive_key('tag'), 'sha256')
      <> pg_catalog.substring(message, pg_catalog.length(message) - 31)
  then
    raise exception using errcode = 'data_exception', message = 'vault: invalid ciphertext';
  end if;
  return extensions.decrypt_iv(
    pg_catalog.substring(v_sealed, 17), vault._derive_key('encrypt'), pg_catalog.substring(v_sealed, 1, 16),
    'aes-cbc/pad:pkcs'
  );
end
$$;

create table vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea default vault._crypto_aead_det_noncegen(),
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);
comment on table vault.secrets is
  'Table with encrypted `secret` column for storing sensitive information on disk.';
create unique index on vault.secrets (name) where name is not null;

create view vault.decrypted_secrets as
select
  s.id,
  s.name,
  s.description,
  s.secret,
  pg_catalog.convert_from(
    vault._crypto_aead_det_decrypt(
      message := pg_catalog.decode(s.secret, 'base64'),
      additional := pg_catalog.convert_to(s.id::text, 'UTF8'),
      key_id := 0,
      nonce := s.nonce
    ),
    'UTF8'
  ) as decrypted_secret,
  s.key_id,
  s.nonce,
  s.created_at,
  s.updated_at
from vault.secrets s;

-- Stores a secret and returns its id. new_key_id is there for callers of old versions and ignored.
create function vault.create_secret(
  new_secret text,
  new_name text = null,
  new_description text = '',
  new_key_id uuid = null
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id uuid := pg_catalog.gen_random_uuid();
  v_nonce bytea := vault._crypto_aead_det_noncegen();
begin
  insert into vault.secrets (id, name, description, nonce, secret)
  values (
    v_id,
    new_name,
    new_description,
    v_nonce,
    pg_catalog.encode(
      vault._crypto_aead_det_encrypt(
        message := pg_catalog.convert_to(new_secret, 'UTF8'),
        additional := pg_catalog.convert_to(v_id::text, 'UTF8'),
        key_id := 0,
        nonce := v_nonce
      ),
      'base64'
    )
  );
  return v_id;
end
$$;

-- Changes what is not null; an unknown id changes nothing.
create function vault.update_secret(
  secret_id uuid,
  new_secret text = null,
  new_name text = null,
  new_description text = null,
  new_key_id uuid = null
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update vault.secrets s
  set
    secret = case
      when new_secret is null then s.secret
      else pg_catalog.encode(
        vault._crypto_aead_det_encrypt(
          message := pg_catalog.convert_to(new_secret, 'UTF8'),
          additional := pg_catalog.convert_to(s.id::text, 'UTF8'),
          key_id := 0,
          nonce := s.nonce
        ),
        'base64'
      )
    end,
    name = coalesce(new_name, s.name),
    description = coalesce(new_description, s.description),
    updated_at = pg_catalog.now()
  where s.id = secret_id;
end
$$;

revoke all on all functions in schema vault from public;

select pg_catalog.pg_extension_config_dump('vault.secrets', '');
