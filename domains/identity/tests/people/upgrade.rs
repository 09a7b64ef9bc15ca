//! Records of before there was evidence are taken over.

use db::{Migration, Records, db_test, testing::TestDb, values};
use identity::People;
use kernel::{Handle, WorkspaceId};

use crate::support::{Register, Stored, migrations, seen};

fn before() -> Vec<Migration> {
    let is_newer = |migration: &Migration| ("identity_0005".."identity_9").contains(&migration.name);
    migrations().into_iter().filter(|migration| !is_newer(migration)).collect()
}

#[db_test(migrations = before())]
async fn links_of_before_become_evidence_and_persons(db: TestDb) {
    // Token 4 of browser 2, which is user 3's, who has another browser 1; user 5 is alone; token 7 of user 6.
    for (namespace, value, handle) in
        [(2, "a1", 1), (2, "a2", 2), (1, "u3", 3), (3, "t4", 4), (1, "u5", 5), (1, "u6", 6), (3, "t7", 7)]
    {
        let sql = "insert into identity_handle (workspace_id, namespace, value, handle) values (1, $1, $2, $3)";
        db.execute(sql, values![namespace, value, handle]).await;
    }
    db.execute("insert into identity_counter (workspace_id, next_handle) values (1, 8)", values![]).await;
    for (handle, into, offset) in [(4, 2, 10), (2, 3, 20), (1, 3, 30), (7, 6, 30)] {
        let sql = "insert into identity_link (workspace_id, handle, into_handle, fact_offset, linked_at) \
                   values (1, $1, $2, $3, 5)";
        db.execute(sql, values![handle, into, offset]).await;
    }
    let records = Records::open(db.url(), &migrations()).await.unwrap();
    let people = People::new(records.clone());
    for (handle, person) in [(1, vec![1, 2, 3, 4]), (4, vec![1, 2, 3, 4]), (5, vec![5]), (6, vec![6, 7])] {
        let handles = people.handles(WorkspaceId(1), Handle(handle)).await.unwrap();
        assert_eq!(handles.into_iter().map(|handle| handle.0).collect::<Vec<_>>(), person);
    }
    let stored = Stored::read(&records, WorkspaceId(1)).await;
    assert_eq!(stored.links, [(10, 4, 2), (20, 2, 3), (30, 1, 3), (30, 7, 6)]);
    // What was seen together before is known, and life goes on.
    let mut register = Register::new(&records);
    let batch = register.tell(&[seen("u3+a1"), seen("u5+a1"), seen("u5+a9")]).await;
    assert_eq!(batch.links.iter().map(|link| (link.handle.0, link.into.0)).collect::<Vec<_>>(), [(8, 5)]);
    records.close().await;
}
