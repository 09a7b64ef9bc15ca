//! Who is who.

use std::sync::Arc;

use async_trait::async_trait;
use db::{DbError, Records, Tx, WriteError, db_test};
use facts::Identified;
use kernel::{Handle, WorkspaceId};
use parking_lot::Mutex;
use river::{Batch, Digest, Digested, Stage};

use crate::support::{
    Register, Stored, filled, identified, key, known, links, migrations, opened, seen, shared, started,
};

#[db_test(migrations = migrations())]
async fn handles_are_dense_in_the_order_of_the_facts(records: Records) {
    let mut register = Register::new(&records);
    let batch = register.tell(&[seen("u1+a1"), seen("a1"), opened("a2", "t1"), seen("u1"), opened("u2", "u3")]).await;
    assert_eq!(filled(&batch), [(1, 1, 0), (2, 2, 0), (3, 3, 4), (4, 1, 0), (5, 5, 6)]);
    let batch = register.tell(&[seen("a9"), opened("u3", "a1"), opened("a1", "a1")]).await;
    assert_eq!(filled(&batch), [(6, 7, 0), (7, 6, 2), (8, 2, 2)]);
    for (id, handle) in [("u1", 1), ("a1", 2), ("a2", 3), ("t1", 4), ("u2", 5), ("u3", 6), ("a9", 7), ("u9", 0)] {
        assert_eq!(register.handle(id).await, handle, "{id}");
    }
}

#[db_test(migrations = migrations())]
async fn an_anonymous_id_belongs_to_the_first_user_it_is_seen_with(records: Records) {
    let mut register = Register::new(&records);
    let batch = register.tell(&[seen("a1"), seen("u1"), seen("u1+a1"), seen("u1+a1"), seen("u2+a1")]).await;
    assert_eq!(links(&batch), [(3, 1, 2)], "the second user id never merges through it");
    let batch = register.tell(&[seen("u2+a1"), seen("u2+a2")]).await;
    assert_eq!(links(&batch), [(7, 4, 3)]);
    assert_eq!(register.person("a1").await, [1, 2]);
    assert_eq!(register.person("u1").await, [1, 2]);
    assert_eq!(register.person("u2").await, [3, 4]);
}

#[db_test(migrations = migrations())]
async fn a_token_belongs_to_whom_it_was_given_even_when_it_was_opened_before(records: Records) {
    let mut register = Register::new(&records);
    let batch = register.tell(&[opened("a1", "t1"), shared("u1", "t1"), shared("u2", "t1"), started("u2", "t2")]).await;
    assert_eq!(filled(&batch), [(1, 1, 2), (2, 3, 0), (3, 4, 0), (4, 4, 0)]);
    assert_eq!(links(&batch), [(2, 2, 3), (4, 5, 4)], "a token is given once");
    assert_eq!(links(&register.tell(&[started("u2", "t1")]).await), []);
    assert_eq!(register.person("u1").await, [2, 3]);
}

#[db_test(migrations = migrations())]
async fn a_person_is_all_that_links_connect(records: Records) {
    let mut register = Register::new(&records);
    // A token of an anonymous id, which later turns out to be u1, who has another browser and another token.
    register.tell(&[shared("a1", "t1"), seen("a2"), seen("u9+a9")]).await;
    assert_eq!(register.person("t1").await, [1, 2]);
    register.tell(&[seen("u1+a1"), seen("u1+a2"), shared("u1+a2", "t2")]).await;
    let all = [1, 2, 3, 6, 7];
    for id in ["a1", "t1", "a2", "u1", "t2"] {
        assert_eq!(register.person(id).await, all, "{id}");
    }
    assert_eq!(register.person("a9").await, [4, 5]);
    let lonely = register.people.handles(register.workspace, Handle(77)).await.unwrap();
    assert_eq!(lonely, [Handle(77)], "nobody was ever linked to it");
}

#[db_test(migrations = migrations())]
async fn a_profile_is_what_was_told_last_field_by_field(records: Records) {
    let mut register = Register::new(&records);
    register
        .tell(&[identified("u1+a1", r#"{"name":"林","mobile":"138"}"#), identified("u1", r#"{"name":"林晓"}"#)])
        .await;
    assert_eq!(register.profile("u1").await, Some(known(Some("林晓"), Some("138"), None, None)));
    assert_eq!(register.profile("a1").await, None, "it is booked under the user id");
    register.tell(&[identified("u1", r#"{"city":"杭州","name":"","unionid":"o_1"}"#), identified("a1", "{}")]).await;
    assert_eq!(register.profile("u1").await, Some(known(Some("林晓"), Some("138"), Some("o_1"), Some("杭州"))));
    assert_eq!(register.profile("a1").await, Some(Identified::default()));
}

#[db_test(migrations = migrations())]
async fn brands_do_not_meet(records: Records) {
    let mut ours = Register::of(&records, WorkspaceId(1));
    // The river shares one stage, and so one cache, among all brands.
    let mut theirs = Register::with_stage(&records, WorkspaceId(2), ours.stage.clone());
    ours.tell(&[seen("u1+a1"), identified("u1", r#"{"name":"林"}"#)]).await;
    let batch = theirs.tell(&[seen("a1"), seen("u2+a1"), seen("u1")]).await;
    assert_eq!((filled(&batch), links(&batch)), (vec![(1, 1, 0), (2, 2, 0), (3, 3, 0)], vec![(2, 1, 2)]));
    assert_eq!((ours.person("u1").await, theirs.person("u2").await), (vec![1, 2], vec![1, 2]));
    assert_eq!(theirs.profile("u2").await, None);
    assert_eq!(theirs.people.profiles(WorkspaceId(2), &[Handle(1), Handle(2)]).await.unwrap(), []);
    let batch = ours.tell(&[seen("u2")]).await;
    assert_eq!(filled(&batch), [(3, 3, 0)]);
}

/// A stage after identity that fails when it is told to.
#[derive(Default)]
struct Stumbling(Mutex<Option<DbError>>);

#[async_trait]
impl Stage for Stumbling {
    async fn digest(&self, _: &Tx, _: &mut Batch) -> Result<(), DbError> {
        self.0.lock().take().map_or(Ok(()), Err)
    }

    async fn recall(&self, _: &Records, _: &mut Batch) -> Result<(), DbError> {
        Ok(())
    }

    fn settled(&self, _: &Batch) {}
}

#[db_test(migrations = migrations())]
async fn what_was_rolled_back_is_not_remembered(records: Records) {
    let mut register = Register::new(&records);
    let stumbling = Arc::new(Stumbling::default());
    let digest = records.group(Digest::new(vec![register.stage.clone(), stumbling.clone()]));
    register.tell(&[seen("u1")]).await;

    for error in [DbError::refused("not now"), DbError::corrupt("not so")] {
        *stumbling.0.lock() = Some(error);
        let refused = digest.submit(register.slice(&[seen("u2+a2"), opened("u1", "t1")])).await.unwrap_err();
        assert!(matches!(refused, WriteError::Rejected(_) | WriteError::Failed(_)), "{refused}");
        assert_eq!(register.handle("u2").await, 0);
    }
    // Others come in between and get the handles.
    let batch = register.tell(&[seen("u3"), seen("a2")]).await;
    assert_eq!(filled(&batch), [(2, 2, 0), (3, 3, 0)]);
    let told = digest.submit(register.slice(&[seen("u2+a2"), opened("u1", "t1")])).await.unwrap();
    let Digested::Now { batch, .. } = told else { panic!("nobody else tells") };
    assert_eq!((filled(&batch), links(&batch)), (vec![(4, 4, 0), (5, 1, 5)], vec![(4, 3, 4)]));
}

#[db_test(migrations = migrations())]
async fn no_text_of_a_client_stops_the_reader(records: Records) {
    let mut register = Register::new(&records);
    // The doors refuse these by now; a log may hold them from before.
    let nul = r"\u0000";
    let batch = register
        .tell(&[
            opened("u1", &format!("t{nul}")),
            opened("a1", &format!("u{nul}")),
            shared("u1", &format!("t{nul}x")),
            identified("u1", &format!(r#"{{"name":"林{nul}晓","city":"{nul}"}}"#)),
            seen("u\0+a2"),
            seen("u\0"),
        ])
        .await;
    assert_eq!(filled(&batch), [(1, 1, 0), (2, 2, 0), (3, 1, 0), (4, 1, 0), (5, 3, 0), (6, 0, 0)]);
    assert_eq!(register.profile("u1").await.unwrap().name.as_deref(), Some("林晓"));
    assert_eq!(register.people.find(register.workspace, key("u\0")).await.unwrap(), None);

    let long = "长".repeat(85);
    for odd in
        ["'; drop table identity_handle; --", "%", "\u{feff}", "é", "e\u{301}", "\u{10ffff}", " u ", long.as_str()]
    {
        let (user, token) = (format!("u{odd}"), format!("t{odd}"));
        register.tell(&[opened(&user, &token)]).await;
        // A token stands inside properties, where blanks around an id are not part of it.
        let (user, token) = (register.handle(&user).await, register.handle(token.trim()).await);
        assert_eq!((user > 3, token), (true, user + 1), "{odd}");
    }
    let stored = Stored::read(&records, register.workspace).await;
    assert_eq!(stored.handles.len(), 3 + 2 * 8, "texts that only look alike stay apart");
}
