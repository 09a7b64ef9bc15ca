//! Days on which nothing goes wrong.

use std::{sync::Arc, time::Duration};

use db::{Records, Row, Sql, db_test, values};
use kernel::{Handle, Offset, WorkspaceId};
use lake::{
    Bookings,
    Order::{NewestFirst, OldestFirst},
};
use river::{Ask, CatchUpError, Order, Rivers};

use crate::support::{Bank, Book, PATIENCE, append, caught_up, fact, migrations, record};

#[db_test(migrations = migrations())]
async fn a_repeat_is_dropped_wherever_the_first_was(records: Records) {
    let (bank, book) = (Bank::new(1), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    append(river.log(), &["a", "b", "a"]).await;
    caught_up(&river).await;
    append(river.log(), &["b", "c"]).await;
    caught_up(&river).await;
    river.stop().await;
    drop(river);

    let book = Arc::new(Book::default());
    let river = bank.start(&records, &book);
    append(river.log(), &["a", "d", "d"]).await;
    let mut elsewhere = fact("u", "a");
    elsewhere.source = "key:2".into();
    river.log().append(vec![record(&elsewhere)]).await.unwrap();
    caught_up(&river).await;
    let expected = [(1, "a"), (2, "b"), (5, "c"), (7, "d"), (9, "a")];
    assert_eq!(
        book.lines(),
        expected.map(|(offset, id)| (offset, 1, id.to_owned())),
        "another key may use the same id"
    );
    assert_eq!(river.next_offset(), Offset(10));
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn offsets_are_those_of_the_log_and_stand_after_the_last_repeat(records: Records) {
    let (bank, book) = (Bank::new(2), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    // More than a slice, more than a read.
    let ids: Vec<String> = (0..9_000).map(|number| format!("m-{}", number % 8_999)).collect();
    for run in ids.chunks(1_500) {
        append(river.log(), &run.iter().map(String::as_str).collect::<Vec<_>>()).await;
    }
    caught_up(&river).await;
    let expected: Vec<_> = (1..9_000).map(|offset| (offset, 1, format!("m-{}", offset - 1))).collect();
    assert_eq!(book.lines(), expected);
    let row = records.reads().one("select next_offset from river_offset where workspace_id = $1", values![1_i64]).await;
    assert_eq!(row.unwrap().unwrap().at::<i64>(0).unwrap(), 9_001);
    let booked = river.booked().booked(Offset::FIRST..Offset(u64::MAX)).await.unwrap();
    assert_eq!(booked.len(), 8_999);
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn a_timeline_is_read_in_pages(records: Records) {
    let (bank, book) = (Bank::new(3), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    let told = (0..30).map(|number| {
        let mut told = fact(&format!("u{}", number % 3), &format!("m{number}"));
        told.event = if number % 2 == 0 { "Page Seen".into() } else { "Order Paid".into() };
        record(&told)
    });
    river.log().append(told.collect()).await.unwrap();
    append(river.log(), &["m0"]).await;
    caught_up(&river).await;

    let page = async |handles: Option<&[u32]>, event: Option<&str>, after, limit| {
        let handles = handles.map(|handles| handles.iter().copied().map(Handle).collect::<Vec<_>>());
        let (event, after) = (event.map(str::to_owned), Some(Offset(after)));
        let ask = Ask { handles, event, order: Order::OldestFirst, after, limit };
        let found = river.timeline(ask).await.unwrap();
        found.into_iter().map(|row| row.offset.0).collect::<Vec<_>>()
    };
    assert_eq!(page(None, None, 0, 4).await, [1, 2, 3, 4]);
    assert_eq!(page(None, None, 4, 4).await, [5, 6, 7, 8]);
    assert_eq!(page(None, None, 28, 100).await, [29, 30], "the repeat at 31 is in nobody's timeline");
    assert_eq!(page(None, None, 30, 100).await, [0; 0]);
    assert_eq!(page(None, None, u64::MAX, 100).await, [0; 0]);
    assert_eq!(page(None, Some("Order Paid"), 0, 3).await, [2, 4, 6]);
    assert_eq!(page(Some(&[1]), None, 0, 3).await, [1, 4, 7]);
    assert_eq!(page(Some(&[3, 1]), None, 6, 3).await, [7, 9, 10]);
    assert_eq!(page(Some(&[3, 1]), Some("Order Paid"), 0, 3).await, [4, 6, 10]);
    assert_eq!(page(Some(&[]), None, 0, 3).await, [0; 0]);
    assert_eq!(page(Some(&[77]), None, 0, 3).await, [0; 0]);
    assert_eq!(page(None, Some("a\0b"), 0, 3).await, [0; 0], "no name has a NUL; not even the question is an error");
    // So many handles that they are asked for in pieces, the person's among them at both ends.
    let many: Vec<u32> = [1].into_iter().chain(1_000..2_500).chain([2]).collect();
    assert_eq!(page(Some(&many), None, 3, 4).await, [4, 5, 7, 8]);

    let newest = Ask { handles: None, event: None, order: Order::NewestFirst, after: Some(Offset(7)), limit: 1 };
    let told = river.timeline(newest).await.unwrap().remove(0).fact;
    assert_eq!((told.message_id.as_str(), told.user_id.as_deref()), ("m5", Some("u2")));
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn what_is_booked_is_told_with_its_handles_from_either_end(records: Records) {
    let (bank, book) = (Bank::new(9), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    let told = (0..30).map(|number| {
        let mut told = fact(&format!("u{}", number % 3), &format!("m{number}"));
        told.event = if number % 2 == 0 { "Page Seen".into() } else { "Order Paid".into() };
        record(&told)
    });
    river.log().append(told.collect()).await.unwrap();
    append(river.log(), &["m0"]).await;
    caught_up(&river).await;

    let books = river.booked();
    assert_eq!(books.end(), Offset(32));
    let booked = books.booked(Offset(28)..Offset(40)).await.unwrap();
    assert_eq!(booked, [(28, 1), (29, 2), (30, 3)].map(|(offset, handle)| (Offset(offset), Handle(handle))));
    assert_eq!(books.booked(Offset(31)..Offset(u64::MAX)).await.unwrap(), [], "the repeat at 31 is not booked");
    let under = async |handles: &[u32], event, range: std::ops::Range<u64>, order, limit| {
        let handles: Vec<_> = handles.iter().copied().map(Handle).collect();
        let range = Offset(range.start)..Offset(range.end);
        let found = books.under(Some(&handles), event, range, order, limit).await.unwrap();
        found.into_iter().map(|(offset, handle)| (offset.0, handle.0)).collect::<Vec<_>>()
    };
    assert_eq!(under(&[3, 1], None, 1..99, OldestFirst, 3).await, [(1, 1), (3, 3), (4, 1)]);
    assert_eq!(under(&[3, 1], None, 1..99, NewestFirst, 3).await, [(30, 3), (28, 1), (27, 3)]);
    assert_eq!(under(&[1], Some("Order Paid"), 5..16, NewestFirst, 9).await, [(10, 1)]);
    assert_eq!(under(&[], None, 1..99, NewestFirst, 9).await, []);
    let many: Vec<u32> = [1].into_iter().chain(1_000..2_500).chain([2]).collect();
    assert_eq!(under(&many, None, 1..99, NewestFirst, 3).await, [(29, 2), (28, 1), (26, 2)], "asked for in pieces");
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn whoever_wrote_waits_until_it_can_be_read(records: Records) {
    let (bank, book) = (Bank::new(4), Arc::new(Book::default()));
    let river = Arc::new(bank.start(&records, &book));
    river.wait_for(None, PATIENCE).await.expect("there is nothing to restore");
    assert_eq!(river.wait_for(Some(Offset(1)), Duration::from_millis(5)).await, Err(CatchUpError));

    let waiting = tokio::spawn({
        let (river, book) = (Arc::clone(&river), Arc::clone(&book));
        async move {
            river.wait_for(Some(Offset(2)), PATIENCE).await.unwrap();
            book.ids()
        }
    });
    append(river.log(), &["a"]).await;
    append(river.log(), &["b"]).await;
    assert_eq!(waiting.await.unwrap(), ["a", "b"]);

    let rivers = Rivers::default();
    rivers.insert(bank.workspace, Arc::clone(&river));
    assert_eq!(rivers.all().len(), 1);
    assert_eq!(rivers.wait_for(bank.workspace, Some(Offset(1))).await, Ok(()));
    assert_eq!(rivers.wait_for(bank.workspace, None).await, Ok(()));
    assert_eq!(rivers.wait_for(WorkspaceId(9), None).await, Err(CatchUpError), "there is no such brand");

    river.stop().await;
    assert_eq!(river.wait_for(Some(Offset(3)), PATIENCE).await, Err(CatchUpError), "at once: nobody reads any more");
    assert_eq!(river.wait_for(Some(Offset(2)), PATIENCE).await, Ok(()));
}

#[db_test(migrations = migrations())]
async fn brands_do_not_meet(records: Records) {
    let banks = [Bank::of(WorkspaceId(1), 5), Bank::of(WorkspaceId(2), 6)];
    let books = [Arc::new(Book::default()), Arc::new(Book::default())];
    let rivers = [banks[0].start(&records, &books[0]), banks[1].start(&records, &books[1])];
    append(rivers[0].log(), &["a", "b"]).await;
    append(rivers[1].log(), &["b", "c", "a"]).await;
    caught_up(&rivers[0]).await;
    caught_up(&rivers[1]).await;
    assert_eq!(books[0].ids(), ["a", "b"]);
    assert_eq!(books[1].ids(), ["b", "c", "a"], "the same message id of another brand is no repeat");
    let ask = Ask { handles: Some(vec![Handle(1)]), event: None, order: OldestFirst, after: None, limit: 10 };
    let theirs = rivers[1].timeline(ask).await.unwrap();
    assert_eq!(theirs.len(), 3);
    for river in rivers {
        river.stop().await;
    }
}
