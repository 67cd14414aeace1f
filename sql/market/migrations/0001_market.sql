-- The market: users trade shares of issuers for USDP, each issuer against a pool of its own. An order waits in queue until
-- one transaction has carried it out or refused it with a reason; nobody sees it half done.
--
-- Money and shares
--   USDP has 6 decimals, a share 8. An order moves exactly its amount of USDP. The shares for it follow from the pool, whose
--   product usdp * shares a trade never makes smaller: a buyer gets them rounded down, a seller gives them rounded up, both
--   to the 8th decimal. Trades only move: the USDP of all balances and pools, and the shares of a ticker in all holdings
--   and its pool, have the same sum before and after. A price, rounded to 10 decimals, is for reading; nothing is computed
--   from one. numeric takes 'NaN', which is greater than every number: hence the upper bounds below.
--
-- Locks, so that orders that race neither go wrong nor deadlock
--   1. The market's lock, an advisory one: shared for who processes one order, exclusive for who needs the market to
--      stand still, as do those who process many in one transaction, or write candles.
--   2. The row of the order, skipping those that are locked.
--   3. Rows of issuers, balances, holdings, in this order; of one order one of each. Whoever changes several rows in a
--      transaction of their own keeps to the order of tables, and to that of keys within one.

create table public.issuers (
  ticker text primary key check (ticker ~ '^[A-Z][A-Z0-9.]{0,9}$'),
  name text not null,
  pool_usdp numeric(38, 6) not null check (pool_usdp > 0 and pool_usdp < 'NaN'),
  pool_shares numeric(38, 8) not null check (pool_shares > 0 and pool_shares < 'NaN'),
  price numeric not null generated always as (round(pool_usdp / pool_shares, 10)) stored,
  created_at timestamptz not null default now()
);

create table public.balances (
  user_id uuid primary key,
  usdp numeric(38, 6) not null default 0 check (usdp >= 0 and usdp < 'NaN')
);

create table public.holdings (
  user_id uuid not null,
  ticker text not null references public.issuers (ticker),
  shares numeric(38, 8) not null default 0 check (shares >= 0 and shares < 'NaN'),
  primary key (user_id, ticker)
);
create index holdings_ticker on public.holdings (ticker) where shares > 0;

-- Any ticker may stand here: an order for one that does not exist fails with that reason.
create table public.queue (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  ticker text not null,
  order_type text not null check (order_type in ('buy', 'sell')),
  amount_usdp numeric(20, 6) not null check (amount_usdp > 0 and amount_usdp < 'NaN'),
  status text not null default 'pending' check (status in ('pending', 'completed', 'failed')),
  date timestamptz not null default now(),
  processed_at timestamptz,
  error_message text,
  constraint queue_processed_once_it_ends check ((status = 'pending') = (processed_at is null)),
  constraint queue_failed_for_a_reason check ((status = 'failed') = (error_message is not null))
);

-- What waits, as it came: small however long the history grows.
create index queue_pending on public.queue (id) where status = 'pending';
create index queue_date on public.queue (date);
create index queue_user_date on public.queue (user_id, date desc);
-- Orders by the time of their end, for the exporter.
create index queue_processed on public.queue (processed_at) where processed_at is not null;

-- What happened, once for each completed order; it stays when the order is cleaned up. Nobody but the functions that process
-- orders may write here, and they only add. The times of one ticker's trades rise with their ids.
create table public.trades (
  id bigint generated always as identity primary key,
  order_id bigint not null unique,
  user_id uuid not null,
  ticker text not null references public.issuers (ticker),
  order_type text not null check (order_type in ('buy', 'sell')),
  amount_usdp numeric(20, 6) not null check (amount_usdp > 0),
  shares numeric(38, 8) not null check (shares > 0),
  price numeric not null,
  executed_at timestamptz not null
);
create index trades_ticker_time on public.trades (ticker, executed_at);
create index trades_user_time on public.trades (user_id, executed_at desc);

-- One candle for each ticker and whole hour from its first trade on, written once the hour is over and never changed. An hour
-- without trades has the last close for all four prices.
create table public.price_history (
  ticker text not null references public.issuers (ticker),
  hour timestamptz not null,
  open numeric not null,
  high numeric not null,
  low numeric not null,
  close numeric not null,
  volume_usdp numeric(38, 6) not null,
  trades int not null,
  primary key (ticker, hour)
);
comment on column public.price_history.hour is 'its beginning';

-- What a list of the market shows, computed every few minutes.
create table public.issuer_stats_cache (
  ticker text primary key references public.issuers (ticker) on delete cascade,
  name text not null,
  price numeric not null,
  change_24h_percent numeric,
  volume_24h_usdp numeric(38, 6) not null,
  trades_24h int not null,
  holders int not null,
  refreshed_at timestamptz not null
);
comment on column public.issuer_stats_cache.change_24h_percent is 'null without a trade before that';

alter table public.issuers enable row level security;
alter table public.balances enable row level security;
alter table public.holdings enable row level security;
alter table public.queue enable row level security;
alter table public.trades enable row level security;
alter table public.price_history enable row level security;
alter table public.issuer_stats_cache enable row level security;

revoke all on
  public.issuers, public.balances, public.holdings, public.queue, public.trades, public.price_history,
  public.issuer_stats_cache
from anon, authenticated, service_role;

-- The market is for everyone to see.
grant select on public.issuers, public.price_history, public.issuer_stats_cache to anon, authenticated, service_role;
create policy issuers_select on public.issuers for select to anon, authenticated using (true);
create policy price_history_select on public.price_history for select to anon, authenticated using (true);
create policy issuer_stats_cache_select on public.issuer_stats_cache for select to anon, authenticated using (true);

-- What users have and do is their own. The select around auth.uid() has it evaluated once per statement.
grant select on public.balances, public.holdings, public.queue, public.trades to authenticated;
create policy balances_select_own on public.balances for select to authenticated
  using (user_id = (select auth.uid()));
create policy holdings_select_own on public.holdings for select to authenticated
  using (user_id = (select auth.uid()));
create policy trades_select_own on public.trades for select to authenticated
  using (user_id = (select auth.uid()));
create policy queue_select_own on public.queue for select to authenticated
  using (user_id = (select auth.uid()));

-- Column by column: when an order was placed, and its number, are not for users to say.
grant insert (user_id, ticker, order_type, amount_usdp, status) on public.queue to authenticated;
create policy queue_insert_own on public.queue for insert to authenticated
  with check (user_id = (select auth.uid()) and status = 'pending');

-- The application's server lists issuers, pays in and out, and places orders for users.
grant insert, update on public.issuers to service_role;
grant select, insert, update on public.balances, public.holdings to service_role;
grant select, insert, update, delete on public.queue to service_role;
grant select on public.trades to service_role;
