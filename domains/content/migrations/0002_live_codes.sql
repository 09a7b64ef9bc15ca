-- How a live code chooses whom a customer is led to. What it says is JSON: it is read whole, and never looked into.
alter table content_link add column routing {text};

-- Whom a live code has led a customer to: the same when they come again.
create table content_assignment (
    workspace_id {bigint} not null,
    link {text} not null,
    namespace {text} not null,
    subject {text} not null,
    way {text} not null,
    at {bigint} not null,
    primary key (workspace_id, link, namespace, subject)
);

-- How many customers a live code has led each way on a day of the brand's own time: what a capacity is kept by.
create table content_way_day (
    workspace_id {bigint} not null,
    link {text} not null,
    day {bigint} not null,
    way {text} not null,
    people {bigint} not null,
    primary key (workspace_id, link, day, way)
);
