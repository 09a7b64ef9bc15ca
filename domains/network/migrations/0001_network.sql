-- A period with goals. What is spread is spread in one.
create table network_campaign (
    workspace_id {bigint} not null,
    id {text} not null,
    name {text} not null,
    starts_at {bigint},
    ends_at {bigint},
    created_at {bigint} not null,
    primary key (workspace_id, id)
);
