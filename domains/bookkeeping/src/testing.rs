//! What the tests of the slice stand on.

use std::sync::Arc;

use async_trait::async_trait;
use db::{Migration, Records};
use facts::NamedId;
use kernel::{Handle, ManualClock, SeededEntropy, Timestamp, WorkspaceId};

use crate::{Persons, PortError, Wiring};

pub(crate) fn migrations() -> Vec<Migration> {
    ledger::MIGRATIONS.to_vec()
}

/// Person 1 is Lin, who signed in; person 2 has nothing but a phone.
struct Known;

#[async_trait]
impl Persons for Known {
    async fn speaking(&self, _: WorkspaceId, person: Handle) -> Result<Option<NamedId>, PortError> {
        Ok((person == Handle(1)).then(|| NamedId::new("wechat:openid:wxA", "lin")))
    }
}

pub(crate) fn wiring(records: Records) -> Wiring {
    Wiring {
        records,
        persons: Arc::new(Known),
        clock: Arc::new(ManualClock::at(Timestamp::from_secs(1_790_000_000))),
        entropy: Arc::new(SeededEntropy::new(1)),
    }
}
