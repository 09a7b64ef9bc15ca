-- What each source handed in, hour by hour; hours are numbered since 1970.
create table capture_hour (
    workspace_id {bigint} not null,
    source {text} not null,
    hour {bigint} not null,
    accepted {bigint} not null,
    rejected {bigint} not null,
    named {bigint} not null,
    last_at {bigint},
    primary key (workspace_id, source, hour)
);

create index capture_hour_by_time on capture_hour (workspace_id, hour);

-- What facts of a source look like: an event (property and kind empty), or a property with a value of a kind.
create table capture_shape (
    workspace_id {bigint} not null,
    source {text} not null,
    event {text} not null,
    property {text} not null,
    kind {text} not null,
    first_at {bigint} not null,
    last_at {bigint} not null,
    times {bigint} not null,
    primary key (workspace_id, source, event, property, kind)
);
