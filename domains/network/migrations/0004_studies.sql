-- A long piece of work somebody asked for: whom to start with, what would happen. Found again by everybody of the same scope.
create table network_study (
    workspace_id {bigint} not null,
    id {text} not null,
    kind {text} not null,
    name {text} not null,
    scope {text} not null,
    asked {text} not null,
    state {text} not null,
    answer {text},
    created_at {bigint} not null,
    created_by {text} not null,
    finished_at {bigint},
    primary key (workspace_id, id)
);
