-- A rule by which staff are reminded of people. What it says is JSON: it is read whole, and never looked into.
create table journey_rule (
    workspace_id {bigint} not null,
    id {text} not null,
    name {text} not null,
    body {text} not null,
    is_on {bool} not null,
    on_since {bigint} not null,
    created_at {bigint} not null,
    created_by {text} not null,
    changed_at {bigint} not null,
    revision {bigint} not null,
    swept {bigint} not null,
    filled {bool} not null,
    primary key (workspace_id, id)
);

-- What a rule has heard under one handle: the last fact it counts from, and the last that calls it off. Facts are of handles, so
-- that persons can be put together anew.
create table journey_anchor (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    rule {text} not null,
    order_key {text} not null,
    since_at {bigint},
    since_offset {bigint},
    since_order {text} not null,
    unless_at {bigint},
    unless_offset {bigint},
    primary key (workspace_id, handle, rule, order_key)
);
create index journey_anchor_rule on journey_anchor (workspace_id, rule);

-- The birthday last told under a handle. The year is not needed to keep a birthday.
create table journey_birthday (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    lunar {bigint} not null,
    month {bigint} not null,
    day {bigint} not null,
    leap {bigint} not null,
    year {bigint},
    told_at {bigint} not null,
    fact_offset {bigint} not null,
    primary key (workspace_id, handle)
);
create index journey_birthday_day on journey_birthday (workspace_id, lunar, month, day, leap);

-- A rule, somebody, and for what: told once.
create table journey_reminder (
    workspace_id {bigint} not null,
    id {text} not null,
    rule {text} not null,
    handle {bigint} not null,
    occurrence {text} not null,
    order_key {text} not null,
    from_at {bigint} not null,
    due_at {bigint} not null,
    state {text} not null,
    told_at {bigint},
    unit {text},
    staff {text},
    closed_at {bigint},
    closed_by {text},
    note {text},
    primary key (workspace_id, id)
);
create index journey_reminder_due on journey_reminder (workspace_id, state, due_at, id);
create index journey_reminder_handle on journey_reminder (workspace_id, handle);
create index journey_reminder_rule on journey_reminder (workspace_id, rule, state);
