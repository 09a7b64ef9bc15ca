create table workspace (
    id {bigint} not null primary key,
    name {text} not null,
    created_at {bigint} not null
);
create table unit (
    workspace_id {bigint} not null,
    id {text} not null,
    parent {text},
    kind {text} not null,
    name {text} not null,
    primary key (workspace_id, id)
);
create table staff (
    workspace_id {bigint} not null,
    id {text} not null,
    name {text} not null,
    email {text} not null,
    email_key {text} not null,
    password_hash {text} not null,
    role {text} not null,
    unit {text},
    created_at {bigint} not null,
    primary key (workspace_id, id)
);
create unique index staff_email on staff (email_key);
create table session (
    workspace_id {bigint} not null,
    token {blob} not null,
    staff {text} not null,
    created_at {bigint} not null,
    seen_at {bigint} not null,
    expires_at {bigint} not null,
    primary key (workspace_id, token)
);
create unique index session_token on session (token);
create index session_expires on session (expires_at);
create table api_key (
    workspace_id {bigint} not null,
    id {text} not null,
    kind {text} not null,
    name {text} not null,
    prefix {text} not null,
    secret {blob} not null,
    created_at {bigint} not null,
    revoked_at {bigint},
    primary key (workspace_id, id)
);
create unique index api_key_secret on api_key (secret)
