-- What a door refused, the newest of each brand. Numbers rise without end; old rows go.
create table capture_refusal (
    workspace_id {bigint} not null,
    number {bigint} not null,
    refused_at {bigint} not null,
    door {text} not null,
    source {text} not null,
    reason {text} not null,
    message {text} not null,
    event {text},
    message_id {text},
    item_bytes {bigint} not null,
    excerpt {text} not null,
    primary key (workspace_id, number)
);

create index capture_refusal_by_time on capture_refusal (workspace_id, refused_at);

-- How many items each source handed in, minute by minute.
create table capture_minute (
    workspace_id {bigint} not null,
    minute {bigint} not null,
    source {text} not null,
    accepted {bigint} not null,
    rejected {bigint} not null,
    primary key (workspace_id, minute, source)
);
