//! What an opening log finds: the remains of a crash, damage, the files of others.

use std::path::Path;

use bytes::Bytes;
use factlog::{Disk, OpenError, Options, ReadError, sim::SimDisk};
use kernel::Offset;

use crate::{DIR, FIRST_SEGMENT, open, read_all, records, small_segments};

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
async fn positions_in_a_torn_tail_are_forgotten() {
    let disk = SimDisk::new(7);
    let log = open(&disk, Options::default()).unwrap();
    log.append(records(2)).await.unwrap();
    log.append(vec![Bytes::from(vec![1; 3_000]); 9]).await.unwrap();
    drop(log);
    let mut bytes = disk.contents(Path::new(FIRST_SEGMENT)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    disk.replace(Path::new(FIRST_SEGMENT), &bytes).unwrap();

    let log = open(&disk, Options::default()).unwrap();
    assert_eq!(log.end(), Offset(3));
    log.append(vec![Bytes::from(vec![2; 2_000]); 9]).await.unwrap();
    for offset in 3..12 {
        assert_eq!(log.read(Offset(offset), 1, 1).unwrap(), [(Offset(offset), Bytes::from(vec![2; 2_000]))]);
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

#[tokio::test]
async fn a_trimmed_log_begins_where_it_says_and_a_lost_segment_is_not_taken_for_a_trimmed_one() {
    let disk = SimDisk::new(12);
    let log = open(&disk, small_segments()).unwrap();
    for _ in 0..20 {
        log.append(records(4)).await.unwrap();
    }
    assert_eq!(log.trim_below(Offset(1)).unwrap(), Offset(1), "nothing is old");
    let start = log.trim_below(Offset(40)).unwrap();
    assert!(start > Offset(30) && start <= Offset(40), "whole segments only: {start:?}");
    assert!(matches!(log.read(Offset(1), 1, 1), Err(ReadError::Trimmed { start: begins, .. }) if begins == start));
    let kept = log.read(start, usize::MAX, usize::MAX).unwrap();
    assert_eq!(kept.len() as u64, 81 - start.0);
    let last = log.trim_below(Offset(1_000)).unwrap();
    assert!(last < Offset(81), "the segment that is being written stays");
    log.append(records(1)).await.unwrap();
    drop(log);

    let log = open(&disk, small_segments()).unwrap();
    assert_eq!((log.start(), log.end()), (last, Offset(82)));
    drop(log);
    let segment = Path::new(DIR).join(format!("{:020}.seg", last.0));
    let contents = disk.contents(&segment).unwrap();
    disk.remove(&segment).unwrap();
    assert!(matches!(open(&disk, small_segments()), Err(OpenError::Missing { segment: lost }) if lost == segment));
    disk.create(&segment).unwrap();
    assert!(matches!(open(&disk, small_segments()), Err(OpenError::Damaged { .. })), "nor is it begun anew");
    disk.replace(&segment, &contents).unwrap();
    disk.replace(&Path::new(DIR).join("start"), b"nonsense").unwrap();
    assert!(matches!(open(&disk, small_segments()), Err(OpenError::Damaged { .. })));
}
