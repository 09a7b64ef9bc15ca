-- What an account has: all that came in, all that went out, and what of it is held at the moment.
create table ledger_account (
    workspace_id {bigint} not null,
    unit {text} not null,
    owner {text} not null,
    kind {text} not null,
    came {bigint} not null,
    went {bigint} not null,
    held {bigint} not null,
    primary key (workspace_id, unit, owner, kind)
){clustered};
-- Every transfer there was, never changed. `settles` is the hold that it takes or drops; a hold is settled once.
create table ledger_transfer (
    workspace_id {bigint} not null,
    chain {text} not null,
    step {bigint} not null,
    op {text} not null,
    unit {text} not null,
    from_owner {text} not null,
    from_kind {text} not null,
    to_owner {text} not null,
    to_kind {text} not null,
    amount {bigint} not null,
    settles {text},
    ends_at {bigint},
    code {text} not null,
    reference {text} not null,
    at {bigint} not null,
    primary key (workspace_id, chain, step),
    unique (workspace_id, settles)
);
create index ledger_transfer_from on ledger_transfer (workspace_id, unit, from_owner, from_kind, at);
create index ledger_transfer_to on ledger_transfer (workspace_id, unit, to_owner, to_kind, at);
-- Holds that are neither taken nor dropped.
create table ledger_hold (
    workspace_id {bigint} not null,
    hold {text} not null,
    unit {text} not null,
    from_owner {text} not null,
    from_kind {text} not null,
    to_owner {text} not null,
    to_kind {text} not null,
    amount {bigint} not null,
    ends_at {bigint},
    primary key (workspace_id, hold)
){clustered};
create index ledger_hold_ends on ledger_hold (ends_at);
-- What is left of amounts that came in with a last moment.
create table ledger_lot (
    workspace_id {bigint} not null,
    unit {text} not null,
    owner {text} not null,
    kind {text} not null,
    ends_at {bigint} not null,
    lot {text} not null,
    left_over {bigint} not null,
    primary key (workspace_id, unit, owner, kind, ends_at, lot)
){clustered};
create index ledger_lot_ends on ledger_lot (ends_at);
-- What became of each chain, for ever: nothing refused it when `refusal` is null.
create table ledger_attempt (
    workspace_id {bigint} not null,
    chain {text} not null,
    request {blob} not null,
    refusal {text},
    at {bigint} not null,
    primary key (workspace_id, chain)
){clustered}
