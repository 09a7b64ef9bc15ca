//! A brand whose facts are made up: a log, records that book most of it, and a lake on a disk that may lose power.

use std::{
    collections::BTreeMap,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use bytes::Bytes;
use factlog::{Disk, FactLog, sim::SimDisk};
use facts::{Fact, Kind};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};
use lake::{Bookings, DiskStore, Lake, LakeError, LakeFile, Manifest, Order, PortError};
use object_store::{ObjectStore, ObjectStoreExt};
use parking_lot::Mutex;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::value::RawValue;

pub const BRAND: WorkspaceId = WorkspaceId(3);
const ROOT: &str = "/data/lake";
const EVENTS: [&str; 3] = ["Page Seen", "Order Paid", "领券"];

/// Offsets with the handle and event of what was booked there.
#[derive(Default)]
pub struct Records(Mutex<Booked>);

#[derive(Default)]
struct Booked {
    facts: BTreeMap<u64, (Handle, String)>,
    end: u64,
}

impl Records {
    fn pick(&self, range: &Range<Offset>, wanted: impl Fn(Handle, &str) -> bool) -> Vec<(Offset, Handle)> {
        let booked = self.0.lock();
        let end = range.end.0.max(range.start.0);
        let facts = booked.facts.range(range.start.0..end).filter(|(_, (handle, event))| wanted(*handle, event));
        facts.map(|(offset, (handle, _))| (Offset(*offset), *handle)).collect()
    }
}

#[async_trait]
impl Bookings for Records {
    fn end(&self) -> Offset {
        Offset(self.0.lock().end.max(1))
    }

    async fn booked(&self, range: Range<Offset>) -> Result<Vec<(Offset, Handle)>, PortError> {
        Ok(self.pick(&range, |_, _| true))
    }

    async fn under(
        &self,
        handles: Option<&[Handle]>,
        event: Option<&str>,
        range: Range<Offset>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(Offset, Handle)>, PortError> {
        let mut found = self.pick(&range, |handle, of| {
            handles.is_none_or(|these| these.contains(&handle)) && event.is_none_or(|event| event == of)
        });
        if order == Order::NewestFirst {
            found.reverse();
        }
        found.truncate(limit);
        Ok(found)
    }
}

/// One brand with a log, records and a lake's disk.
pub struct Brand {
    pub log: Arc<FactLog>,
    pub records: Arc<Records>,
    pub disk: SimDisk,
    pub people: u32,
}

impl Brand {
    pub fn new(seed: u64) -> Self {
        let log_disk: Arc<dyn Disk> = Arc::new(SimDisk::new(0));
        let log = FactLog::open(log_disk, Path::new("/log"), factlog::Options::default()).unwrap();
        Self { log: Arc::new(log), records: Arc::default(), disk: SimDisk::new(seed), people: 12 }
    }

    pub fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::new(DiskStore::new(Arc::new(self.disk.clone()), PathBuf::from(ROOT)))
    }

    pub async fn open(&self) -> Result<Lake, LakeError> {
        Lake::open(self.store(), BRAND).await
    }

    /// Where the disk keeps a file of the lake.
    pub fn place(name: &str) -> PathBuf {
        Path::new(ROOT).join(BRAND.to_string()).join(name)
    }

    /// Facts come in.
    pub async fn hear(&self, facts: usize) {
        let from = self.log.end().0;
        let facts = (from..from + facts as u64).map(|offset| Bytes::from(fact(offset).to_log().unwrap()));
        self.log.append(facts.collect()).await.unwrap();
    }

    /// The records book some of what came in: every seventh fact is a repeat.
    pub fn book(&self, facts: u64) {
        let mut booked = self.records.0.lock();
        let from = booked.end.max(1);
        let to = (from + facts).min(self.log.end().0);
        for offset in from..to {
            if offset % 7 != 3 {
                let handle = Handle(u32::try_from(offset * offset % u64::from(self.people)).unwrap());
                booked.facts.insert(offset, (handle, fact(offset).event));
            }
        }
        booked.end = to;
    }

    /// What the records have booked in a range, as the lake should tell it.
    pub fn told(&self, range: Range<Offset>) -> Vec<(Offset, Handle)> {
        self.records.pick(&range, |_, _| true)
    }

    /// What a reader of a manifest reads, in the order of offsets; checks on the way that every file is what it says.
    pub async fn read(&self, manifest: &Manifest) -> Vec<(Offset, Handle)> {
        let mut rows = Vec::new();
        for file in &manifest.files {
            rows.extend(self.read_file(file).await);
        }
        rows.sort_unstable();
        rows
    }

    async fn read_file(&self, file: &LakeFile) -> Vec<(Offset, Handle)> {
        let path = object_store::path::Path::from(format!("{BRAND}/{}", file.path));
        let bytes = self.store().get(&path).await.unwrap().bytes().await.unwrap();
        assert_eq!(blake3::hash(&bytes).to_string(), file.checksum);
        let mut keys = Vec::new();
        for batch in ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let column =
                |name: &str| arrow_array::cast::as_primitive_array(batch.column_by_name(name).unwrap()).clone();
            let offsets: arrow_array::UInt64Array = column("offset");
            let handles: &arrow_array::UInt32Array = arrow_array::cast::as_primitive_array(batch.column(2));
            let times: &arrow_array::TimestampMicrosecondArray = arrow_array::cast::as_primitive_array(batch.column(9));
            for at in 0..batch.num_rows() {
                keys.push((handles.value(at), times.value(at), offsets.value(at)));
            }
        }
        assert!(keys.is_sorted(), "{}", file.path);
        assert_eq!(keys.len() as u64, file.rows, "{}", file.path);
        let rows: Vec<_> = keys.into_iter().map(|(handle, _, offset)| (Offset(offset), Handle(handle))).collect();
        assert_eq!(rows.iter().map(|row| row.0).min(), Some(file.first_offset), "{}", file.path);
        assert_eq!(rows.iter().map(|row| row.0).max(), Some(file.last_offset), "{}", file.path);
        assert_eq!(rows.iter().map(|row| row.1.0).min(), Some(file.min_handle), "{}", file.path);
        assert_eq!(rows.iter().map(|row| row.1.0).max(), Some(file.max_handle), "{}", file.path);
        for (offset, _) in &rows {
            assert!(file.path.contains(&lake::Day::of(fact(offset.0).received_at).to_string()), "{}", file.path);
        }
        rows
    }
}

/// The fact at an offset; some hundred of them are received on one day, not quite in order.
pub fn fact(offset: u64) -> Fact {
    let at = i64::try_from(offset).unwrap() * 300 + i64::try_from(offset * 7919 % 1000).unwrap();
    Fact {
        source: "key:1".into(),
        message_id: format!("m-{offset}"),
        kind: if offset.is_multiple_of(5) { Kind::Identify } else { Kind::Track },
        event: EVENTS[(offset % 3) as usize].into(),
        user_id: (offset.is_multiple_of(2)).then(|| format!("u{}", offset % 11)),
        anonymous_id: (offset % 2 == 1).then(|| format!("a{}", offset % 13)),
        ids: if offset.is_multiple_of(5) {
            vec![facts::NamedId::new("wechat:unionid", format!("o{offset}"))]
        } else {
            Vec::new()
        },
        timestamp: Timestamp::from_secs(at - 60),
        original_timestamp: (offset.is_multiple_of(4)).then(|| Timestamp::from_secs(at - 61)),
        sent_at: (offset.is_multiple_of(3)).then(|| Timestamp::from_millis(at * 1000 - 500)),
        received_at: Timestamp::from_secs(at),
        properties: RawValue::from_string(format!(r#"{{"n":{offset},"词":"春 {offset}","amount":1.50}}"#)).unwrap(),
        context: (offset.is_multiple_of(6)).then(|| RawValue::from_string(r#"{"page":{"path":"/"}}"#.into()).unwrap()),
    }
}
