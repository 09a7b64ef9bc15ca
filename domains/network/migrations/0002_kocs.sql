-- From where on somebody counts as a KOC: on the board across campaigns, and on the one inside a campaign.
create table network_koc_threshold (
    workspace_id {bigint} not null,
    board {text} not null,
    measured_by {text} not null,
    value {double} not null,
    changed_at {bigint} not null,
    primary key (workspace_id, board)
);
