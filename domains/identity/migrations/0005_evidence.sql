-- Which handles are one person today: the view over the evidence, kept for reading. Whoever is alone has no row.
create table identity_person (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    person {bigint} not null,
    joined_at {bigint} not null,
    primary key (workspace_id, handle)
);

create index identity_person_by_person on identity_person (workspace_id, person);

-- Why handles are one person, or were said to be. source: 1 a fact, 2 staff, 3 a suggestion. standing: 0 refused, 1 joined two
-- persons, 2 confirms what was known.
create table identity_evidence (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    into_handle {bigint} not null,
    source {bigint} not null,
    fact_offset {bigint} not null,
    place {bigint} not null,
    linked_at {bigint} not null,
    confidence {double} not null,
    standing {bigint} not null,
    decision {text},
    retracted_by {text},
    retracted_at {bigint},
    primary key (workspace_id, handle, into_handle, source)
);

create index identity_evidence_by_into on identity_evidence (workspace_id, into_handle);

-- What facts changed about who is who, for those who fold them again: links, and persons put together anew.
create table identity_journal (
    workspace_id {bigint} not null,
    fact_offset {bigint} not null,
    place {bigint} not null,
    handle {bigint} not null,
    into_handle {bigint} not null,
    is_move {bigint} not null,
    primary key (workspace_id, fact_offset, place)
);

-- Two handles that staff said are two persons.
create table identity_apart (
    workspace_id {bigint} not null,
    decision {text} not null,
    one {bigint} not null,
    other {bigint} not null,
    lifted_by {text},
    primary key (workspace_id, decision, one, other)
);

-- Evidence that would join what must not be joined silently: for somebody to decide.
create table identity_conflict (
    workspace_id {bigint} not null,
    handle {bigint} not null,
    into_handle {bigint} not null,
    reason {text} not null,
    fact_offset {bigint} not null,
    found_at {bigint} not null,
    confidence {double} not null,
    state {text} not null,
    decision {text},
    primary key (workspace_id, handle, into_handle)
);

create index identity_conflict_by_state on identity_conflict (workspace_id, state, found_at);

-- Namespaces as a brand declares them, over those that come with the house.
create table identity_namespace (
    workspace_id {bigint} not null,
    code {bigint} not null,
    key {text} not null,
    body {text} not null,
    primary key (workspace_id, code)
);

create unique index identity_namespace_by_key on identity_namespace (workspace_id, key);

-- The links of before become evidence, journal and persons. Their chains are short: token, anonymous id, user id.
insert into identity_evidence (workspace_id, handle, into_handle, source, fact_offset, place, linked_at, confidence, standing)
select workspace_id, handle, into_handle, 1, fact_offset, handle, linked_at, 1.0, 1 from identity_link;

insert into identity_journal (workspace_id, fact_offset, place, handle, into_handle, is_move)
select workspace_id, fact_offset, handle, handle, into_handle, 0 from identity_link;

insert into identity_person (workspace_id, handle, person, joined_at)
with tops as (
    select a.workspace_id, a.handle, a.linked_at, coalesce(c.into_handle, b.into_handle, a.into_handle) as top
    from identity_link a
    left join identity_link b on b.workspace_id = a.workspace_id and b.handle = a.into_handle
    left join identity_link c on c.workspace_id = b.workspace_id and c.handle = b.into_handle
), members as (
    select workspace_id, handle, top, linked_at from tops
    union all
    select workspace_id, top, top, min(linked_at) from tops group by workspace_id, top
), names as (
    select workspace_id, top, min(handle) as person from members group by workspace_id, top
)
select m.workspace_id, m.handle, n.person, m.linked_at
from members m join names n on n.workspace_id = m.workspace_id and n.top = m.top;

drop table identity_link;
