-- What staff decided about who is who: why, by whom, and whether it was taken back. What it did is told by the evidence. offset of
-- the fact that carried it out is empty until then.
create table identity_decision (
    workspace_id {bigint} not null,
    decision {text} not null,
    what {text} not null,
    one {text} not null,
    other {text} not null,
    handle {bigint},
    into_handle {bigint},
    reason {text} not null,
    decided_by {text} not null,
    decided_at {bigint} not null,
    fact_offset {bigint},
    taken_back_by {text},
    taken_back_at {bigint},
    taken_back_reason {text},
    primary key (workspace_id, decision)
);

create index identity_decision_by_time on identity_decision (workspace_id, decided_at);
create index identity_decision_by_conflict on identity_decision (workspace_id, handle, into_handle);

-- A decision that is taken back finds what it did.
create index identity_evidence_by_decision on identity_evidence (workspace_id, decision) where decision is not null;
create index identity_evidence_by_retraction on identity_evidence (workspace_id, retracted_by) where retracted_by is not null;
create index identity_conflict_by_into on identity_conflict (workspace_id, into_handle);
