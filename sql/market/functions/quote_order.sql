-- What an order comes to, given the pool and what its user has: the number of shares that change hands, or the reason why
-- it cannot be carried out. A pool that is null stands for an unknown ticker. Looks at nothing else and changes nothing.
-- Called by settle_orders().
create or replace function public.quote_order(
  p_order_type text, p_ticker text, p_amount numeric, p_pool_usdp numeric, p_pool_shares numeric, p_usdp numeric,
  p_held numeric, out shares numeric, out reason text
)
language plpgsql
immutable
set search_path = ''
as $function$
declare
  v_buys constant boolean := p_order_type = 'buy';
  v_pool_after constant numeric := p_pool_usdp + case when v_buys then p_amount else - p_amount end;
  -- Shares in units of the 8th decimal: div() cuts exactly, where a quotient would have been rounded already.
  v_exact constant numeric := p_pool_shares * p_amount * 100000000;
  v_units numeric;
  v_quote numeric;
begin
  if p_pool_usdp is null then
    reason := format('unknown ticker "%s"', p_ticker);
    return;
  elsif v_pool_after <= 0 then
    reason := format('the pool of %s holds %s USDP, too few to pay %s', p_ticker, p_pool_usdp, p_amount);
    return;
  end if;
  v_units := div(v_exact, v_pool_after);
  if not v_buys and v_units * v_pool_after < v_exact then
    v_units := v_units + 1;
  end if;
  v_quote := v_units * 0.00000001;
  if v_quote = 0 then
    reason := format('%s USDP are too few for the smallest part of a share of %s', p_amount, p_ticker);
  elsif v_buys and p_usdp < p_amount then
    reason := format('insufficient funds: %s USDP needed, %s there', p_amount, p_usdp);
  elsif not v_buys and p_held < v_quote then
    reason := format('insufficient shares: %s %s needed, %s there', v_quote, p_ticker, p_held);
  else
    shares := v_quote;
  end if;
end;
$function$;
