-- Carries out orders that the caller has locked, in the order of their ids, and ends them, completed or failed with a
-- reason; returns them as they ended. Each row of issuers, balances and holdings is written once however many orders
-- touch it: a row with thousands of versions of one transaction makes every look at it slow. Until then what it will be
-- stands in an array, under the number that the row has among those of these orders.
-- Called by process_next_queue_order() and process_all_pending_orders(). Locks those rows, in this order.
create or replace function public.settle_orders(p_ids bigint[])
returns setof public.queue
language plpgsql
set search_path = ''
as $function$
declare
  v_empty constant numeric[] := array_fill(null::numeric, array[cardinality(p_ids)]);
  v_pool_usdp numeric[] := v_empty;
  v_pool_shares numeric[] := v_empty;
  v_usdp numeric[] := v_empty;
  v_held numeric[] := v_empty;
  v_order record;
  v_quote record;
  v_sign int;
  -- One entry for each order, as they are settled.
  v_ids bigint[] := '{}';
  v_shares numeric[] := '{}';
  v_reasons text[] := '{}';
  v_now timestamptz;
begin
  perform from public.issuers i
  where i.ticker in (select q.ticker from public.queue q where q.id = any (p_ids))
  order by i.ticker
  for no key update;
  perform from public.balances b
  where b.user_id in (select q.user_id from public.queue q where q.id = any (p_ids))
  order by b.user_id
  for no key update;
  perform from public.holdings h
  where (h.user_id, h.ticker) in (select q.user_id, q.ticker from public.queue q where q.id = any (p_ids))
  order by h.user_id, h.ticker
  for no key update;
  v_now := jobstack.now();

  for v_order in
    select
      q.id, q.ticker, q.order_type, q.amount_usdp, i.pool_usdp, i.pool_shares, coalesce(b.usdp, 0) as usdp,
      coalesce(h.shares, 0) as held,
      dense_rank() over (order by q.ticker) as issuer_no,
      dense_rank() over (order by q.user_id) as balance_no,
      dense_rank() over (order by q.user_id, q.ticker) as holding_no
    from public.queue q
    left join public.issuers i on i.ticker = q.ticker
    left join public.balances b on b.user_id = q.user_id
    left join public.holdings h on h.user_id = q.user_id and h.ticker = q.ticker
    where q.id = any (p_ids)
    order by q.id
  loop
    v_order.pool_usdp := coalesce(v_pool_usdp[v_order.issuer_no], v_order.pool_usdp);
    v_order.pool_shares := coalesce(v_pool_shares[v_order.issuer_no], v_order.pool_shares);
    v_order.usdp := coalesce(v_usdp[v_order.balance_no], v_order.usdp);
    v_order.held := coalesce(v_held[v_order.holding_no], v_order.held);
    v_quote := public.quote_order(
      v_order.order_type, v_order.ticker, v_order.amount_usdp, v_order.pool_usdp, v_order.pool_shares, v_order.usdp,
      v_order.held
    );
    if v_quote.reason is null then
      v_sign := case v_order.order_type when 'buy' then 1 else -1 end;
      v_pool_usdp[v_order.issuer_no] := v_order.pool_usdp + v_sign * v_order.amount_usdp;
      v_pool_shares[v_order.issuer_no] := v_order.pool_shares - v_sign * v_quote.shares;
      v_usdp[v_order.balance_no] := v_order.usdp - v_sign * v_order.amount_usdp;
      v_held[v_order.holding_no] := v_order.held + v_sign * v_quote.shares;
    end if;
    v_ids := v_ids || v_order.id;
    v_shares := v_shares || v_quote.shares;
    v_reasons := v_reasons || v_quote.reason;
  end loop;

  insert into public.trades (order_id, user_id, ticker, order_type, amount_usdp, shares, price, executed_at)
  select
    q.id, q.user_id, q.ticker, q.order_type, q.amount_usdp, s.shares, round(q.amount_usdp / s.shares, 10),
    greatest(v_now, public.earliest_trade_time(q.ticker))
  from unnest(v_ids, v_shares) s(id, shares)
  join public.queue q on q.id = s.id
  where s.shares is not null
  order by q.id;
  perform public.book_trades(v_ids);
  return query
    update public.queue q
    set
      status = case when s.reason is null then 'completed' else 'failed' end,
      error_message = s.reason,
      processed_at = v_now
    from unnest(v_ids, v_reasons) s(id, reason)
    where q.id = s.id
    returning q.*;
end;
$function$;
