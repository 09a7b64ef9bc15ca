-- All facts of one name, in order: without it a name that is seldom is looked for among all facts there are.
create index river_fact_by_event on river_fact (workspace_id, event, fact_offset);
