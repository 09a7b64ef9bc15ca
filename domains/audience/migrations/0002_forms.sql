-- Forms people answer, and what each person answered; phone numbers in answers are masked. `origin` tells answers that came from one
-- address within an hour, and is no address.
create table audience_form (
    workspace_id {bigint} not null,
    id {text} not null,
    state {text} not null,
    asked {text} not null,
    version {bigint} not null,
    answers {bigint} not null,
    created_at {bigint} not null,
    changed_at {bigint} not null,
    by_actor {text} not null,
    primary key (workspace_id, id)
);
create table audience_answer (
    workspace_id {bigint} not null,
    form {text} not null,
    subject {text} not null,
    version {bigint} not null,
    answers {text} not null,
    origin {text} not null,
    at {bigint} not null,
    primary key (workspace_id, form, subject)
);
create index audience_answer_at on audience_answer (workspace_id, form, at, subject);
create index audience_answer_origin on audience_answer (workspace_id, form, origin)
