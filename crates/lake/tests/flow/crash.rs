//! Power is lost anywhere: while a file is written, before the manifest, in the middle of it, in the middle of a
//! compaction, while old files are removed. The disk forgets and tears what was not synced.

use kernel::{Offset, Timestamp};
use lake::{LakeError, LakeWriter, Options};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::brand::Brand;

const OPTIONS: Options = Options {
    file_rows_max: 40,
    file_bytes_max: 1 << 20,
    file_secs_max: 60,
    compact_files_min: 3,
    compact_rows_max: 400,
    compact_bytes_max: 1 << 20,
    grace_secs: 100,
    pause_millis: 1000,
    verify_bytes_per_sec: 4 << 20,
};

/// Works until the power goes; the next offset the lake had said it reached.
async fn work(brand: &Brand, rng: &mut impl Rng, now: &mut Timestamp) -> Result<Offset, LakeError> {
    let lake = brand.open().await?;
    let mut writer = LakeWriter::new(lake.clone(), OPTIONS);
    for _ in 0..12 {
        brand.hear(rng.random_range(1..120)).await;
        brand.book(rng.random_range(1..150));
        *now = now.plus_secs(rng.random_range(1..90));
        while writer.follow(&brand.log, &*brand.records, *now).await? {}
        while writer.compact(*now).await? {}
        writer.sweep(*now).await?;
    }
    Ok(lake.manifest().next_offset)
}

async fn live(seed: u64) -> u64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let brand = Brand::new(seed);
    brand.disk.set_short_writes(rng.random_bool(0.2));
    let mut now = Timestamp::from_secs(10 * 86_400);
    let mut reached = Offset::FIRST;
    let mut crashes = 0;
    for _ in 0..6 {
        brand.disk.lose_power_after(rng.random_range(1..120));
        let worked = work(&brand, &mut rng, &mut now).await;
        crashes += u64::from(worked.is_err());
        brand.disk.lose_power();
        brand.disk.restart();
        let lake = brand.open().await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let manifest = lake.manifest();
        assert!(manifest.next_offset >= worked.unwrap_or(reached), "seed {seed}: what was in the lake is in it");
        reached = manifest.next_offset;
        let told = brand.told(Offset::FIRST..reached);
        assert_eq!(brand.read(&manifest).await, told, "seed {seed}: each booked fact is there once");
        lake.verify().await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let kept = manifest.files.len() + manifest.retired.len();
        assert!(left_over(&brand).await <= kept, "seed {seed}: what a crash left was removed");
    }
    crashes
}

/// Files below the lake's folder, the manifest aside.
async fn left_over(brand: &Brand) -> usize {
    use futures::TryStreamExt;
    let found: Vec<_> = brand.store().list(None).try_collect().await.unwrap();
    found.iter().filter(|object| !object.location.as_ref().ends_with("manifest.json")).count()
}

#[test]
fn power_may_go_at_any_moment() {
    let seeds = std::env::var("SEARCHLIGHT_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(60);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let crashes: u64 = (0..seeds).map(|seed| runtime.block_on(live(seed))).sum();
    assert!(crashes > seeds, "only {crashes} crashes in {seeds} lives");
}

type Fault = (&'static str, fn(&Brand));

#[tokio::test]
async fn a_full_disk_a_read_only_one_and_a_failed_sync_refuse_and_recover() {
    let brand = Brand::new(5);
    let lake = brand.open().await.unwrap();
    let mut writer = LakeWriter::new(lake.clone(), OPTIONS);
    let mut now = Timestamp::from_secs(0);
    let faults: [Fault; 4] = [
        ("full", |brand| brand.disk.set_capacity(Some(brand.disk.used_bytes() + 900))),
        ("read-only", |brand| brand.disk.set_read_only(true)),
        ("a failed sync", |brand| brand.disk.fail_syncs(1)),
        ("many failed syncs", |brand| brand.disk.fail_syncs(3)),
    ];
    for (name, break_it) in faults {
        brand.hear(100).await;
        brand.book(100);
        break_it(&brand);
        assert!(writer.follow(&brand.log, &*brand.records, now).await.is_err(), "{name}");
        brand.disk.set_capacity(None);
        brand.disk.set_read_only(false);
        brand.disk.fail_syncs(0);
        now = now.plus_secs(100);
        while writer.follow(&brand.log, &*brand.records, now).await.unwrap() {}
        now = now.plus_secs(100);
        while writer.follow(&brand.log, &*brand.records, now).await.unwrap() {}
        assert_eq!(lake.manifest().next_offset, brand.log.end(), "{name}");
        assert_eq!(brand.read(&lake.manifest()).await, brand.told(Offset::FIRST..brand.log.end()), "{name}");
    }
}
