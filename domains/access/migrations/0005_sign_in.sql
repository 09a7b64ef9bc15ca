create table identity_provider (
    workspace_id {bigint} not null,
    id {text} not null,
    name {text} not null,
    issuer {text} not null,
    client_id {text} not null,
    client_secret {text} not null,
    match_email {bigint} not null,
    created_at {bigint} not null,
    primary key (workspace_id, id)
);
create unique index identity_provider_id on identity_provider (id);
create table sign_in_link (
    workspace_id {bigint} not null,
    provider {text} not null,
    subject {text} not null,
    staff {text} not null,
    label {text},
    linked_at {bigint} not null,
    primary key (workspace_id, provider, subject)
);
create unique index sign_in_link_staff on sign_in_link (workspace_id, staff, provider);
create table sign_in_attempt (
    workspace_id {bigint} not null,
    state {blob} not null,
    binding {blob} not null,
    provider {text} not null,
    nonce {text} not null,
    verifier {text} not null,
    redirect_uri {text} not null,
    return_to {text} not null,
    staff {text},
    expires_at {bigint} not null,
    primary key (workspace_id, state)
);
create unique index sign_in_attempt_state on sign_in_attempt (state);
create index sign_in_attempt_expires on sign_in_attempt (expires_at)
