//! A live code leads a customer: counted where it is decided, so that no capacity is ever exceeded, however many scan at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use db::{DbError, Decider, Tx};
use facts::NamedId;
use kernel::{Timestamp, UnitId, WorkspaceId};

use crate::{
    model::routing::Routing,
    rules::{
        day::{day_of, minute_of},
        route::{Load, again, route},
    },
    store::ways::{self, CodeDay, Seat},
};

/// A customer scans a live code.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub(crate) workspace: WorkspaceId,
    pub(crate) link: String,
    pub(crate) who: NamedId,
    /// In which unit, if the printed address says so.
    pub(crate) unit: Option<UnitId>,
    pub(crate) routing: Arc<Routing>,
    pub(crate) at: Timestamp,
}

/// Decides whom customers are led to.
pub(crate) struct Assigning;

#[async_trait]
impl Decider for Assigning {
    type Command = Scan;
    /// The way; nothing when nobody is there or all are full.
    type Outcome = Option<String>;

    fn name(&self) -> &'static str {
        "content_codes"
    }

    async fn decide(&self, tx: &Tx, scans: &[Scan]) -> Result<Vec<Option<String>>, DbError> {
        let seats: Vec<Seat> = scans.iter().map(|scan| (scan.workspace, scan.link.clone(), scan.who.clone())).collect();
        let days: Vec<CodeDay> =
            scans.iter().map(|scan| (scan.workspace, scan.link.clone(), day_of(scan.at))).collect();
        let mut assigned = ways::assigned(tx, &seats).await?;
        let mut loads: BTreeMap<CodeDay, Load> = ways::loads(tx, days.iter().collect::<BTreeSet<_>>()).await?;
        let (mut led, mut counted) = (BTreeSet::new(), BTreeSet::new());
        let mut outcomes = Vec::with_capacity(scans.len());
        for ((scan, seat), day) in scans.iter().zip(&seats).zip(&days) {
            let known = assigned.get(seat).and_then(|way| again(&scan.routing, way));
            if let Some(way) = known {
                outcomes.push(Some(way.way.to_string()));
                continue;
            }
            let load = loads.entry(day.clone()).or_default();
            let way = route(&scan.routing, load, minute_of(scan.at), scan.unit.as_ref()).map(|way| way.way.to_string());
            if let Some(way) = &way {
                *load.entry(way.clone()).or_default() += 1;
                assigned.insert(seat.clone(), way.clone());
                led.insert(seat);
                counted.insert((day, way.clone()));
            }
            outcomes.push(way);
        }
        let led = led.into_iter().filter_map(|seat| Some((seat, assigned.get(seat)?)));
        ways::put_assigned(tx, led, tx.at()).await?;
        let people =
            |(day, way): &(&CodeDay, String)| loads.get(*day).and_then(|load| load.get(way)).copied().unwrap_or(0);
        ways::put_loads(tx, counted.iter().map(|entry| (entry.0, &entry.1, people(entry)))).await?;
        Ok(outcomes)
    }
}
