-- Deletes up to $1 responses older than pg_net.ttl, oldest first; the row count says how many. Called by the worker of
-- the pg_net stand-in after a wake, until nothing is left. Locks the rows that it deletes.
with expired as (
  select r.ctid
  from net._http_response r
  where r.created < now() - coalesce(current_setting('pg_net.ttl', true), '6 hours')::interval
  order by r.created
  limit $1
)
delete from net._http_response r
using expired e
where r.ctid = e.ctid
