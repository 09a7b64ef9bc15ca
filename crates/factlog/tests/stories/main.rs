//! What users of the log live through, through its public door.

mod bad_disks;
mod daily;
mod damage;
mod inspect;

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use factlog::{FactLog, OpenError, Options, sim::SimDisk};
use kernel::Offset;

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
