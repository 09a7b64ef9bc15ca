//! A person's facts, wherever they are: in files, in the log, or in both.

use std::collections::BTreeMap;

use kernel::{Handle, Offset, Timestamp};
use lake::{Ask, LakeWriter, Options, Order, Row, Timelines};
use proptest::prelude::*;

use crate::brand::{Brand, fact};

/// Facts of a person in the order asked for, straight from the records.
fn expected(brand: &Brand, ask: &Ask) -> Vec<u64> {
    let booked: BTreeMap<_, _> = brand.told(Offset::FIRST..Offset(u64::MAX)).into_iter().collect();
    let mut offsets: Vec<u64> = booked
        .into_iter()
        .filter(|(_, handle)| is_theirs(ask, *handle))
        .map(|(offset, _)| offset.0)
        .filter(|offset| ask.event.as_ref().is_none_or(|event| fact(*offset).event == *event))
        .collect();
    if ask.order == Order::NewestFirst {
        offsets.reverse();
    }
    let begin = ask.after.and_then(|after| offsets.iter().position(|offset| *offset == after.0)).map_or(0, |at| at + 1);
    offsets.into_iter().skip(begin).take(ask.limit).collect()
}

fn is_theirs(ask: &Ask, handle: Handle) -> bool {
    ask.handles.as_ref().is_none_or(|handles| handles.contains(&handle))
}

fn same(row: &Row) -> bool {
    row.fact.to_log().unwrap() == fact(row.offset.0).to_log().unwrap()
}

async fn read(facts: usize, in_lake: u64, compact: bool, mut ask: Ask) {
    let brand = Brand::new(2);
    let lake = brand.open().await.unwrap();
    let options = Options { file_rows_max: 90, file_secs_max: 0, compact_files_min: 2, ..Options::default() };
    let mut writer = LakeWriter::new(lake.clone(), options);
    brand.hear(facts).await;
    brand.book(in_lake);
    while writer.follow(&brand.log, &*brand.records, Timestamp(0)).await.unwrap() {}
    if compact {
        while writer.compact(Timestamp(0)).await.unwrap() {}
    }
    brand.book(u64::MAX >> 1);
    if ask.handles.is_none() && ask.event.is_none() {
        told_in_order(&brand, &lake, ask.limit).await;
    }
    let timelines = Timelines::new(lake, brand.log.clone(), brand.records.clone());
    loop {
        let page = timelines.page(ask.clone()).await.unwrap();
        let offsets: Vec<u64> = page.iter().map(|row| row.offset.0).collect();
        assert_eq!(offsets, expected(&brand, &ask), "{ask:?}");
        assert!(page.iter().all(same), "facts come back as they went in");
        assert!(page.iter().all(|row| is_theirs(&ask, row.handle)));
        match page.last() {
            Some(last) => ask.after = Some(last.offset),
            None => break,
        }
    }
}

/// What a rebuild reads: everything in the lake, in the order it came.
async fn told_in_order(brand: &Brand, lake: &lake::Lake, limit: usize) {
    let border = lake.manifest().next_offset;
    let (mut told, mut from) = (Vec::new(), Offset::FIRST);
    while from < border {
        let (rows, next) = lake.facts_from(from, limit).await.unwrap();
        assert!(rows.iter().all(same) && rows.iter().all(|row| (from..next).contains(&row.offset)));
        told.extend(rows.iter().map(|row| (row.offset, row.handle)));
        from = next;
    }
    assert_eq!(told, brand.told(Offset::FIRST..border));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn pages_of_a_timeline_are_the_booked_facts_in_order(
        facts in 1_usize..900,
        in_lake in 0_u64..900,
        compact: bool,
        handles in prop::option::of(prop::collection::vec(0_u32..14, 0..5)),
        event in prop::option::of(prop::sample::select(vec!["Order Paid", "领券", "Never"])),
        newest: bool,
        limit in 1_usize..200,
    ) {
        let ask = Ask {
            handles: handles.map(|handles| handles.into_iter().map(Handle).collect()),
            event: event.map(str::to_owned),
            order: if newest { Order::NewestFirst } else { Order::OldestFirst },
            after: None,
            limit,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(read(facts, in_lake, compact, ask));
    }
}
