//! Whatever the sizes of batches, the restarts and the compactions: the lake has the booked facts below its next offset,
//! each once.

use kernel::{Offset, Timestamp};
use lake::{LakeWriter, Options};
use proptest::prelude::*;

use crate::brand::Brand;

#[derive(Clone, Debug)]
enum Step {
    Hear(usize),
    Book(u64),
    Follow,
    Compact,
    Sweep,
    Restart,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1_usize..400).prop_map(Step::Hear),
        3 => (1_u64..500).prop_map(Step::Book),
        4 => Just(Step::Follow),
        3 => Just(Step::Compact),
        1 => Just(Step::Sweep),
        1 => Just(Step::Restart),
        2 => (1_i64..1000).prop_map(Step::Wait),
    ]
}

fn options() -> impl Strategy<Value = Options> {
    (1_u64..300, 1_usize..100_000, 2_usize..5, 10_u64..800).prop_map(
        |(file_rows_max, file_bytes_max, compact_files_min, compact_rows_max)| Options {
            file_rows_max,
            file_bytes_max,
            compact_files_min,
            compact_rows_max,
            ..Options::default()
        },
    )
}

async fn play(steps: Vec<Step>, options: Options) {
    let brand = Brand::new(1);
    let mut lake = brand.open().await.unwrap();
    let mut writer = LakeWriter::new(lake.clone(), options);
    let mut now = Timestamp::from_secs(86_400);
    let mut old = lake.manifest();
    for step in steps {
        match step {
            Step::Hear(facts) => brand.hear(facts).await,
            Step::Book(facts) => brand.book(facts),
            Step::Follow => while writer.follow(&brand.log, &*brand.records, now).await.unwrap() {},
            Step::Compact => {
                let read_before = lake.manifest();
                writer.compact(now).await.unwrap();
                let rows = brand.read(&read_before).await;
                assert_eq!(rows, brand.read(&lake.manifest()).await, "a compaction changes no rows for anybody");
                old = read_before;
            }
            Step::Sweep => {
                writer.sweep(now).await.unwrap();
            }
            Step::Restart => {
                lake = brand.open().await.unwrap();
                writer = LakeWriter::new(lake.clone(), options);
            }
            Step::Wait(secs) => {
                now = now.plus_secs(secs);
                old = lake.manifest();
            }
        }
        let manifest = lake.manifest();
        let told = brand.told(Offset::FIRST..manifest.next_offset);
        assert_eq!(brand.read(&manifest).await, told, "the lake has what was booked below its next offset");
        let told = brand.told(Offset::FIRST..old.next_offset);
        assert_eq!(brand.read(&old).await, told, "within the grace a reader of an older manifest reads its rows");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_booked_fact_is_in_the_lake_once(steps in prop::collection::vec(step(), 1..24), options in options()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(steps, options));
    }
}
