-- People who may be cheating together, found by a search, and what was decided about them.
create table network_ring (
    workspace_id {bigint} not null,
    id {text} not null,
    verdict {text} not null,
    kind {text} not null,
    score {bigint} not null,
    size {bigint} not null,
    -- Who, why, what they have in common: the ring as JSON.
    body {text} not null,
    found_at {bigint} not null,
    seen_at {bigint} not null,
    -- How many decisions there were.
    revision {bigint} not null,
    decided_at {bigint},
    decided_by {text},
    why {text},
    primary key (workspace_id, id)
);
