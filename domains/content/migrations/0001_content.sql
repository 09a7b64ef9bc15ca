-- Hosts outside that links and pages may lead to.
create table content_host (
    workspace_id {bigint} not null,
    host {text} not null,
    primary key (workspace_id, host)
);

-- A short address of ours, and where it leads. A code is found without knowing the workspace, so no two have the same.
create table content_link (
    workspace_id {bigint} not null,
    code {text} not null,
    kind {text} not null,
    name {text} not null,
    target {text} not null,
    campaign {text},
    unit {text},
    staff {text},
    channel {text},
    spread {text},
    is_on {bool} not null,
    expires_at {bigint},
    created_at {bigint} not null,
    created_by {text} not null,
    changed_at {bigint} not null,
    revision {bigint} not null,
    primary key (workspace_id, code)
);
create unique index content_link_code on content_link (code);
create index content_link_made on content_link (workspace_id, created_at, code);

-- Who came by which link, and what came of it. Of handles, so that persons can be put together anew.
create table content_touch (
    workspace_id {bigint} not null,
    link {text} not null,
    handle {bigint} not null,
    scanned_at {bigint},
    opened_at {bigint},
    acted_at {bigint},
    primary key (workspace_id, link, handle)
);
create index content_touch_handle on content_touch (workspace_id, handle);

-- What happened at a link on a day of the brand's own time: how often, and for how many handles it was the first time.
create table content_day (
    workspace_id {bigint} not null,
    link {text} not null,
    day {bigint} not null,
    scans {bigint} not null,
    opens {bigint} not null,
    scanned {bigint} not null,
    opened {bigint} not null,
    acted {bigint} not null,
    primary key (workspace_id, link, day)
);

-- A page made of blocks: what is being written, and which version customers see.
create table content_page (
    workspace_id {bigint} not null,
    id {text} not null,
    draft {text} not null,
    published {bigint},
    last_version {bigint} not null,
    created_at {bigint} not null,
    created_by {text} not null,
    changed_at {bigint} not null,
    changed_by {text} not null,
    revision {bigint} not null,
    primary key (workspace_id, id)
);
create index content_page_changed on content_page (workspace_id, changed_at, id);

create table content_page_version (
    workspace_id {bigint} not null,
    page {text} not null,
    version {bigint} not null,
    document {text} not null,
    published_at {bigint} not null,
    published_by {text} not null,
    primary key (workspace_id, page, version)
);
