//! How honest forecasts are, on real cascades. The data is no part of the repository; without it the test says that it was
//! skipped.

#[path = "support/data.rs"]
mod data;

use std::io::{BufRead, Cursor, Read};

#[test]
fn bands_hold_what_they_say_on_cascades_nobody_fitted() {
    let Some(path) = data::find("ced/ced_cascades.jsonl.zst") else { return };
    // A quarter of the lines is enough to see it, and takes seconds.
    let mut part = Vec::new();
    data::unpacked(&path).take(1 << 25).read_to_end(&mut part).expect("readable");
    let end = part.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    part.truncate(end + 1);
    let lines = Cursor::new(part);
    println!("{} lines", lines.clone().lines().count());
    let report = network::lab::whatif(lines, 1, 2).expect("readable");
    println!("{report:?}");
    for stopped in [&report.half_time, &report.six_hours, &report.half_people, &report.from_start] {
        let held = [stopped.coverage_50, stopped.coverage_80, stopped.coverage_90];
        for (held, share) in held.into_iter().zip([0.5, 0.8, 0.9]) {
            assert!((held - share).abs() < 0.1, "{share}: {stopped:?}");
        }
        assert!(stopped.cascades > 100);
    }
    let half = &report.half_time;
    assert!(half.median_error < half.median_error_doubles && half.median_error < half.median_error_stays, "{half:?}");
}
