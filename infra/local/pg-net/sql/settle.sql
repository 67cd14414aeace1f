-- Takes finished requests off the queue and stores their responses. Called by the worker of the pg_net stand-in.
-- Stores nothing for a request that is no longer queued: someone deleted it, or a crash emptied the table.
-- One array per column, $1 ids and $2 versions as sql/take.sql returned them. Locks the rows that it deletes.
with finished as (
  select *
  from unnest(
    $1::bigint[], $2::text[], $3::int[], $4::text[], $5::jsonb[], $6::text[], $7::boolean[], $8::text[]
  ) f (id, version, status_code, content_type, headers, content, timed_out, error_msg)
),
gone as (
  delete from net.http_request_queue q
  using finished f
  where q.id = f.id and q.xmin::text = f.version
  returning q.id
)
insert into net._http_response (id, status_code, content_type, headers, content, timed_out, error_msg)
select f.id, f.status_code, f.content_type, f.headers, f.content, f.timed_out, f.error_msg
from finished f
where f.id in (select g.id from gone g)
