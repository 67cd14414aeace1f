-- Stand-in for pg_net 0.20.4: the same objects, arguments, defaults and errors in schema net; requests are sent by the
-- process in infra/local/pg-net, which net.wake() tells by NOTIFY. What differs is in the README beside this file.
-- Everything is open to PUBLIC and runs with the caller's rights, as in the original.
\echo Use "create extension pg_net" to load this file. \quit

create schema if not exists net;

create domain net.http_method as text
  check (value ilike 'get' or value ilike 'post' or value ilike 'delete');

create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');

create type net.http_response as (
  status_code integer,
  headers jsonb,
  body text
);

create type net.http_response_result as (
  status net.request_status,
  message text,
  response net.http_response
);

-- Requests that wait. The worker deletes a row in the transaction that stores its response.
create unlogged table net.http_request_queue (
  id bigserial,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds int not null
);

-- One row per finished request, kept for pg_net.ttl.
create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create index on net._http_response (created);

-- Percent-encodes all bytes but letters, digits and -._~ with upper-case hex digits.
create function net._urlencode_string(string varchar)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    -- Nearly every name and value needs no escape; the long way takes a character at a time.
    when string ~ '^[A-Za-z0-9._~-]*$' then string
    else (
      select pg_catalog.string_agg(
        case
          when c.part ~ '^[A-Za-z0-9._~-]$' then c.part
          else pg_catalog.upper(
            pg_catalog.regexp_replace(
              pg_catalog.encode(pg_catalog.convert_to(c.part, 'UTF8'), 'hex'), '(..)', '%\1', 'g'
            )
          )
        end,
        '' order by c.position
      )
      from pg_catalog.regexp_split_to_table(string, '') with ordinality c (part, position)
    )
  end
$$;

-- Resolves "." and ".." segments of a URL's path (RFC 3986, 5.2.4).
create function net._stand_in_normal_path(p_path text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_kept text[] := '{}';
  v_segment text;
  v_last text;
begin
  if p_path !~ '/\.' then
    return p_path;
  end if;
  foreach v_segment in array pg_catalog.string_to_array(pg_catalog.substring(p_path, 2), '/') loop
    v_last := v_segment;
    if v_segment = '..' then
      v_kept := pg_catalog.trim_array(v_kept, least(1, pg_catalog.cardinality(v_kept)));
    elsif v_segment <> '.' then
      v_kept := v_kept || v_segment;
    end if;
  end loop;
  return '/' || pg_catalog.array_to_string(v_kept, '/')
    || case when v_last in ('.', '..') and v_kept <> '{}' then '/' else '' end;
end
$$;

-- Checks a URL as curl does and returns curl's normal form of it with the parameters added before the fragment.
-- Raises curl's own error texts.
create function net._encode_url_with_params_array(url text, params_array text[])
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  -- 1 scheme, 2 slashes, 3 user and host, 4 path, 5 query, 6 fragment
  v_part text[];
  v_scheme text;
  v_user text;
  v_host text;
  v_port text;
  v_query text;
  v_param text;
  v_error text;
begin
  if url is null or params_array is null then
    return null;
  end if;
  -- Nearly every URL is in normal form already, and calls are made inside of users' inserts.
  if params_array = '{}' and url ~ (
    '^https?://[A-Za-z0-9.-]+(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}))?/'
    '(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*)?$'
  ) then
    return url;
  end if;
  v_part := pg_catalog.regexp_match(
    url, '^([A-Za-z][A-Za-z0-9+.-]*):(/*)([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$'
  );
  v_scheme := pg_catalog.lower(v_part[1]);
  v_user := pg_catalog.substring(v_part[3], '^[^@]*@');
  v_host := pg_catalog.regexp_replace(v_part[3], '^[^@]*@', '');
  v_port := pg_catalog.substring(v_host, '^(?:\[[^]]*\]|[^:[][^:]*|):(.*)$');
  v_host := pg_catalog.substring(v_host, '^(?:\[[^]]*\]|[^:]*)');
  v_query := pg_catalog.substring(v_part[5], 2);
  -- Everything that curl can send to, although pg_net then refuses all but http and https.
  v_error := case
    when v_part is null then 'Bad scheme'
    when v_scheme not in (
      'http', 'https', 'ftp', 'ftps', 'file', 'dict', 'gopher', 'gophers', 'imap', 'imaps', 'ldap', 'ldaps', 'mqtt',
      'pop3', 'pop3s', 'rtmp', 'rtmpe', 'rtmps', 'rtmpt', 'rtmpte', 'rtmpts', 'rtsp', 'scp', 'sftp', 'smb', 'smbs',
      'smtp', 'smtps', 'telnet', 'tftp'
    ) then 'Unsupported URL scheme'
    when v_scheme = 'file' then null
    when pg_catalog.length(v_part[2]) not between 1 and 3 then 'Unsupported number of slashes'
    when v_part[3] = '' then 'No host part in the URL'
    when v_part[4] ~ '[\x01-\x20\x7f]' then 'Bad path'
    when v_part[5] ~ '[\x01-\x20\x7f]' then 'Bad query'
    when v_part[6] ~ '[\x01-\x20\x7f]' then 'Bad fragment'
    when v_user ~ '[\x01-\x20\x7f]' then 'Bad user'
    when v_port <> '' and (v_port !~ '^[0-9]{1,9}$' or v_port::bigint > 65535)
      then 'Port number was not a decimal number between 0 and 65535'
    when v_host = '' then 'No host part in the URL'
    when v_host ~ '^\[' then case when v_host !~ '^\[[0-9A-Fa-f:.%]+\]$' then 'Bad IPv6 address' end
    when v_host ~ E'[\\x01-\\x20\\x7f!@{}\\[\\]\\\\$''"^`*<>=;,+&()]' then 'Bad hostname'
  end;
  if v_error is not null then
    raise exception using
      errcode = 'internal_error', message = pg_catalog.format('invalid URL "%s": %s', url, v_error);
  end if;
  if v_scheme = 'file' then
    return url;
  end if;
  foreach v_param in array pg_catalog.array_remove(params_array, null) loop
    v_query := coalesce(v_query, '')
      || case when v_query ~ '[^&]$' then '&' else '' end
      || net._stand_in_lower_escapes(v_param);
  end loop;
  return v_scheme || '://' || coalesce(v_user, '') || coalesce(v_host, '')
    || case when v_port <> '' then ':' || v_port::bigint else '' end
    || coalesce(nullif(net._stand_in_normal_path(v_part[4]), ''), '/')
    || coalesce('?' || nullif(v_query, ''), '')
    || case when v_part[6] <> '#' then v_part[6] else '' end;
end
$$;

-- curl writes the escapes of appended parameters with lower-case hex digits.
create function net._stand_in_lower_escapes(p_text text)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when p_text !~ '%' then p_text
    else (
      select pg_catalog.string_agg(
        case when m.part ~ '^%' then pg_catalog.lower(m.part) else m.part end, '' order by m.position
      )
      from (
        select r.found[1] as part, r.position
        from pg_catalog.regexp_matches(p_text, '%[0-9A-Fa-f]{2}|[^%]+|%', 'g') with ordinality r (found, position)
      ) m
    )
  end
$$;

-- Tells the worker to look at the queue when this transaction commits.
create function net.wake()
returns void
language sql
set search_path = ''
as $$
  select pg_catalog.pg_notify('pg_net_wake', '')
$$;

create function net.check_worker_is_up()
returns void
language plpgsql
set search_path = ''
as $$
begin
  if not exists (
    select
    from pg_catalog.pg_stat_activity a
    where a.application_name ilike '%pg_net%worker%' and a.datname = pg_catalog.current_database()
  ) then
    raise exception using
      message = 'the pg_net background worker is not up',
      detail = 'the pg_net background worker is down due to an internal error and cannot process requests',
      hint = 'make sure that you didn''t modify any of pg_net internal tables';
  end if;
end
$$;
comment on function net.check_worker_is_up() is
  'raises an exception if the pg_net background worker is not up, otherwise it doesn''t return anything';

create function net.wait_until_running()
returns void
language plpgsql
set search_path = ''
as $$
begin
  loop
    perform pg_catalog.pg_stat_clear_snapshot();
    exit when exists (
      select
      from pg_catalog.pg_stat_activity a
      where a.application_name ilike '%pg_net%worker%' and a.datname = pg_catalog.current_database()
    );
    perform pg_catalog.pg_sleep(0.05);
  end loop;
end
$$;
comment on function net.wait_until_running() is 'waits until the worker is running';

-- Cuts the worker's connection; it comes back by itself. Superuser's rights, as in the original anyone may do it.
create function net.worker_restart()
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform pg_catalog.pg_terminate_backend(a.pid)
  from pg_catalog.pg_stat_activity a
  join pg_catalog.pg_roles r on r.oid = a.usesysid
  where a.application_name ilike '%pg_net%worker%'
    and a.datname = pg_catalog.current_database()
    and r.rolsuper;
  return true;
end
$$;

-- Queues a GET request, sent after commit. Returns the id that its response will have.
create function net.http_get(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds int default 5000
)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
  values (
    'GET',
    net._encode_url_with_params_array(http_get.url, net._stand_in_params(http_get.params)),
    http_get.headers,
    http_get.timeout_milliseconds
  )
  returning id into v_id;
  perform net.wake();
  return v_id;
end
$$;

-- Queues a POST request with a JSON body, sent after commit. Returns the id that its response will have.
create function net.http_post(
  url text,
  body jsonb default '{}'::jsonb,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{"Content-Type": "application/json"}'::jsonb,
  timeout_milliseconds int default 5000
)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_id bigint;
  v_content_type text := (
    select h.value
    from pg_catalog.jsonb_each_text(coalesce(http_post.headers, '{}')) h
    where pg_catalog.lower(h.key) = 'content-type'
    limit 1
  );
begin
  if v_content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'POST',
    net._encode_url_with_params_array(http_post.url, net._stand_in_params(http_post.params)),
    case
      when v_content_type is null then http_post.headers || '{"Content-Type": "application/json"}'
      else http_post.headers
    end,
    pg_catalog.convert_to(http_post.body::text, 'UTF8'),
    http_post.timeout_milliseconds
  )
  returning id into v_id;
  perform net.wake();
  return v_id;
end
$$;

-- Queues a DELETE request, sent after commit. Returns the id that its response will have.
create function net.http_delete(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds int default 5000,
  body jsonb default null
)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'DELETE',
    net._encode_url_with_params_array(http_delete.url, net._stand_in_params(http_delete.params)),
    http_delete.headers,
    pg_catalog.convert_to(http_delete.body::text, 'UTF8'),
    http_delete.timeout_milliseconds
  )
  returning id into v_id;
  perform net.wake();
  return v_id;
end
$$;

-- name=value pairs in the object's key order; a pair with a null value is left out.
create function net._stand_in_params(p_params jsonb)
returns text[]
language sql
immutable
set search_path = ''
as $$
  select coalesce(
    pg_catalog.array_agg(net._urlencode_string(p.key) || '=' || net._urlencode_string(p.value) order by p.position)
      filter (where p.value is not null),
    '{}'
  )
  from pg_catalog.jsonb_each_text(p_params) with ordinality p (key, value, position)
$$;

-- Blocks until the response is there. The response of a request of this same transaction never comes.
create function net._await_response(request_id bigint)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  while not exists (select from net._http_response r where r.id = request_id) loop
    perform pg_catalog.pg_sleep(0.05);
  end loop;
  return true;
end
$$;

create function net._http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
language plpgsql
set search_path = ''
as $$
declare
  v_response net._http_response;
begin
  if not async then
    perform net._await_response(request_id);
  end if;
  select * into v_response from net._http_response r where r.id = request_id;
  if v_response.error_msg is not null or v_response.id is null then
    return (
      'ERROR', coalesce(v_response.error_msg, 'request matching request_id not found'), null
    )::net.http_response_result;
  end if;
  return (
    'SUCCESS',
    'ok',
    (v_response.status_code, v_response.headers, v_response.content)::net.http_response
  )::net.http_response_result;
end
$$;

-- Fails as it does in the original, which selects into nothing.
create function net.http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
language plpgsql
set search_path = ''
as $$
begin
  raise notice 'The net.http_collect_response function is deprecated.';
  select net._http_collect_response(request_id, async);
end
$$;

grant usage on schema net to public;
grant all on all sequences in schema net to public;
grant all on all tables in schema net to public;
