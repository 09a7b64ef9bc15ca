-- Imports of people and orders from tables.
create table capture_import (
    workspace_id {bigint} not null,
    id {text} not null,
    kind {text} not null,
    name {text} not null,
    written {text} not null,
    state {text} not null,
    columns_json {text} not null,
    mapping_json {text} not null,
    rows {bigint} not null,
    pieces {bigint} not null,
    next_piece {bigint} not null,
    counts_json {text} not null,
    created_at {bigint} not null,
    created_by {text} not null,
    finished_at {bigint},
    before_offset {bigint},
    last_offset {bigint},
    undo_from {bigint},
    undone_to {bigint},
    primary key (workspace_id, id)
);

create index capture_import_by_state on capture_import (state);

-- The rows of a table in pieces, packed, as long as they are needed.
create table capture_import_piece (
    workspace_id {bigint} not null,
    import {text} not null,
    piece {bigint} not null,
    body {blob} not null,
    primary key (workspace_id, import, piece)
);

-- Rows that were refused, the first of each import.
create table capture_import_reject (
    workspace_id {bigint} not null,
    import {text} not null,
    line {bigint} not null,
    code {text} not null,
    zh {text} not null,
    en {text} not null,
    cells_json {text} not null,
    primary key (workspace_id, import, line)
);

-- What imports brought: the key of an order, or of a person told in some words, and what it said. It goes with an undo.
create table capture_import_key (
    workspace_id {bigint} not null,
    key {blob} not null,
    content {bigint} not null,
    import {text} not null,
    primary key (workspace_id, key)
);

create index capture_import_key_by_import on capture_import_key (workspace_id, import);
