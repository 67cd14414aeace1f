-- From where on a claim looks for ready jobs. While an old transaction is open, rows that claims have deleted stay in
-- ready and in its index; without a floor every claim would walk over all of them to the first job that is left.
create table jobstack.claim_floor (
  queue_id smallint primary key references jobstack.queue (id) on delete cascade,
  priorities int[] not null default '{}',
  seqs bigint[] not null default '{}',
  settled bigint not null default 0,
  seen bigint not null default 0,
  producers text[] not null default '{}'
) with (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200,
  autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off
);
comment on column jobstack.claim_floor.seqs is 'of each priority: no ready job has a lower seq, nor ever will have';
comment on column jobstack.claim_floor.settled is 'no transaction under way can still add a ready job with a seq up to this';
comment on column jobstack.claim_floor.seen is 'the last seq when producers were looked up';
comment on column jobstack.claim_floor.producers is 'transactions that were adding ready jobs then';
insert into jobstack.claim_floor (queue_id) select q.id from jobstack.queue q;
