//! Disks that are full, read-only, failing or without power.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use factlog::{AppendError, Disk, Options, sim::SimDisk};
use kernel::{ErrorCode, Offset};

use crate::{FIRST_SEGMENT, open, read_all, records, small_segments};

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
        assert_eq!(refused.code(), ErrorCode::StorageFull);
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
    assert_eq!(refused.code(), ErrorCode::Unavailable);
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
