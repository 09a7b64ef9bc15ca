alter table staff add column deactivated_at {bigint};
alter table staff add column must_change_password {bigint};
alter table session add column agent {text};
create index session_staff on session (workspace_id, staff);
alter table api_key add column last_used_at {bigint};
alter table api_key add column old_secret {blob};
alter table api_key add column old_ends_at {bigint};
create unique index api_key_old_secret on api_key (old_secret);
create table invitation (
    workspace_id {bigint} not null,
    id {text} not null,
    email {text} not null,
    email_key {text} not null,
    role {text} not null,
    unit {text},
    token {blob} not null,
    created_at {bigint} not null,
    expires_at {bigint} not null,
    closed_at {bigint},
    primary key (workspace_id, id)
);
create unique index invitation_token on invitation (token);
create table audit_entry (
    id {serial},
    workspace_id {bigint} not null,
    happened_at {bigint} not null,
    actor {text} not null,
    action {text} not null,
    subject {text} not null,
    before_json {text},
    after_json {text},
    request {text}
);
create index audit_entry_workspace on audit_entry (workspace_id, id)
