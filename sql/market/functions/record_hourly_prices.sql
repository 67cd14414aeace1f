-- Writes the candles that are missing, of every ticker and each hour that is over, from its last candle or its first trade
-- on; returns how many. They are derived from the trades, so a run that is late, missed or repeated changes nothing about
-- them. Called by the cron job hourly-price-snapshot. Takes the market's lock, exclusively: trades of the last hour have
-- committed then, and every later one falls into a later hour.
create or replace function public.record_hourly_prices()
returns int
language plpgsql
security definer
set search_path = ''
set lock_timeout = '30s'
as $function$
declare
  v_hour constant interval := interval '1 hour';
  v_this_hour timestamptz;
  v_written int;
begin
  perform pg_advisory_xact_lock(hashtextextended('market', 0));
  v_this_hour := date_trunc('hour', jobstack.now(), 'utc');
  with missing as (
    select i.ticker, last.close, hours.hour
    from public.issuers i
    left join lateral (
      select h.hour, h.close from public.price_history h where h.ticker = i.ticker order by h.hour desc limit 1
    ) last on true
    left join lateral (
      select t.executed_at from public.trades t where t.ticker = i.ticker order by t.executed_at limit 1
    ) first on true
    cross join lateral generate_series(
      coalesce(last.hour + v_hour, date_trunc('hour', first.executed_at, 'utc')), v_this_hour - v_hour, v_hour
    ) hours(hour)
  ), traded as (
    select
      m.ticker, m.hour, m.close as last_close,
      (array_agg(t.price order by t.id))[1] as open, max(t.price) as high, min(t.price) as low,
      (array_agg(t.price order by t.id desc))[1] as close,
      coalesce(sum(t.amount_usdp), 0) as volume_usdp, count(t.id) as trades
    from missing m
    left join public.trades t
      on t.ticker = m.ticker and t.executed_at >= m.hour and t.executed_at < m.hour + v_hour
    group by m.ticker, m.hour, m.close
  ), numbered as (
    -- Hours without trades are in one group with the last that had some.
    select t.*, count(t.close) over (partition by t.ticker order by t.hour) as run
    from traded t
  ), filled as (
    select n.*, coalesce(first_value(n.close) over (partition by n.ticker, n.run order by n.hour), n.last_close) as carried
    from numbered n
  )
  insert into public.price_history (ticker, hour, open, high, low, close, volume_usdp, trades)
  select
    f.ticker, f.hour, coalesce(f.open, f.carried), coalesce(f.high, f.carried), coalesce(f.low, f.carried), f.carried,
    f.volume_usdp, f.trades
  from filled f
  order by f.ticker, f.hour;
  get diagnostics v_written = row_count;
  return v_written;
end;
$function$;
