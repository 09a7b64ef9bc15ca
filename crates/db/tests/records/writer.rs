use std::sync::atomic::Ordering;

use async_trait::async_trait;
use db::{
    DbError, Decider, Engine, Records, Row, Sql, SqlText, Statements, Tx, ViolationKind, WriteError, db_test, values,
};
use futures::{FutureExt, future::join_all};
use proptest::prelude::*;

use crate::shelf::{Book, MIGRATIONS, Shelve, book, each, shelve, shelved, together};

#[db_test(migrations = MIGRATIONS)]
async fn what_waits_together_is_committed_together(records: Records) {
    let decider = Shelve::default();
    let group = records.group(decider.clone());
    let answers = shelve(&records, &group, (1..=1500).map(book).collect()).await;
    assert!(answers.iter().all(|answer| matches!(answer, Ok(1500))));
    assert_eq!(decider.decisions.load(Ordering::SeqCst), 1);
    assert_eq!(shelved(&records).await.len(), 1500);
}

/// Looks through a reader whether its own insert is visible before the commit.
struct Peek(Records);

#[async_trait]
impl Decider for Peek {
    type Command = i64;
    type Outcome = Vec<i64>;

    fn name(&self) -> &'static str {
        "peek"
    }

    async fn decide(&self, tx: &Tx, ids: &[i64]) -> Result<Vec<Vec<i64>>, DbError> {
        Shelve::default().decide(tx, &ids.iter().copied().map(book).collect::<Vec<_>>()).await?;
        let seen = shelved(&self.0).await;
        Ok(vec![seen; ids.len()])
    }
}

#[db_test(migrations = MIGRATIONS)]
async fn an_answer_means_that_readers_see_it(records: Records) {
    let group = records.group(Peek(records.clone()));
    assert_eq!(group.submit(1).await.expect("stored"), [0_i64; 0], "nobody sees what is not committed");
    assert_eq!(shelved(&records).await, [1]);
    assert_eq!(group.submit(2).await.expect("stored"), [1]);
}

#[db_test(migrations = MIGRATIONS)]
async fn one_bad_command_does_not_sink_its_neighbours(records: Records) {
    let group = records.group(Shelve::default());
    group.submit(book(77)).await.expect("stored");
    let neighbour = records.group(Statements);
    let update = SqlText::new("update book set title = $1 where id = $2", values!["renamed", 77_i64]);

    let books = each(&group, (1..=200).map(book).collect());
    let (answers, renamed) = together(&records, async { tokio::join!(books, neighbour.submit(update)) }).await;
    assert_eq!(renamed.expect("another group is not touched by it"), 1);
    for (id, answer) in (1..=200).zip(answers) {
        match answer {
            Ok(_) => assert_ne!(id, 77),
            Err(error) => {
                assert_eq!((id, error.violation()), (77, Some(ViolationKind::Unique)), "{error}");
            }
        }
    }
    assert_eq!(shelved(&records).await, (1..=200).collect::<Vec<_>>());
}

#[db_test(migrations = MIGRATIONS)]
async fn a_rule_checked_at_the_commit_finds_its_command_too(records: Records) {
    let group = records.group(Shelve::default());
    let sequel = |id, of| Book { sequel_of: Some(of), ..book(id) };
    // A sequel may come before what it continues, as long as both are there in the end.
    let answers = shelve(&records, &group, vec![sequel(1, 2), book(2)]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");

    let answers = shelve(&records, &group, vec![book(3), sequel(4, 999), book(5)]).await;
    let violations: Vec<_> =
        answers.iter().map(|answer| answer.as_ref().err().and_then(WriteError::violation)).collect();
    assert_eq!(violations, [None, Some(ViolationKind::ForeignKey), None]);
    assert_eq!(shelved(&records).await, [1, 2, 3, 5]);
}

/// Goes wrong in the way the command says.
struct Clumsy;

#[derive(Clone, Copy, Debug)]
enum Wrong {
    Nothing,
    Panic,
    Miscount,
    Syntax,
    Refuse,
}

#[async_trait]
impl Decider for Clumsy {
    type Command = Wrong;
    type Outcome = ();

    fn name(&self) -> &'static str {
        "clumsy"
    }

    async fn decide(&self, tx: &Tx, commands: &[Wrong]) -> Result<Vec<()>, DbError> {
        for command in commands {
            tx.run("insert into book (id, title) values ($1, $2)", values![1000_i64, "half-done"]).await?;
            match command {
                Wrong::Nothing => {}
                Wrong::Panic => panic!("out of paper"),
                Wrong::Miscount => return Ok(Vec::new()),
                Wrong::Syntax => drop(tx.run("selekt", values![]).await?),
                Wrong::Refuse => return Err(DbError::refused("not today")),
            }
            tx.run("delete from book where id = $1", values![1000_i64]).await?;
        }
        Ok(vec![(); commands.len()])
    }
}

#[db_test(migrations = MIGRATIONS)]
async fn a_mistake_in_one_decider_fails_its_own_commands_only(records: Records) {
    let (clumsy, shelf) = (records.group(Clumsy), records.group(Shelve::default()));
    for (id, wrong, words) in [
        (1, Wrong::Panic, "it panicked: out of paper"),
        (2, Wrong::Miscount, "0 outcomes for 1 commands"),
        (3, Wrong::Syntax, "selekt"),
    ] {
        let both = async { tokio::join!(clumsy.submit(wrong), shelf.submit(book(id))) };
        let (answer, neighbour) = together(&records, both).await;
        let Err(WriteError::Failed(error)) = &answer else { panic!("{answer:?}") };
        assert!(error.to_string().contains(words), "{error}");
        neighbour.expect("the neighbour is stored");
    }
    clumsy.submit(Wrong::Nothing).await.expect("the writer lives on");
    assert_eq!(shelved(&records).await, [1, 2, 3], "nothing half-done stays");
}

#[db_test(migrations = MIGRATIONS)]
async fn a_decider_may_refuse_one_command_of_a_batch(records: Records) {
    let clumsy = records.group(Clumsy);
    let submits = [Wrong::Nothing, Wrong::Refuse, Wrong::Nothing].map(|wrong| clumsy.submit(wrong));
    let answers = together(&records, join_all(submits)).await;
    let violations: Vec<_> =
        answers.iter().map(|answer| answer.as_ref().err().and_then(WriteError::violation)).collect();
    assert_eq!(violations, [None, Some(ViolationKind::Refused), None]);
}

#[db_test(migrations = MIGRATIONS)]
async fn closing_stores_what_is_queued_and_takes_no_more(db: db::testing::TestDb) {
    let records = db.records();
    let group = records.group(Shelve::default());
    let books = each(&group, (1..=100).map(book).collect());
    let (answers, ()) = together(&records, async { tokio::join!(biased; books, records.clone().close()) }).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert!(matches!(group.submit(book(101)).await, Err(WriteError::Closed)));
    records.close().await;

    let again = Records::open(db.url(), MIGRATIONS).await.expect("it opens again");
    assert_eq!(shelved(&again).await.len(), 100);
    again.close().await;
}

#[db_test(migrations = MIGRATIONS)]
async fn a_command_is_stored_even_if_nobody_waits_for_it(records: Records) {
    let group = records.group(Shelve::default());
    // Polled once, which queues it, and given up.
    drop(group.submit(book(1)).now_or_never());
    group.submit(book(2)).await.expect("stored");
    assert_eq!(shelved(&records).await, [1, 2]);
}

/// Asks the writer's own connection for a number called `answer`.
struct Ask;

#[async_trait]
impl Decider for Ask {
    type Command = &'static str;
    type Outcome = i64;

    fn name(&self) -> &'static str {
        "ask"
    }

    async fn decide(&self, tx: &Tx, questions: &[&'static str]) -> Result<Vec<i64>, DbError> {
        let mut answers = Vec::new();
        for question in questions {
            let row = tx.one(question, values![]).await?.ok_or_else(|| DbError::corrupt("no answer"))?;
            answers.push(row.get("answer")?);
        }
        Ok(answers)
    }
}

#[db_test(migrations = MIGRATIONS)]
async fn the_writer_syncs_before_it_answers(records: Records) {
    // PostgreSQL syncs unless its owner says otherwise, as the server for tests does.
    if records.engine() == Engine::Sqlite {
        let full = "select synchronous as answer from pragma_synchronous";
        assert_eq!(records.group(Ask).submit(full).await.expect("answered"), 2);
        let wal = "select journal_mode = 'wal' as answer from pragma_journal_mode";
        assert_eq!(records.group(Ask).submit(wal).await.expect("answered"), 1);
    }
}

#[db_test(migrations = MIGRATIONS)]
async fn a_connection_cut_by_the_server_is_opened_anew(records: Records) {
    if records.engine() == Engine::Sqlite {
        return; // no server, nothing to be cut
    }
    let (ask, group) = (records.group(Ask), records.group(Shelve::default()));
    let own = "select pg_backend_pid()::bigint as answer";
    let process = ask.submit(own).await.expect("a process");
    let cut = "select pg_terminate_backend($1::int, 5000) as gone";
    let row = records.reads().one(cut, values![process]).await.expect("answered").expect("a row");
    assert!(row.get::<bool>("gone").expect("a bool"));
    group.submit(book(1)).await.expect("stored through a new connection");
    assert_ne!(ask.submit(own).await.expect("a process"), process);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is in a batch, the writer decides like somebody who takes one command after the other.
    #[test]
    fn a_batch_ends_like_its_commands_one_by_one(ids in proptest::collection::vec(1_i64..30, 1..60)) {
        db::testing::run(db::Engine::Sqlite, "a_batch_ends_like_its_commands_one_by_one", MIGRATIONS, |db| async move {
            let records = db.records();
            let group = records.group(Shelve::default());
            let answers = shelve(&records, &group, ids.iter().copied().map(book).collect()).await;
            let mut model = std::collections::BTreeSet::new();
            for (id, answer) in ids.into_iter().zip(answers) {
                assert_eq!(answer.is_ok(), model.insert(id), "book {id}: {answer:?}");
            }
            assert_eq!(shelved(&records).await, model.into_iter().collect::<Vec<_>>());
        });
    }
}
