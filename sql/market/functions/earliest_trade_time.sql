-- When the next trade of a ticker may have happened at the earliest: not before its last one, and in no hour that has its
-- candle, even if the clock was set back. Null before its first trade.
-- Called by settle_orders(), which has locked the ticker's row of issuers.
create or replace function public.earliest_trade_time(p_ticker text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $function$
begin
  return greatest(
    (select max(t.executed_at) from public.trades t where t.ticker = p_ticker),
    (select max(h.hour) + interval '1 hour' from public.price_history h where h.ticker = p_ticker)
  );
end;
$function$;
