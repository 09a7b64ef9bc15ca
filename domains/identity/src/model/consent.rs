//! What somebody agreed to.

use facts::{ConsentSaid, Purpose};
use kernel::{Handle, Offset, Timestamp};

/// One time somebody agreed, or took it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Consent {
    pub(crate) handle: Handle,
    pub(crate) offset: Offset,
    pub(crate) at: Timestamp,
    /// The key or module it was heard from.
    pub(crate) source: String,
    pub(crate) said: ConsentSaid,
}

impl Consent {
    /// Whether a person has agreed to this purpose: what they said last holds. Of two words of one instant the later in
    /// the log.
    pub(crate) fn holds(ledger: &[Self], purpose: Purpose) -> bool {
        Self::last(ledger, purpose).is_some_and(|consent| consent.said.given)
    }

    /// What somebody said last of a purpose.
    pub(crate) fn last(ledger: &[Self], purpose: Purpose) -> Option<&Self> {
        let about = ledger.iter().filter(|consent| consent.said.purpose == purpose);
        about.max_by_key(|consent| (consent.at, consent.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(offset: u64, at: i64, purpose: Purpose, given: bool) -> Consent {
        let said = ConsentSaid { purpose, given, notice: None, channel: None };
        Consent { handle: Handle(1), offset: Offset(offset), at: Timestamp(at), source: "key:1".into(), said }
    }

    #[test]
    fn what_was_said_last_holds_in_whatever_order_it_was_heard() {
        assert!(!Consent::holds(&[], Purpose::Contact), "silence is no consent");
        let ledger = [said(1, 10, Purpose::Contact, true), said(2, 5, Purpose::Contact, false)];
        assert!(Consent::holds(&ledger, Purpose::Contact), "the refusal is older and came late");
        assert!(!Consent::holds(&ledger, Purpose::Marketing), "each purpose stands for itself");
        let ledger = [said(1, 10, Purpose::Contact, true), said(2, 10, Purpose::Contact, false)];
        assert!(!Consent::holds(&ledger, Purpose::Contact));
    }
}
