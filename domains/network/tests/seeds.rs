//! With whom to start, on the graph the literature measures on. The data is no part of the repository; without it the test
//! says that it was skipped.

#[path = "support/data.rs"]
mod data;

use std::{fs::File, io::BufReader};

use kernel::SystemClock;
use network::{
    lab::{Model, SeedsWanted},
    rules::seeds::Wanted,
};

#[test]
fn fifty_scientists_win_as_many_others_as_the_best_published_method() {
    let Some(path) = data::find("nethept/nethept_wc_directed.txt") else { return };
    let file = BufReader::new(File::open(path).expect("the file opens"));
    let wanted = Wanted { count: 50, epsilon: 0.1, seed: 1, threads: 2 };
    let asked = SeedsWanted { model: Model::Wc, undirected: false, wanted };
    let report = network::lab::seeds(file, &asked, &SystemClock).expect("readable");
    println!("{report:?}");
    assert_eq!((report.people, report.edges, report.seeds.len()), (15_229, 62_752, 50));
    assert!(report.spread - 2.0 * report.spread_stderr >= 958.0, "{report:?}");
    assert!(report.certificate >= 1.0 - (-1.0_f64).exp() - wanted.epsilon, "{report:?}");
}
