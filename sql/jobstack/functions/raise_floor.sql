-- Raises the floor from which claims look for jobs of one priority, as far as it is certain that nothing is below, now
-- or ever: up to p_before, the first that the caller has just taken of it, unless a row is left that another claim may
-- give back, or a transaction is under way that may still add one.
-- Whoever adds a ready job holds a shared advisory lock from before its row gets a number to the end of the transaction,
-- so that pg_locks shows who may. A rollback that gives back what the caller's own transaction took lowers the floor
-- again, too. Does nothing but in read committed, which alone sees rows that are newer than its look at the locks.
-- Called by claim(), now and then. Waits for no lock.
create or replace function jobstack.raise_floor(p_queue_id smallint, p_priority int, p_before bigint)
returns void
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $function$
declare
  -- Floors that a queue keeps: those of the priorities that were claimed last.
  v_most constant int := 16;
  v_floor jobstack.claim_floor;
  v_place int;
  v_last bigint;
  v_producers text[];
  v_left bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    return;
  end if;
  select * into v_floor from jobstack.claim_floor f where f.queue_id = p_queue_id for update skip locked;
  if not found then
    return;
  end if;
  -- Each a statement of its own, in this order: who got a number by then is seen, by its lock or by its row.
  select s.last_value into v_last from jobstack.ready_seq_seq s;
  v_producers := array(
    select distinct l.virtualtransaction
    from pg_catalog.pg_locks l
    where l.locktype = 'advisory' and l.objsubid = 2 and l.objid = p_queue_id
      and l.classid in (jobstack.lock_space(), jobstack.lock_space() + 2)
      and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
      and l.pid is distinct from pg_backend_pid()
  );
  if v_producers = '{}' then
    v_floor.settled := v_last;
  elsif not v_floor.producers && v_producers then
    v_floor.settled := v_floor.seen;
    v_floor.seen := v_last;
    v_floor.producers := v_producers;
  end if;

  v_place := coalesce(array_position(v_floor.priorities, p_priority), cardinality(v_floor.priorities) + 1);
  v_left := (
    select r.seq from jobstack.ready r
    where r.queue_id = p_queue_id and r.priority = p_priority
      and r.seq >= coalesce(v_floor.seqs[v_place], 0) and r.seq < p_before
    order by r.seq
    limit 1
  );
  v_floor.seqs[v_place] := greatest(v_floor.seqs[v_place], least(v_left, p_before, v_floor.settled + 1));
  v_floor.priorities[v_place] := p_priority;
  if v_place > v_most then
    v_place := array_position(v_floor.seqs, (select min(s.seq) from unnest(v_floor.seqs) s(seq)));
    v_floor.priorities := v_floor.priorities[:v_place - 1] || v_floor.priorities[v_place + 1:];
    v_floor.seqs := v_floor.seqs[:v_place - 1] || v_floor.seqs[v_place + 1:];
  end if;
  update jobstack.claim_floor f
  set (priorities, seqs, settled, seen, producers)
    = row (v_floor.priorities, v_floor.seqs, v_floor.settled, v_floor.seen, v_floor.producers)
  where f.queue_id = p_queue_id;
end;
$function$;
