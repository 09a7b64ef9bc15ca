-- The next handle of a workspace. Handles are dense and permanent.
create table identity_counter (
    workspace_id {bigint} not null primary key,
    next_handle {bigint} not null
);

-- Every (namespace, value) a customer was ever seen under.
create table identity_handle (
    workspace_id {bigint} not null,
    namespace {bigint} not null,
    value {text} not null,
    handle {bigint} not null,
    primary key (workspace_id, namespace, value)
);

create unique index identity_handle_by_handle on identity_handle (workspace_id, handle);

-- Evidence: this handle belongs to that one, says the fact at this offset. First form: the first link stands.
create table identity_link (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    into_handle {bigint} not null,
    fact_offset {bigint} not null,
    linked_at {bigint} not null,
    primary key (workspace_id, handle)
);

create index identity_link_by_offset on identity_link (workspace_id, fact_offset);
create index identity_link_by_into on identity_link (workspace_id, into_handle);

-- What a person last let us know under this handle.
create table identity_profile (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    name {text},
    phone {text},
    wechat {text},
    city {text},
    primary key (workspace_id, handle)
);
