-- The same, kept in the order of its key alone: what is counted for every fact is found and written in one place.
create table identity_activity_clustered (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    event {text} not null,
    facts {bigint} not null,
    first_at {bigint} not null,
    last_at {bigint} not null,
    primary key (workspace_id, handle, event)
) {clustered};

insert into identity_activity_clustered (workspace_id, handle, event, facts, first_at, last_at)
select workspace_id, handle, event, facts, first_at, last_at from identity_activity;

drop table identity_activity;

alter table identity_activity_clustered rename to identity_activity;
