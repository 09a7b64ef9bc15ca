-- How often an event was booked under a handle, and from when to when it happened.
create table identity_activity (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    event {text} not null,
    facts {bigint} not null,
    first_at {bigint} not null,
    last_at {bigint} not null,
    primary key (workspace_id, handle, event)
);

-- People are looked for by their WeChat id as by any other. A trait may be longer than an index takes.
create index identity_profile_by_wechat on identity_profile (workspace_id, (substr(wechat, 1, 64)));
