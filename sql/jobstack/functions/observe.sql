-- What is open in an observed queue's table: since when the oldest jobs have been pending and processing, and how many
-- were so before p_before. All null for a managed queue, and when the table cannot be read, which the server's log
-- explains. Looks at 10,000 jobs of each state at most, through the index that declare_queue() demands, which has equal
-- words in the order of the table: with a longer backlog these are as a rule the oldest.
-- Called by metrics_queue() and count_stuck().
create or replace function jobstack.observe(
  p_queue jobstack.queue, p_before timestamptz,
  out oldest_pending timestamptz, out oldest_processing timestamptz, out waiting bigint, out processing bigint
)
language plpgsql
stable
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
set client_min_messages = error
as $function$
begin
  if p_queue.kind <> 'observed' then
    return;
  end if;
  execute format(
    'with pending as (
       select t.%4$I::timestamptz as since from %1$I.%2$I t where t.%3$I = %5$L::%7$s limit 10000
     ), processing as (
       select %8$s::timestamptz as since from %1$I.%2$I t where t.%3$I = %6$L::%7$s limit 10000
     )
     select
       (select min(p.since) from pending p), (select min(p.since) from processing p),
       (select count(*) from pending p where p.since < $1), (select count(*) from processing p where p.since < $1)',
    p_queue.table_schema, p_queue.table_name, p_queue.status_column, p_queue.created_at_column, p_queue.pending,
    p_queue.processing, p_queue.status_type,
    format('coalesce(%st.%I)', 't.' || quote_ident(p_queue.started_at_column) || ', ', p_queue.created_at_column)
  ) into oldest_pending, oldest_processing, waiting, processing using p_before;
exception
  when others then
    raise warning 'queue "%": its table could not be read: %', p_queue.name, sqlerrm;
end;
$function$;
