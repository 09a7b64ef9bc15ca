-- Whom one can name as a group: by a rule (live), by hand (manual), or as they were once (snapshot). `people` is a bitmap of
-- permanent handles.
create table audience_segment (
    workspace_id {bigint} not null,
    id {text} not null,
    name {text} not null,
    note {text} not null,
    kind {text} not null,
    rule {text},
    people {blob},
    created_at {bigint} not null,
    changed_at {bigint} not null,
    by_actor {text} not null,
    primary key (workspace_id, id)
);
-- Numbers that are kept of everybody, under a name rules can use.
create table audience_trait (
    workspace_id {bigint} not null,
    name {text} not null,
    def {text} not null,
    created_at {bigint} not null,
    primary key (workspace_id, name)
);
-- What people can be labelled with, by hand or by a rule.
create table audience_tag (
    workspace_id {bigint} not null,
    id {text} not null,
    tag_group {text} not null,
    name {text} not null,
    intent {text} not null,
    note {text} not null,
    rule {text},
    created_at {bigint} not null,
    by_actor {text} not null,
    primary key (workspace_id, id)
);
-- Who put a tag on whom, when, why and until when. Whether it is worn is told by the facts.
create table audience_worn (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    tag {text} not null,
    by_actor {text} not null,
    at {bigint} not null,
    until {bigint},
    note {text},
    primary key (workspace_id, handle, tag)
);
-- How large a segment was at the end of a day, and how many came and left.
create table audience_size (
    workspace_id {bigint} not null,
    segment {text} not null,
    day {bigint} not null,
    size {bigint} not null,
    entered {bigint} not null,
    gone {bigint} not null,
    primary key (workspace_id, segment, day)
);
-- Up to which fact and day it was told who came and who left.
create table audience_told (
    workspace_id {bigint} not null,
    next_offset {bigint} not null,
    day {bigint} not null,
    primary key (workspace_id)
)
