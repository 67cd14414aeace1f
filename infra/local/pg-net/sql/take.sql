-- The oldest requests of the queue that are not on their way yet. Returns them in order of id; changes nothing, so that
-- a request whose worker dies stays in the queue. Called by the worker of the pg_net stand-in after a wake.
-- $1 ids and $2 versions of the requests on their way, $3 how many more may go. No lock.
-- version: an id can be used again after a crash, because the sequence of an unlogged table starts anew.
select
  q.id::text as id,
  q.xmin::text as version,
  upper(q.method) as method,
  q.url,
  q.body,
  q.timeout_milliseconds as "timeoutMs",
  coalesce(jsonb_typeof(q.headers) not in ('object', 'null'), false) as "badHeaders",
  case
    when jsonb_typeof(q.headers) = 'object' then (
      select coalesce(json_agg(json_build_array(h.key, h.value) order by h.position), '[]')
      from jsonb_each_text(q.headers) with ordinality h (key, value, position)
      where h.value is not null
    )
    else '[]'
  end as headers
from net.http_request_queue q
where not exists (
  select
  from unnest($1::bigint[], $2::text[]) b (id, version)
  where b.id = q.id and b.version = q.xmin::text
)
order by q.id
limit $3
