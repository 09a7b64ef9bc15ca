-- What a person agreed to and took back, one row for each time they said so. Rows are never changed.
create table identity_consent (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    fact_offset {bigint} not null,
    purpose {text} not null,
    is_given {bool} not null,
    said_at {bigint} not null,
    source {text} not null,
    notice {text},
    channel {text},
    primary key (workspace_id, handle, fact_offset)
);
