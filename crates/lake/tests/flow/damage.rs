//! What is damaged, missing, newer or of another brand is told by name, and left as it is.

use kernel::{Handle, Offset, Timestamp, WorkspaceId};
use lake::{Ask, Lake, LakeError, LakeWriter, MANIFEST, Options, Order, Timelines};

use crate::brand::{BRAND, Brand};

const OPTIONS: Options = Options {
    file_rows_max: 50,
    file_secs_max: 0,
    file_bytes_max: 1 << 20,
    compact_files_min: 2,
    compact_rows_max: 10_000,
    compact_bytes_max: 1 << 20,
    grace_secs: 100,
    pause_millis: 1000,
    verify_bytes_per_sec: 4 << 20,
};

async fn filled() -> (Brand, Lake, LakeWriter) {
    let brand = Brand::new(9);
    brand.hear(200).await;
    brand.book(200);
    let lake = brand.open().await.unwrap();
    let mut writer = LakeWriter::new(lake.clone(), OPTIONS);
    while writer.follow(&brand.log, &*brand.records, Timestamp(0)).await.unwrap() {}
    assert!(lake.manifest().files.len() > 3);
    (brand, lake, writer)
}

#[tokio::test]
async fn a_flipped_bit_anywhere_in_a_file_is_found_by_its_checksum() {
    let (brand, lake, mut writer) = filled().await;
    let file = lake.manifest().files[0].clone();
    let place = Brand::place(&file.path);
    let sound = brand.disk.contents(&place).unwrap();
    for at in (0..sound.len()).step_by(97) {
        let mut damaged = sound.clone();
        damaged[at] ^= 4;
        brand.disk.replace(&place, &damaged).unwrap();
        let error = lake.verify().await.unwrap_err();
        assert!(matches!(&error, LakeError::Damaged { path, .. } if *path == file.path), "byte {at}: {error}");
        assert!(error.to_string().contains("restore it from a backup"), "{error}");
    }
    let before = lake.manifest();
    let refused = writer.compact(Timestamp::from_secs(90 * 86_400)).await.unwrap_err();
    assert!(matches!(refused, LakeError::Damaged { .. }), "a compaction does not launder damage: {refused}");
    assert_eq!(*lake.manifest(), *before);
    brand.disk.replace(&place, &sound).unwrap();
    lake.verify().await.unwrap();
}

#[tokio::test]
async fn a_file_cut_short_or_missing_is_told_to_who_reads_it() {
    let (brand, lake, _) = filled().await;
    let timelines = Timelines::new(lake.clone(), brand.log.clone(), brand.records.clone());
    let ask = Ask { handles: Some(vec![Handle(1)]), event: None, order: Order::OldestFirst, after: None, limit: 500 };
    let file = lake.manifest().files[1].clone();
    let place = Brand::place(&file.path);
    let sound = brand.disk.contents(&place).unwrap();
    brand.disk.replace(&place, &sound[..sound.len() - 20]).unwrap();
    let error = timelines.page(ask.clone()).await.unwrap_err();
    assert!(matches!(&error, LakeError::Damaged { path, .. } if *path == file.path), "{error}");
    factlog::Disk::remove(&brand.disk, &place).unwrap();
    let error = timelines.page(ask).await.unwrap_err();
    assert!(matches!(&error, LakeError::Missing { path } if *path == file.path), "{error}");
    assert!(matches!(lake.verify().await, Err(LakeError::Missing { .. })));
}

#[tokio::test]
async fn a_manifest_that_cannot_be_trusted_stops_the_opening_and_nothing_is_removed() {
    let (brand, lake, _) = filled().await;
    let place = Brand::place(MANIFEST);
    let sound = brand.disk.contents(&place).unwrap();
    let newer = String::from_utf8(sound.clone()).unwrap().replacen("\"format\": 1", "\"format\": 2", 1);
    brand.disk.replace(&place, newer.as_bytes()).unwrap();
    assert!(matches!(brand.open().await, Err(LakeError::Newer { format: 2, .. })));
    brand.disk.replace(&place, &sound[..sound.len() / 2]).unwrap();
    assert!(matches!(brand.open().await, Err(LakeError::Manifest { .. })));
    brand.disk.replace(&place, &sound).unwrap();
    assert_eq!(*brand.open().await.unwrap().manifest(), *lake.manifest());
    lake.verify().await.unwrap();
    let other = Lake::open(brand.store(), WorkspaceId(BRAND.0 + 1)).await.unwrap();
    assert_eq!(other.manifest().rows(), 0, "brands do not see each other");
}

#[tokio::test]
async fn a_log_that_ends_before_the_lake_is_not_the_lakes() {
    let (brand, lake, _) = filled().await;
    let elsewhere = Brand::new(0);
    let mut writer = LakeWriter::new(lake, OPTIONS);
    let refused = writer.follow(&elsewhere.log, &*brand.records, Timestamp(0)).await.unwrap_err();
    assert!(matches!(refused, LakeError::LogBehind { lake: Offset(201), end: Offset(1) }), "{refused}");
    assert!(refused.is_final());
}
