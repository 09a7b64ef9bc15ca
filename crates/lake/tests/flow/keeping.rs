//! The task that keeps a lake, on a clock that is moved by hand.

use std::sync::Arc;

use kernel::{ManualClock, Offset, Timestamp};
use lake::{Keeper, Options};

use crate::brand::Brand;

async fn until_done(keeper: &mut Keeper) {
    while keeper.round().await.unwrap() {}
}

#[tokio::test]
async fn facts_wait_for_company_or_for_five_minutes_and_never_overtake_the_records() {
    let brand = Brand::new(4);
    let lake = brand.open().await.unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp(0)));
    let options = Options { file_rows_max: 1000, ..Options::default() };
    let mut keeper = Keeper::new(lake.clone(), options, brand.log.clone(), brand.records.clone(), clock.clone());
    brand.hear(900).await;
    until_done(&mut keeper).await;
    assert_eq!(lake.manifest().next_offset, Offset::FIRST, "nothing is booked yet");

    brand.book(500);
    until_done(&mut keeper).await;
    assert_eq!(lake.manifest().version, 0, "few facts wait");
    clock.advance_secs(299);
    until_done(&mut keeper).await;
    assert_eq!(lake.manifest().version, 0);
    clock.advance_secs(1);
    until_done(&mut keeper).await;
    assert_eq!(lake.manifest().next_offset, Offset(501), "as far as the records, not as the log");

    brand.hear(2100).await;
    brand.book(2499);
    until_done(&mut keeper).await;
    assert_eq!(lake.manifest().next_offset, Offset(2501), "full files at once, the rest waits");
}

#[tokio::test]
async fn replaced_files_stay_for_a_grace_even_over_a_restart() {
    let brand = Brand::new(4);
    let lake = brand.open().await.unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp::from_secs(300 * 86_400)));
    let options = Options { file_rows_max: 100, ..Options::default() };
    let keep = |lake| Keeper::new(lake, options, brand.log.clone(), brand.records.clone(), clock.clone());
    brand.hear(100).await;
    brand.book(100);
    let mut keeper = keep(lake.clone());
    until_done(&mut keeper).await;
    brand.hear(100).await;
    brand.book(100);
    keeper.round().await.unwrap();
    let retired: Vec<String> = lake.manifest().retired.iter().map(|file| file.path.clone()).collect();
    assert_eq!(retired.len(), 2, "the days are over, so their files become one each");
    let there = |path: &String| brand.disk.contents(&Brand::place(path)).is_ok();

    let lake = brand.open().await.unwrap();
    clock.advance_secs(899);
    let mut keeper = keep(lake.clone());
    until_done(&mut keeper).await;
    assert!(retired.iter().all(there));
    clock.advance_secs(1);
    until_done(&mut keeper).await;
    assert!(!retired.iter().any(there));
    assert_eq!(lake.manifest().retired.len(), 0);
    assert_eq!(brand.read(&lake.manifest()).await, brand.told(Offset::FIRST..Offset(201)));
}

#[tokio::test]
async fn files_are_read_through_again_and_again_and_a_bad_one_is_named() {
    let brand = Brand::new(6);
    let lake = brand.open().await.unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp::from_secs(0)));
    let options = Options { file_rows_max: 100, file_secs_max: 0, ..Options::default() };
    let mut keeper = Keeper::new(lake.clone(), options, brand.log.clone(), brand.records.clone(), clock.clone());
    brand.hear(250).await;
    brand.book(250);
    until_done(&mut keeper).await;
    let round = async |keeper: &mut Keeper| {
        for _ in 0..lake.manifest().files.len() + 1 {
            keeper.round().await.unwrap();
        }
    };
    clock.advance_secs(3_600);
    round(&mut keeper).await;
    assert_eq!(lake.known_health().round_ended, Some(Timestamp::from_secs(3_600)));
    assert!(lake.known_health().damaged.is_empty());

    let file = lake.manifest().files[0].clone();
    let sound = brand.disk.contents(&Brand::place(&file.path)).unwrap();
    let mut bad = sound.clone();
    bad[40] ^= 1;
    brand.disk.replace(&Brand::place(&file.path), &bad).unwrap();
    round(&mut keeper).await;
    assert!(lake.known_health().damaged.is_empty(), "an hour is between two rounds");
    clock.advance_secs(3_600);
    round(&mut keeper).await;
    assert!(lake.known_health().damaged.keys().eq([&file.path]));
    brand.disk.replace(&Brand::place(&file.path), &sound).unwrap();
    clock.advance_secs(3_600);
    round(&mut keeper).await;
    assert!(lake.known_health().damaged.is_empty(), "it was restored");
}
