-- One row for every slice of the log that was digested together: which of its records are no repeats, whom each is about (0 is
-- nobody), what happened, and by which key a repeat of it is told. Lists are as long as one another; numbers in them are
-- little-endian. `at_offset` is 4 bytes for each, counted from `first_offset`; `handle` 4 bytes; `event` 2 bytes, a place in
-- `events`, a JSON list of names; `dedup_key` 16 bytes. A slice goes when the lake has it and nobody expects a repeat of it.
create table river_slice (
    workspace_id {bigint} not null,
    first_offset {bigint} not null,
    next_offset {bigint} not null,
    digested_at {bigint} not null,
    at_offset {blob} not null,
    handle {blob} not null,
    event {blob} not null,
    events {text} not null,
    dedup_key {blob} not null,
    primary key (workspace_id, first_offset)
);

-- What was booked fact by fact is read once more, in order, and taken over into slices.
drop index river_fact_by_event;
drop index river_fact_by_handle;
drop index river_fact_by_key;
