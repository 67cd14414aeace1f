-- Moves the money and the shares of new trades, those of the given orders, between pools, balances and holdings: the sums
-- of what each row gets and gives. Called by settle_orders(), which has locked the rows and seen that none goes below zero.
create or replace function public.book_trades(p_order_ids bigint[])
returns void
language plpgsql
set search_path = ''
as $function$
begin
  update public.issuers i
  set pool_usdp = i.pool_usdp + t.usdp, pool_shares = i.pool_shares - t.shares
  from (
    select
      t.ticker,
      sum(case t.order_type when 'buy' then t.amount_usdp else - t.amount_usdp end) as usdp,
      sum(case t.order_type when 'buy' then t.shares else - t.shares end) as shares
    from public.trades t
    where t.order_id = any (p_order_ids)
    group by t.ticker
  ) t
  where i.ticker = t.ticker;

  insert into public.balances (user_id)
  select distinct t.user_id from public.trades t where t.order_id = any (p_order_ids)
  on conflict do nothing;
  update public.balances b
  set usdp = b.usdp - t.usdp
  from (
    select t.user_id, sum(case t.order_type when 'buy' then t.amount_usdp else - t.amount_usdp end) as usdp
    from public.trades t
    where t.order_id = any (p_order_ids)
    group by t.user_id
  ) t
  where b.user_id = t.user_id;

  insert into public.holdings (user_id, ticker)
  select distinct t.user_id, t.ticker from public.trades t where t.order_id = any (p_order_ids)
  on conflict do nothing;
  update public.holdings h
  set shares = h.shares + t.shares
  from (
    select t.user_id, t.ticker, sum(case t.order_type when 'buy' then t.shares else - t.shares end) as shares
    from public.trades t
    where t.order_id = any (p_order_ids)
    group by t.user_id, t.ticker
  ) t
  where h.user_id = t.user_id and h.ticker = t.ticker;
end;
$function$;
