//! Ordinary life: appending, reading, rolling over, waiting in the queue.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use factlog::{AppendError, Disk, FactLog, Options, ReadError, RealDisk, sim::SimDisk};
use kernel::{ErrorCode, Offset};

use crate::{DIR, open, read_all, records, small_segments};

#[tokio::test]
async fn an_empty_folder_becomes_a_log_that_begins_at_one() {
    let disk = SimDisk::new(1);
    let log = open(&disk, Options::default()).unwrap();
    assert_eq!(log.end(), Offset(1));
    assert_eq!(log.repair(), None);
    assert!(read_all(&log).is_empty());
    assert_eq!(log.append(Vec::new()).await.unwrap(), Offset(1)..Offset(1));

    assert_eq!(log.append(records(3)).await.unwrap(), Offset(1)..Offset(4));
    assert_eq!(log.append(vec![Bytes::new()]).await.unwrap(), Offset(4)..Offset(5));
    assert_eq!(log.end(), Offset(5));
    let two = log.read(Offset(2), 2, usize::MAX).unwrap();
    assert_eq!(two, [(Offset(2), records(3)[1].clone()), (Offset(3), records(3)[2].clone())]);
    assert_eq!(log.read(Offset(2), 9, 1).unwrap().len(), 1, "one record comes however small the bound");
    assert!(log.read(Offset(5), 9, 9).unwrap().is_empty());
    assert!(matches!(log.read(Offset(6), 9, 9), Err(ReadError::Outside { offset: Offset(6), end: Offset(5) })));
    assert!(matches!(log.read_at(&[Offset(2), Offset(5)]), Err(ReadError::Outside { offset: Offset(5), .. })));
}

#[tokio::test]
async fn segments_roll_over_and_a_timeline_is_read_across_them() {
    let disk = SimDisk::new(2);
    let log = open(&disk, small_segments()).unwrap();
    for number in 0..200 {
        log.append(vec![Bytes::from(vec![number; 50])]).await.unwrap();
    }
    assert!(disk.list(Path::new(DIR)).unwrap().len() > 30);
    drop(log);

    let log = open(&disk, small_segments()).unwrap();
    let timeline = [1, 2, 17, 50, 51, 150, 200].map(Offset);
    let found = log.read_at(&timeline).unwrap();
    for (wanted, (offset, record)) in timeline.iter().zip(&found) {
        assert_eq!((offset, record[0]), (wanted, wanted.0 as u8 - 1));
    }
    assert_eq!(read_all(&log).len(), 200);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_loses_nothing() {
    let disk = SimDisk::new(3);
    let options = Options { queue_appends_max: 4, ..Options::default() };
    let log = Arc::new(open(&disk, options).unwrap());
    let held = disk.hold_syncs();
    let append = |number: usize| {
        let log = Arc::clone(&log);
        async move { log.append(records(number + 1)).await }
    };
    let accepted: Vec<_> = (0..4).map(|number| tokio::spawn(append(number))).collect();
    tokio::task::yield_now().await;

    let refused = tokio::spawn(append(9));
    tokio::task::yield_now().await;
    assert!(refused.is_finished(), "it does not wait");
    let refused = refused.await.unwrap().unwrap_err();
    assert!(matches!(refused, AppendError::Full { retry_after_secs: 1..=60 }), "{refused}");
    assert_eq!(refused.code(), ErrorCode::Overloaded);
    assert_eq!(log.end(), Offset(1), "nothing is durable while the disk is busy");

    drop(held);
    for task in accepted {
        task.await.unwrap().unwrap();
    }
    assert_eq!(append(9).await.unwrap(), Offset(11)..Offset(21), "there is room again, and the refused left no gap");
    let expected: Vec<_> = [1, 2, 3, 4, 10].into_iter().flat_map(records).collect();
    assert_eq!(read_all(&log), expected);
}

#[tokio::test]
async fn the_queue_is_bounded_in_bytes_too() {
    let disk = SimDisk::new(3);
    let options = Options { group_bytes_max: 1_000, queue_bytes_max: 1_000, ..Options::default() };
    let log = Arc::new(open(&disk, options).unwrap());
    let append = |bytes: usize| {
        let log = Arc::clone(&log);
        async move { log.append(vec![Bytes::from(vec![0; bytes])]).await }
    };
    let held = disk.hold_syncs();
    let accepted = tokio::spawn(append(592));
    tokio::task::yield_now().await;
    let refused = tokio::spawn(append(393));
    tokio::task::yield_now().await;
    assert!(refused.is_finished(), "600 and 401 bytes are too many");
    assert!(matches!(refused.await.unwrap(), Err(AppendError::Full { .. })));
    let fits = tokio::spawn(append(392));
    tokio::task::yield_now().await;
    drop(held);
    assert_eq!(accepted.await.unwrap().unwrap(), Offset(1)..Offset(2));
    assert_eq!(fits.await.unwrap().unwrap(), Offset(2)..Offset(3));
}

#[tokio::test]
async fn an_append_larger_than_a_group_is_refused() {
    let options = Options { group_bytes_max: 1_000, ..Options::default() };
    let log = open(&SimDisk::new(4), options).unwrap();
    let refused = log.append(vec![Bytes::from(vec![0; 500]); 2]).await.unwrap_err();
    assert!(matches!(refused, AppendError::TooLarge { bytes: 1_016, bytes_max: 976 }), "{refused}");
    log.append(vec![Bytes::from(vec![0; 480]); 2]).await.unwrap();
}

/// Several producers and a reader that follows, on the machine's own disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_follow_while_producers_append() {
    const PRODUCERS: usize = 8;
    const APPENDS: usize = 60;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("workspaces/1/log");
    let options = Options { segment_bytes_max: 10_000, ..Options::default() };
    let log = Arc::new(FactLog::open(Arc::new(RealDisk), &folder, options).unwrap());

    let producers: Vec<_> = (0..PRODUCERS)
        .map(|producer| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                let mut ranges = Vec::new();
                for number in 0..APPENDS {
                    let records = (0..1 + number % 3).map(|part| Bytes::from(format!("{producer} {number} {part}")));
                    ranges.push(log.append(records.collect()).await.unwrap());
                }
                ranges
            })
        })
        .collect();
    let total = PRODUCERS * APPENDS * 2;
    let mut end = log.watch();
    let mut read = Vec::new();
    while read.len() < total {
        let next = Offset(read.len() as u64 + 1);
        end.wait_for(|end| *end > next).await.unwrap();
        let log = Arc::clone(&log);
        read.extend(tokio::task::spawn_blocking(move || log.read(next, 100, 10_000)).await.unwrap().unwrap());
    }

    assert!(read.iter().zip(1..).all(|((offset, _), expected)| offset.0 == expected), "dense, in order");
    for (producer, task) in producers.into_iter().enumerate() {
        for (number, range) in task.await.unwrap().into_iter().enumerate() {
            for (part, offset) in (range.start.0..range.end.0).enumerate() {
                assert_eq!(read[offset as usize - 1].1, format!("{producer} {number} {part}"));
            }
        }
    }
    drop(log);
    let log = FactLog::open(Arc::new(RealDisk), &folder, options).unwrap();
    assert_eq!(log.read(Offset::FIRST, usize::MAX, usize::MAX).unwrap(), read);
}

#[tokio::test]
async fn a_log_can_begin_where_another_ends() {
    let disk = SimDisk::new(4);
    FactLog::found(&disk, Path::new(DIR), Offset(41)).unwrap();
    let taken = FactLog::found(&disk, Path::new(DIR), Offset(50)).unwrap_err();
    assert!(taken.to_string().contains("00000000000000000041.seg is there already"), "{taken}");
    let log = open(&disk, small_segments()).unwrap();
    assert_eq!((log.start(), log.end()), (Offset(41), Offset(41)));
    assert_eq!(log.append(records(2)).await.unwrap(), Offset(41)..Offset(43));
    drop(log);
    let log = open(&disk, small_segments()).unwrap();
    assert_eq!(log.read(Offset(41), 9, 999).unwrap().len(), 2);
    assert!(matches!(log.read(Offset(1), 1, 1), Err(ReadError::Trimmed { start: Offset(41), .. })));
}
