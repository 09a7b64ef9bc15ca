create table role (
    workspace_id {bigint} not null,
    id {text} not null,
    name {text} not null,
    permissions {text} not null,
    sight {text} not null,
    created_at {bigint} not null,
    primary key (workspace_id, id)
)
