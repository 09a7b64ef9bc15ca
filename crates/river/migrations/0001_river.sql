-- Where each consumer of a workspace's log stands: the next offset it has not yet seen.
create table river_offset (
    workspace_id {bigint} not null,
    consumer {text} not null,
    next_offset {bigint} not null,
    primary key (workspace_id, consumer)
);

-- One row for every fact that is no repeat. The log may hold a repeat; nothing after it does.
create table river_fact (
    workspace_id {bigint} not null,
    fact_offset {bigint} not null,
    dedup_key {blob} not null,
    handle {bigint} not null,
    event {text} not null,
    primary key (workspace_id, fact_offset)
);

create unique index river_fact_by_key on river_fact (workspace_id, dedup_key);

-- A person's timeline: all facts booked under a handle, in order.
create index river_fact_by_handle on river_fact (workspace_id, handle, fact_offset);
