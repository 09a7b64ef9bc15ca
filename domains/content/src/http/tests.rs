//! Stories of links and pages, as staff and customers live them.

mod links;
mod pages;

use std::sync::Arc;

use axum::Router;
use db::{Records, db_test};
use kernel::{ManualClock, Timestamp};
use web::{
    openapi::{assemble, complaints},
    testing::{KnownCallers, KnownFans, check_authorisation},
};

use crate::http::testing::{migrations, wiring};

#[db_test(migrations = migrations())]
async fn every_endpoint_asks_for_the_permission_it_names(records: Records) {
    let clock = Arc::new(ManualClock::at(Timestamp(1)));
    let wiring = wiring(&records, Arc::default(), clock);
    let fans = KnownFans::default().known();
    assert_eq!(check_authorisation(|gate| crate::router(wiring, gate, fans)).await, [""; 0]);
}

#[db_test(migrations = migrations())]
async fn the_document_is_complete(records: Records) {
    let clock = Arc::new(ManualClock::at(Timestamp(1)));
    let router = crate::router(
        wiring(&records, Arc::default(), clock),
        KnownCallers::default().gate(),
        KnownFans::default().known(),
    );
    let (_, api): (Router, _) = assemble("test", "1", &[crate::TAG], [router]);
    assert_eq!(complaints(&api), [""; 0]);
}
