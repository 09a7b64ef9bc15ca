-- A play: what it declares, and what is left of it. Both are JSON: read whole, and never looked into.
create table play_play (
    workspace_id {bigint} not null,
    id {text} not null,
    name {text} not null,
    phase {text} not null,
    revision {bigint} not null,
    declaration {text} not null,
    pools {text} not null,
    created_at {bigint} not null,
    created_by {text} not null,
    changed_at {bigint} not null,
    launched_at {bigint},
    primary key (workspace_id, id)
);

-- What a play declared, revision by revision.
create table play_revision (
    workspace_id {bigint} not null,
    play {text} not null,
    revision {bigint} not null,
    declaration {text} not null,
    made_at {bigint} not null,
    made_by {text} not null,
    primary key (workspace_id, play, revision)
);

-- One person's try.
create table play_instance (
    workspace_id {bigint} not null,
    play {text} not null,
    id {text} not null,
    owner {text} not null,
    state {text} not null,
    progress {bigint} not null,
    opened_at {bigint} not null,
    next_at {bigint},
    body {text} not null,
    primary key (workspace_id, play, id)
);
create index play_instance_due on play_instance (next_at);

-- What was done in a play under one id.
create table play_person (
    workspace_id {bigint} not null,
    play {text} not null,
    subject {text} not null,
    body {text} not null,
    primary key (workspace_id, play, subject)
);

-- One reward of a play for one id and period: never two.
create table play_grant (
    workspace_id {bigint} not null,
    play {text} not null,
    subject {text} not null,
    reward {text} not null,
    period {text} not null,
    instance {text} not null,
    cost_fen {bigint} not null,
    state {text} not null,
    until_at {bigint},
    round {bigint} not null,
    changed_at {bigint} not null,
    primary key (workspace_id, play, subject, reward, period)
);
create index play_grant_changed on play_grant (workspace_id, play, changed_at, subject, reward, period);

-- Each reward on its way between the play and somebody. Only added to; an id is there once.
create table play_transfer (
    workspace_id {bigint} not null,
    play {text} not null,
    id {text} not null,
    op {text} not null,
    reward {text} not null,
    subject {text} not null,
    fen {bigint} not null,
    made_at {bigint} not null,
    primary key (workspace_id, play, id)
);
