//! Looking at a log without opening it: what is sound is counted, what is damaged is named, nothing is changed.

use std::path::Path;

use factlog::{Disk, Inspection, OpenError, Options, inspect, sim::SimDisk};
use kernel::Offset;

use crate::{DIR, FIRST_SEGMENT, open, records, small_segments};

fn look(disk: &SimDisk) -> Result<Inspection, OpenError> {
    inspect(disk as &dyn Disk, Path::new(DIR))
}

#[tokio::test]
async fn a_log_that_is_being_written_is_sound() {
    let disk = SimDisk::new(7);
    let log = open(&disk, small_segments()).unwrap();
    for _ in 0..40 {
        log.append(records(5)).await.unwrap();
    }
    let found = look(&disk).unwrap();
    assert_eq!((found.records, found.end), (200, Offset(201)));
    assert!(found.segments > 1);
    log.append(records(5)).await.unwrap();
    assert_eq!(look(&disk).unwrap().end, Offset(206));
}

#[tokio::test]
async fn a_torn_tail_is_no_damage_but_a_bad_byte_before_a_later_group_is() {
    let disk = SimDisk::new(7);
    let log = open(&disk, Options::default()).unwrap();
    log.append(records(2)).await.unwrap();
    log.append(records(3)).await.unwrap();
    drop(log);
    let whole = disk.contents(Path::new(FIRST_SEGMENT)).unwrap();
    disk.replace(Path::new(FIRST_SEGMENT), &whole[..whole.len() - 1]).unwrap();
    let found = look(&disk).unwrap();
    assert_eq!((found.records, found.end), (2, Offset(3)));
    assert_eq!(disk.contents(Path::new(FIRST_SEGMENT)).unwrap().len(), whole.len() - 1, "nothing was cut");

    let mut bad = whole.clone();
    bad[60] ^= 1;
    disk.replace(Path::new(FIRST_SEGMENT), &bad).unwrap();
    assert!(matches!(look(&disk), Err(OpenError::Damaged { .. })));
}
