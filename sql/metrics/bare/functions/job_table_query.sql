-- The statement that counts the open jobs of a described table: one row for each word, with its status, the number of
-- jobs, the time of the oldest, and how many have been processing since before $1. One look at an index for each word,
-- since a partial index fits single words only. Called by open_job_table() and metrics_job_table().
create or replace function jobstack.job_table_query(p_description jsonb, p_type text)
returns text
language plpgsql
stable
set search_path = ''
as $function$
declare
  v_columns constant jsonb := p_description -> 'columns';
  v_created constant text := format('t.%I::timestamptz', v_columns ->> 'created');
  v_started constant text := format(
    'coalesce(%s%s)', 't.' || quote_ident(v_columns ->> 'started') || '::timestamptz, ', v_created
  );
begin
  return (
    select string_agg(
      format(
        'select %1$L::text as status, count(*) as jobs, min(%2$s) as oldest, count(*) filter (where %2$s < $1) as stuck
           from %3$I.%4$I t where t.%5$I = %6$L::%7$s',
        s.key, case s.key when 'processing' then v_started else v_created end, p_description ->> 'schema',
        p_description ->> 'table', v_columns ->> 'status', w.word, p_type
      ),
      e'\nunion all\n' order by s.key, w.word
    )
    from jsonb_each(p_description -> 'statuses') s
    cross join jsonb_array_elements_text(s.value) w(word)
    where s.key in ('ready', 'scheduled', 'processing')
  );
end;
$function$;
