//! What users of the log live through, through its public door.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use factlog::{AppendError, Disk, FactLog, OpenError, Options, ReadError, RealDisk, sim::SimDisk};
use kernel::{ErrorCode, Offset};

const DIR: &str = "log";
const FIRST_SEGMENT: &str = "log/00000000000000000001.seg";

fn open(disk: &SimDisk, options: Options) -> Result<FactLog, OpenError> {
    FactLog::open(Arc::new(disk.clone()), Path::new(DIR), options)
}

fn small_segments() -> Options {
    Options { segment_bytes_max: 400, ..Options::default() }
}

fn records(count: usize) -> Vec<Bytes> {
    (0..count).map(|number| Bytes::from(format!("record {number} of {count}"))).collect()
}

fn read_all(log: &FactLog) -> Vec<Bytes> {
    let records = log.read(Offset::FIRST, usize::MAX, usize::MAX).expect("a readable log");
    records.into_iter().map(|(_, record)| record).collect()
}

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
    disk.hold_syncs();
    let append = |number: usize| {
        let log = Arc::clone(&log);
        async move { log.append(records(number + 1)).await }
    };
    let accepted: Vec<_> = (0..4).map(|number| tokio::spawn(append(number))).collect();
    tokio::task::yield_now().await;

    let refused = append(9).await.unwrap_err();
    assert!(matches!(refused, AppendError::Full { retry_after_secs: 1..=60 }), "{refused}");
    assert_eq!(refused.code(), ErrorCode::Overloaded);
    assert_eq!(log.end(), Offset(1), "nothing is durable while the disk is busy");

    disk.release_syncs();
    for task in accepted {
        task.await.unwrap().unwrap();
    }
    assert_eq!(append(9).await.unwrap(), Offset(11)..Offset(21), "there is room again, and the refused left no gap");
    let expected: Vec<_> = [1, 2, 3, 4, 10].into_iter().flat_map(records).collect();
    assert_eq!(read_all(&log), expected);
}

#[tokio::test]
async fn an_append_larger_than_a_group_is_refused() {
    let options = Options { group_bytes_max: 1_000, ..Options::default() };
    let log = open(&SimDisk::new(4), options).unwrap();
    let refused = log.append(vec![Bytes::from(vec![0; 500]); 2]).await.unwrap_err();
    assert!(matches!(refused, AppendError::TooLarge { bytes: 1_016, bytes_max: 976 }), "{refused}");
    log.append(vec![Bytes::from(vec![0; 480]); 2]).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_and_goes_on_when_there_is_space() {
    let disk = SimDisk::new(5);
    let log = open(&disk, small_segments()).unwrap();
    log.append(records(3)).await.unwrap();
    let durable = disk.contents(Path::new(FIRST_SEGMENT)).unwrap();

    disk.set_capacity(Some(disk.used_bytes() + 40));
    for _ in 0..3 {
        let refused = log.append(records(5)).await.unwrap_err();
        assert!(matches!(refused, AppendError::NoSpace), "{refused}");
        assert_eq!(refused.code(), ErrorCode::Unavailable);
        assert_eq!(disk.contents(Path::new(FIRST_SEGMENT)).unwrap(), durable, "the file is as it was");
    }
    // Too little space for a new segment's head: the roll-over has to be finished before anything else is written.
    disk.set_capacity(Some(disk.used_bytes() + 10));
    assert!(matches!(log.append(records(30)).await, Err(AppendError::NoSpace)));
    assert!(matches!(log.append(records(1)).await, Err(AppendError::NoSpace)));

    disk.set_capacity(None);
    assert_eq!(log.append(records(1)).await.unwrap(), Offset(4)..Offset(5));
    drop(log);
    let log = open(&disk, small_segments()).unwrap();
    assert_eq!(read_all(&log), [records(3), records(1)].concat());
    assert_eq!(log.repair(), None);
}

#[tokio::test]
async fn a_read_only_disk_refuses_and_is_still_read() {
    let disk = SimDisk::new(6);
    let log = open(&disk, Options::default()).unwrap();
    log.append(records(2)).await.unwrap();
    disk.set_read_only(true);
    let refused = log.append(records(2)).await.unwrap_err();
    assert!(matches!(refused, AppendError::Unwritable(_)), "{refused}");
    assert_eq!(read_all(&log), records(2));
    disk.set_read_only(false);
    assert_eq!(log.append(records(2)).await.unwrap(), Offset(3)..Offset(5));
}

#[tokio::test]
async fn a_failed_sync_stops_the_log_until_it_is_opened_again() {
    for seed in 0..20 {
        let disk = SimDisk::new(seed);
        let log = open(&disk, Options::default()).unwrap();
        log.append(records(2)).await.unwrap();
        disk.fail_syncs(1);
        for _ in 0..3 {
            let refused = log.append(records(3)).await.unwrap_err();
            assert!(matches!(&refused, AppendError::Failed { reason } if reason.contains("sync")), "{refused}");
        }
        assert_eq!(read_all(&log), records(2));
        drop(log);

        let log = open(&disk, Options::default()).unwrap();
        let survived = read_all(&log);
        log.append(records(1)).await.unwrap();
        drop(log);
        disk.lose_power();
        disk.restart();
        assert_eq!(read_all(&open(&disk, Options::default()).unwrap()), [survived, records(1)].concat());
    }
}

#[tokio::test]
async fn a_torn_tail_is_cut_and_reported() {
    let disk = SimDisk::new(7);
    let log = open(&disk, Options::default()).unwrap();
    log.append(records(2)).await.unwrap();
    let whole = disk.contents(Path::new(FIRST_SEGMENT)).unwrap();
    log.append(records(3)).await.unwrap();
    drop(log);
    let longer = disk.contents(Path::new(FIRST_SEGMENT)).unwrap();

    for length in whole.len() + 1..longer.len() {
        disk.replace(Path::new(FIRST_SEGMENT), &longer[..length]).unwrap();
        let log = open(&disk, Options::default()).unwrap();
        let repair = log.repair().expect("a repair");
        assert_eq!((repair.position, repair.bytes), (whole.len() as u64, (length - whole.len()) as u64));
        assert_eq!((repair.end, log.end()), (Offset(3), Offset(3)));
        assert_eq!(disk.contents(Path::new(FIRST_SEGMENT)).unwrap(), whole);
        assert_eq!(log.append(records(1)).await.unwrap(), Offset(3)..Offset(4));
        assert_eq!(read_all(&log), [records(2), records(1)].concat());
    }
}

#[tokio::test]
async fn a_segment_that_a_crash_left_unfinished_is_removed() {
    let disk = SimDisk::new(8);
    let log = open(&disk, small_segments()).unwrap();
    log.append(records(2)).await.unwrap();
    drop(log);
    let next = Path::new("log/00000000000000000003.seg");
    for left in [&b""[..], b"SL-FACTS", &[0; 24], &[0xa5; 600]] {
        disk.create(next).unwrap();
        disk.replace(next, left).unwrap();
        let log = open(&disk, small_segments()).unwrap();
        assert_eq!(log.repair().expect("a repair").segment, next);
        assert_eq!(log.end(), Offset(3));
        assert!(disk.contents(next).is_err(), "the file is gone");
    }
    // The very first segment, too, can be left without a head.
    disk.replace(Path::new(FIRST_SEGMENT), b"").unwrap();
    assert_eq!(open(&disk, small_segments()).unwrap().end(), Offset(1));
}

/// A log of one segment with three groups, and one of many segments: each byte that matters is flipped in turn.
#[tokio::test]
async fn damage_is_reported_and_never_skipped() {
    let disk = SimDisk::new(9);
    let log = open(&disk, Options::default()).unwrap();
    let mut group_ends = vec![24];
    for _ in 0..3 {
        log.append(records(2)).await.unwrap();
        group_ends.push(disk.contents(Path::new(FIRST_SEGMENT)).unwrap().len());
    }
    drop(log);
    let sound = disk.contents(Path::new(FIRST_SEGMENT)).unwrap();
    for flipped in 0..group_ends[2] {
        let mut bytes = sound.clone();
        bytes[flipped] ^= 0x10;
        disk.replace(Path::new(FIRST_SEGMENT), &bytes).unwrap();
        let group_start = *group_ends.iter().rfind(|end| **end <= flipped).unwrap_or(&0) as u64;
        match open(&disk, Options::default()) {
            Err(OpenError::Damaged { position, .. }) => assert_eq!(position, group_start, "byte {flipped}"),
            Err(error) => panic!("byte {flipped}: {error}"),
            Ok(_) => panic!("byte {flipped}: opened"),
        }
        assert_eq!(disk.contents(Path::new(FIRST_SEGMENT)).unwrap(), bytes, "damage is left for an inquest");
    }
}

#[tokio::test]
async fn damage_in_an_old_segment_is_met_when_it_is_read() {
    let disk = SimDisk::new(10);
    let log = open(&disk, small_segments()).unwrap();
    for _ in 0..20 {
        log.append(records(4)).await.unwrap();
    }
    let second = disk.list(Path::new(DIR)).unwrap()[1].clone();
    let base: u64 = second.trim_end_matches(".seg").parse().unwrap();
    let path = Path::new(DIR).join(second);
    let mut bytes = disk.contents(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    disk.replace(&path, &bytes).unwrap();
    drop(log);

    let log = open(&disk, small_segments()).unwrap();
    let before = log.read(Offset::FIRST, usize::MAX, usize::MAX).unwrap();
    let next = before.last().unwrap().0.next();
    assert!(next.0 > base, "what is sound before the damage is read");
    assert!(matches!(log.read(next, 1, 1), Err(ReadError::Damaged { segment, .. }) if segment == path));
    assert!(log.read(next.next(), usize::MAX, usize::MAX).is_ok(), "what is sound after it, too");

    // A segment cut short, or gone, is damage as well: it is not the last one.
    disk.replace(&path, &bytes[..24]).unwrap();
    let log = open(&disk, small_segments()).unwrap();
    assert!(matches!(log.read(Offset(base), 1, 1), Err(ReadError::Damaged { position: 24, .. })));
    disk.replace(&path, &bytes[..23]).unwrap();
    assert!(matches!(open(&disk, small_segments()), Err(OpenError::Damaged { position: 0, .. })));
    disk.remove(&path).unwrap();
    let log = open(&disk, small_segments()).unwrap();
    assert!(matches!(log.read(Offset(base), 1, 1), Err(ReadError::Damaged { .. })));
    disk.remove(Path::new(FIRST_SEGMENT)).unwrap();
    assert!(matches!(open(&disk, small_segments()), Err(OpenError::Missing { .. })));
}

#[tokio::test]
async fn a_later_release_s_log_and_foreign_files_are_refused() {
    let disk = SimDisk::new(11);
    drop(open(&disk, Options::default()).unwrap());
    disk.create(Path::new("log/LOCK")).unwrap();
    let mut bytes = disk.contents(Path::new(FIRST_SEGMENT)).unwrap();
    bytes[8] = 2;
    let crc = crc32fast::hash(&bytes[..20]);
    bytes[20..24].copy_from_slice(&crc.to_le_bytes());
    disk.replace(Path::new(FIRST_SEGMENT), &bytes).unwrap();
    let Err(error) = open(&disk, Options::default()) else { panic!("opened") };
    assert!(matches!(error, OpenError::Newer { version: 2, .. }));
    assert!(error.to_string().ends_with("has format 2, this release reads up to 1: start the later release"));

    disk.create(Path::new("log/copy of 1.seg")).unwrap();
    assert!(matches!(open(&disk, Options::default()), Err(OpenError::NotASegment { .. })));
    let contradiction = Options { queue_bytes_max: 1, ..Options::default() };
    assert!(matches!(open(&disk, contradiction), Err(OpenError::Options(_))));
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

/// Power fails under the running writer thread: whoever was told yes was told the truth.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn power_fails_under_many_producers() {
    for seed in 0..50 {
        let disk = SimDisk::new(seed);
        let log = Arc::new(open(&disk, small_segments()).unwrap());
        disk.lose_power_after(5 + seed);
        let producers: Vec<_> = (0..6)
            .map(|producer| {
                let log = Arc::clone(&log);
                tokio::spawn(async move {
                    let mut stored = Vec::new();
                    for number in 0.. {
                        let record = Bytes::from(format!("{producer} {number}"));
                        match log.append(vec![record.clone()]).await {
                            Ok(range) => stored.push((range.start, record)),
                            Err(AppendError::Failed { .. } | AppendError::Unwritable(_)) => break,
                            Err(error) => panic!("{error}"),
                        }
                    }
                    stored
                })
            })
            .collect();
        let mut promised = Vec::new();
        for task in producers {
            promised.extend(task.await.unwrap());
        }
        drop(log);
        disk.restart();
        let log = open(&disk, small_segments()).unwrap();
        promised.sort();
        assert!(log.end().0 > promised.len() as u64);
        assert_eq!(log.read(Offset::FIRST, promised.len(), usize::MAX).unwrap(), promised, "seed {seed}");
    }
}

#[test]
fn files_that_must_appear_whole_do_on_the_simulated_disk() {
    for seed in 0..50 {
        let disk = SimDisk::new(seed);
        let (aside, name) = (Path::new("snapshots/new"), Path::new("snapshots/current"));
        disk.create_dir(Path::new("snapshots")).unwrap();
        for version in 0_u8..10 {
            if version == 5 {
                disk.lose_power_after(seed % 6);
            }
            let store = || {
                let file = disk.create(aside)?;
                file.write_all_at(&[version; 2_000], 0)?;
                file.sync_data()?;
                disk.rename(aside, name)?;
                disk.sync_dir(Path::new("snapshots"))
            };
            if store().is_err() {
                disk.restart();
                let found = disk.contents(name).unwrap();
                assert!(found == [version; 2_000] || found == [version - 1; 2_000], "seed {seed}: neither old nor new");
            }
        }
        assert_eq!(disk.contents(name).unwrap(), [9; 2_000]);
    }
}
