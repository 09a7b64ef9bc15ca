-- Customers who showed who they are, by the hash of their cookie's token. Visitors who did not cost nothing: their id follows from the token.
create table identity_fan_session (
    workspace_id {bigint} not null,
    token {blob} not null,
    namespace {text} not null,
    value {text} not null,
    created_at {bigint} not null,
    expires_at {bigint} not null,
    primary key (workspace_id, token)
);

create index identity_fan_session_by_id on identity_fan_session (workspace_id, namespace, value);

-- Sign-ins under way: begun by one browser, finished by the same, once.
create table identity_fan_attempt (
    workspace_id {bigint} not null,
    state {blob} not null,
    token {blob} not null,
    return_to {text} not null,
    expires_at {bigint} not null,
    primary key (workspace_id, state)
);

create index identity_fan_attempt_by_end on identity_fan_attempt (expires_at);
