-- Computes issuer_stats_cache anew, from what is committed now; returns how many issuers it shows. Readers see the old
-- figures until the new ones are there. The change is against the price of the last trade that is a day old, or older.
-- Called by the cron job refresh-issuer-stats-cache and by operators.
create or replace function public.refresh_issuer_stats_cache()
returns int
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_now constant timestamptz := jobstack.now();
  v_yesterday constant timestamptz := v_now - interval '24 hours';
  v_issuers int;
begin
  insert into public.issuer_stats_cache as c (
    ticker, name, price, change_24h_percent, volume_24h_usdp, trades_24h, holders, refreshed_at
  )
  select
    i.ticker, i.name, i.price, round(100 * (i.price - before.price) / nullif(before.price, 0), 2), day.volume_usdp,
    day.trades, held.holders, v_now
  from public.issuers i
  left join lateral (
    select t.price from public.trades t
    where t.ticker = i.ticker and t.executed_at <= v_yesterday
    order by t.executed_at desc, t.id desc
    limit 1
  ) before on true
  cross join lateral (
    select coalesce(sum(t.amount_usdp), 0) as volume_usdp, count(*) as trades
    from public.trades t
    where t.ticker = i.ticker and t.executed_at > v_yesterday
  ) day
  cross join lateral (
    select count(*) as holders from public.holdings h where h.ticker = i.ticker and h.shares > 0
  ) held
  -- In order, so that two that run at once wait for each other instead of deadlocking.
  order by i.ticker
  on conflict (ticker) do update set
    name = excluded.name, price = excluded.price, change_24h_percent = excluded.change_24h_percent,
    volume_24h_usdp = excluded.volume_24h_usdp, trades_24h = excluded.trades_24h, holders = excluded.holders,
    refreshed_at = excluded.refreshed_at;
  get diagnostics v_issuers = row_count;
  return v_issuers;
end;
$function$;
