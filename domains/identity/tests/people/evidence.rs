//! Ids of many kinds, wrong joins, and taking them apart again.

use db::{Records, Row, Sql, db_test, values};
use facts::names;
use identity::People;
use kernel::{Handle, Offset};
use river::{Batch, Entry, Stage};

use crate::support::{Register, Told, bound, decided, links, migrations, records_of, seen};

/// The handle and the person of every move.
fn moves(batch: &Batch) -> Vec<(u32, u32)> {
    batch.moves.iter().map(|to| (to.handle.0, to.person.0)).collect()
}

async fn handles(register: &Register, handle: u32) -> Vec<u32> {
    let handles = register.people.handles(register.workspace, Handle(handle)).await.unwrap();
    handles.into_iter().map(|handle| handle.0).collect()
}

async fn conflicts(records: &Records, state: &str) -> Vec<(i64, i64, String)> {
    let sql = "select handle, into_handle, reason from identity_conflict where state = $1 order by handle, into_handle";
    let rows = records.reads().all(sql, values![state]).await.unwrap();
    rows.iter().map(|row| (row.at(0).unwrap(), row.at(1).unwrap(), row.at(2).unwrap())).collect()
}

#[db_test(migrations = migrations())]
async fn a_mini_program_that_drops_its_wechat_ids_after_signing_in_is_still_the_same_person(records: Records) {
    let mut register = Register::new(&records);
    let wechat = ["$identity_mp_id=mp1", "$identity_mp_wxA_openid=o1", "$identity_mp_unionid=U1"];
    register.tell(&[bound("a1", names::SENSORS_BIND, &wechat)]).await;
    let before = handles(&register, 1).await;
    assert_eq!(before, [1, 2, 3, 4]);
    // It signs in; from then on only the program's own id comes with the user id.
    register.tell(&[bound("u1+a1", names::SENSORS_SIGN_UP, &wechat)]).await;
    register.tell(&[seen("u1+a1").with(&["$identity_mp_id=mp1"])]).await;
    assert_eq!(register.person("u1").await, [1, 2, 3, 4, 5]);
    // An order of the shop behind it knows the unionid alone, an official account has an openid of its own.
    register.tell(&[seen("").with(&["wechat:unionid=U1", "wechat:openid:wxB=o9"])]).await;
    assert_eq!(register.person("u1").await, [1, 2, 3, 4, 5, 6]);
}

#[db_test(migrations = migrations())]
async fn it_resolves_also_when_the_signing_in_itself_was_lost(records: Records) {
    let mut register = Register::new(&records);
    register.tell(&[bound("a1", names::SENSORS_BIND, &["$identity_mp_id=mp1", "$identity_mp_unionid=U1"])]).await;
    register.tell(&[seen("u1").with(&["$identity_mp_id=mp1"])]).await;
    assert_eq!(register.person("u1").await, [1, 2, 3, 4]);
}

#[db_test(migrations = migrations())]
async fn on_a_shared_device_the_later_user_gets_the_event_and_not_the_person(records: Records) {
    let mut register = Register::new(&records);
    let tablet = ["device=tablet"];
    register.tell(&[seen("u1+a1").with(&tablet)]).await;
    let batch = register.tell(&[seen("u2+a1").with(&tablet), seen("u2")]).await;
    assert_eq!((links(&batch).len(), batch.moves.len()), (0, 0));
    assert_eq!(batch.entries[0].subject, batch.entries[1].subject, "booked to the second user");
    assert_eq!(register.person("u2").await.len(), 1);
    assert_eq!(conflicts(&records, "open").await, [], "which happens every day: nobody has to decide");
}

#[db_test(migrations = migrations())]
async fn a_phone_number_that_got_a_new_owner_waits_for_somebody_to_decide(records: Records) {
    let mut register = Register::new(&records);
    register.tell(&[seen("u1").with(&["phone=17000000001"]), seen("u2").with(&["phone=+86 170 0000 0001"])]).await;
    assert_eq!(register.person("u1").await, [1, 2]);
    assert_eq!(register.person("u2").await, [3]);
    assert_eq!(conflicts(&records, "open").await, [(2, 3, "two_logins".to_owned())]);
    // It belongs to the later one: what was refused counts as soon as the other is taken back.
    let batch = register.tell(&[decided("d1", "apart", &[2], &[1])]).await;
    assert_eq!(moves(&batch), [(1, 1), (2, 2), (3, 2)]);
    assert_eq!((register.person("u1").await, register.person("u2").await), (vec![1], vec![2, 3]));
    assert_eq!(conflicts(&records, "open").await, []);
    let batch = register.tell(&[decided("d1", "undo", &[], &[])]).await;
    assert_eq!(moves(&batch), [(1, 1), (2, 1), (3, 3)]);
    assert_eq!((register.person("u1").await, register.person("u2").await), (vec![1, 2], vec![3]));
    assert_eq!(conflicts(&records, "open").await.len(), 1, "and it waits again");
    // It stays with the first one: nobody is asked again, whatever comes.
    let batch = register.tell(&[decided("d2", "apart", &[1, 2], &[3]), seen("u2").with(&["phone=17000000001"])]).await;
    assert_eq!((moves(&batch), conflicts(&records, "open").await.len()), (vec![], 0));
}

#[db_test(migrations = migrations())]
async fn what_was_merged_is_taken_apart_again_and_both_are_as_before(records: Records) {
    let mut register = Register::new(&records);
    register.tell(&[seen("u1+a1").with(&["phone=17000000001"]), seen("u2+a2").with(&["email=a@b.c"])]).await;
    let (one, other) = (register.person("u1").await, register.person("u2").await);
    let batch = register.tell(&[decided("d1", "merge", &[1], &[4])]).await;
    assert_eq!(moves(&batch), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1)]);
    assert_eq!(register.person("u2").await, [one.clone(), other.clone()].concat());
    // Life goes on under both ids, with a new browser.
    register.tell(&[seen("u2+a3"), seen("u1")]).await;
    let batch = register.tell(&[decided("d1", "undo", &[], &[])]).await;
    assert_eq!(batch.moves.len(), 7);
    assert_eq!(register.person("u1").await, one);
    assert_eq!(register.person("u2").await, [other, vec![7]].concat(), "what came since went with its evidence");
}

#[db_test(migrations = migrations())]
async fn an_unbound_id_leaves_with_its_children_and_may_be_bound_again(records: Records) {
    let mut register = Register::new(&records);
    let wechat = ["wechat:unionid=U1", "wechat:openid:wxA=o1"];
    register.tell(&[bound("u1", names::ID_BOUND, &wechat)]).await;
    assert_eq!(register.person("u1").await, [1, 2, 3]);
    let stranger = register.tell(&[bound("u9", names::ID_UNBOUND, &wechat[..1])]).await;
    assert_eq!(stranger.moves, [], "nobody unbinds what is not theirs");
    let batch = register.tell(&[bound("", names::SENSORS_UNBIND, &["$identity_mp_unionid=U1"])]).await;
    assert_eq!(moves(&batch), [(1, 1), (2, 2), (3, 3)], "the openid is a child of the unionid");
    let again = register.tell(&[bound("u1", names::ID_BOUND, &wechat), seen("u1")]).await;
    assert_eq!(links(&again).len(), 2);
    assert_eq!(register.person("u1").await, [1, 2, 3]);
}

#[db_test(migrations = migrations())]
async fn what_changed_is_told_again_to_whoever_folds_it_again(records: Records) {
    let told: Vec<Told> = vec![
        seen("u1+a1").with(&["phone=17000000001"]),
        seen("u2+a1").with(&["phone=17000000001"]),
        decided("d1", "merge", &[1], &[4]),
        seen("u2+a2"),
        bound("u2", names::ID_UNBOUND, &["phone=17000000001"]),
        decided("d1", "undo", &[], &[]),
        seen("u1+a2"),
    ];
    let mut register = Register::new(&records);
    let whole = register.tell(&told).await;
    let stage = People::new(records.clone()).stage();
    let entries = records_of(&told, Offset::FIRST).into_iter();
    let entries: Vec<_> = entries.map(|record| Entry { record, subject: None, sharer: None }).collect();
    let mut again =
        Batch { workspace: register.workspace, entries, links: Vec::new(), moves: Vec::new(), next: whole.next };
    stage.recall(&records, &mut again).await.unwrap();
    assert_eq!((&again.links, &again.moves), (&whole.links, &whole.moves));
    assert!(!whole.links.is_empty() && !whole.moves.is_empty());
}
