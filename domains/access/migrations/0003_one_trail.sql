insert into audit_trail (workspace_id, happened_at, actor, action, subject, before_json, after_json, request)
    select workspace_id, happened_at, actor, action, subject, before_json, after_json, request
    from audit_entry order by id;
drop table audit_entry
