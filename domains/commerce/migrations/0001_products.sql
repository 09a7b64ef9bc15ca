-- Something for sale. What is said of it is JSON: it is read whole, and never looked into. `search` is what it is found by, in small
-- letters: names and the brand's own numbers.
create table commerce_product (
    workspace_id {bigint} not null,
    id {text} not null,
    name {text} not null,
    search {text} not null,
    about {text} not null,
    is_on {bool} not null,
    created_at {bigint} not null,
    changed_at {bigint} not null,
    primary key (workspace_id, id)
);
create index commerce_product_created on commerce_product (workspace_id, created_at, id);

-- What is counted, priced and sold. Pieces are counted in the ledger, under sku:<id>.
create table commerce_variant (
    workspace_id {bigint} not null,
    id {text} not null,
    product {text} not null,
    place {bigint} not null,
    name {text} not null,
    sku {text},
    price {bigint} not null,
    floor_price {bigint},
    is_on {bool} not null,
    priced_at {bigint} not null,
    primary key (workspace_id, id)
);
create index commerce_variant_product on commerce_variant (workspace_id, product, place);

-- Every price a variant had, from when: what it may be compared with follows from it.
create table commerce_price (
    workspace_id {bigint} not null,
    variant {text} not null,
    since {bigint} not null,
    price {bigint} not null,
    primary key (workspace_id, variant, since)
);

-- A rule of prices. What it says is JSON.
create table commerce_price_rule (
    workspace_id {bigint} not null,
    id {text} not null,
    name {text} not null,
    terms {text} not null,
    is_on {bool} not null,
    created_at {bigint} not null,
    primary key (workspace_id, id)
);

-- An order with its payments and refunds is one row, read and written whole; the columns beside the body are what orders are looked
-- for by. `look_at` is when it needs somebody to look after it by itself.
create table commerce_order (
    workspace_id {bigint} not null,
    id {text} not null,
    namespace {text} not null,
    subject {text} not null,
    state {text} not null,
    handing {text} not null,
    refund_state {text} not null,
    payable {bigint} not null,
    search {text} not null,
    created_at {bigint} not null,
    look_at {bigint},
    body {text} not null,
    primary key (workspace_id, id)
);
create index commerce_order_created on commerce_order (workspace_id, created_at, id);
create index commerce_order_subject on commerce_order (workspace_id, namespace, subject, created_at);
create index commerce_order_look on commerce_order (look_at);
