//! What the records have booked, as a lake asks for it.

use std::ops::Range;

use async_trait::async_trait;
use db::Records;
use kernel::{Handle, Offset, WorkspaceId};
use lake::{Bookings, Order, PortError};
use tokio::sync::watch;

use crate::{reader::Position, store};

/// The bookings of one workspace.
pub struct Booked {
    pub(crate) workspace: WorkspaceId,
    pub(crate) records: Records,
    pub(crate) position: watch::Receiver<Position>,
}

#[async_trait]
impl Bookings for Booked {
    fn end(&self) -> Offset {
        self.position.borrow().next
    }

    async fn booked(&self, range: Range<Offset>) -> Result<Vec<(Offset, Handle)>, PortError> {
        Ok(store::bookings(self.records.reads(), self.workspace, range).await?)
    }

    async fn under(
        &self,
        handles: Option<&[Handle]>,
        event: Option<&str>,
        range: Range<Offset>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(Offset, Handle)>, PortError> {
        let reads = self.records.reads();
        Ok(store::bookings_under(reads, self.workspace, handles, event, range, order, limit).await?)
    }
}
