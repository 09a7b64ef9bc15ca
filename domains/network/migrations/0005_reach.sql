-- A member of staff is to reach somebody through others. The route is kept as it was planned: who, why, how likely.
create table network_reach_task (
    workspace_id {bigint} not null,
    id {text} not null,
    root {bigint} not null,
    target {bigint} not null,
    route {text} not null,
    names {text} not null,
    root_unit {text},
    root_staff {text},
    assignee {text} not null,
    state {text} not null,
    refused_by {bigint},
    note {text},
    script_zh {text} not null,
    script_en {text} not null,
    created_at {bigint} not null,
    created_by {text} not null,
    due_at {bigint} not null,
    closed_at {bigint},
    closed_by {text},
    follows {text},
    primary key (workspace_id, id)
);
create index network_reach_task_assignee on network_reach_task (workspace_id, assignee, state, due_at);
create index network_reach_task_due on network_reach_task (workspace_id, due_at, id);
create index network_reach_task_target on network_reach_task (workspace_id, target)
