//! A provider for trying things out: it moves no money, and signs what it says.

use std::collections::BTreeMap;

use async_trait::async_trait;
use kernel::{Entropy, WorkspaceId};
use parking_lot::Mutex;

use super::pay::{AskBack, Begin, Begun, Callback, Known, PaymentError, Payments};

/// The sandbox. What it was told lasts as long as the process; a payment it does not know was never made.
pub struct Sandbox {
    key: [u8; 32],
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    payments: BTreeMap<(u32, String), State>,
    refunds: BTreeMap<(u32, String), i64>,
}

#[derive(Clone)]
enum State {
    Paid { amount: i64, reference: String },
    Closed,
}

impl Sandbox {
    /// A sandbox with a key of its own.
    #[must_use]
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self { key, told: Mutex::default() }
    }

    fn sign(&self, body: &[u8]) -> blake3::Hash {
        blake3::keyed_hash(&self.key, body)
    }
}

#[async_trait]
impl Payments for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    async fn begin(&self, payment: &Begin<'_>) -> Result<Begun, PaymentError> {
        let callback = Callback {
            workspace: payment.workspace.0,
            number: payment.number.to_owned(),
            amount: payment.amount,
            reference: format!("sandbox-{}", payment.number),
        };
        let body = serde_json::to_vec(&callback).map_err(|error| PaymentError::Unheard(error.into()))?;
        Ok(Begun::Sandbox { callback, signature: self.sign(&body).to_hex().to_string() })
    }

    async fn close(&self, workspace: WorkspaceId, number: &str) -> Result<Known, PaymentError> {
        let mut told = self.told.lock();
        let state = told.payments.entry((workspace.0, number.to_owned())).or_insert(State::Closed);
        Ok(match state.clone() {
            State::Closed => Known::Closed,
            State::Paid { amount, reference } => Known::Paid { amount, reference },
        })
    }

    async fn ask_back(&self, refund: &AskBack<'_>) -> Result<bool, PaymentError> {
        let mut told = self.told.lock();
        let earlier = told.refunds.insert((refund.workspace.0, refund.number.to_owned()), refund.amount);
        Ok(earlier.is_none_or(|earlier| earlier == refund.amount))
    }

    fn believe(&self, body: &[u8], signature: &str) -> Option<Callback> {
        let signature = blake3::Hash::from_hex(signature).ok()?;
        let callback: Callback = serde_json::from_slice(body).ok()?;
        // What is said is signed, not how it is written; and compared in constant time.
        if self.sign(&serde_json::to_vec(&callback).ok()?) != signature {
            return None;
        }
        let mut told = self.told.lock();
        let place = (callback.workspace, callback.number.clone());
        if matches!(told.payments.get(&place), Some(State::Closed)) {
            // It said that it takes no more money for it, and keeps its word.
            return None;
        }
        let (amount, reference) = (callback.amount, callback.reference.clone());
        told.payments.insert(place, State::Paid { amount, reference });
        Some(callback)
    }
}
