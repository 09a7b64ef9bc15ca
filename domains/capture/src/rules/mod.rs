//! What makes a fact out of an item. Pure: the time of receipt and fresh message ids are handed in.

mod accept;
mod excerpt;
pub mod health;
mod ids;
pub mod import;
mod inflate;
mod merge;
mod rejection;
pub mod sa;
mod segment;
pub mod table;

pub use accept::{Accepting, ITEM_BYTES_MAX};
pub use excerpt::{Glimpse, excerpt};
pub use inflate::{Inflate, inflate};
pub use rejection::Rejection;
pub use segment::{SegmentBatch, accept_segment, read_segment, read_segment_call};

#[cfg(test)]
mod tests {
    use facts::Fact;
    use kernel::Timestamp;
    use proptest::{prelude::*, sample::select};
    use serde_json::value::RawValue;

    use super::*;

    /// Pieces of JSON, in an order that is often an item and often nearly one.
    fn text() -> impl Strategy<Value = String> {
        let pieces = select(vec![
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "null",
            "1e999",
            "-0",
            "\\",
            "\\u0000",
            "\\ud800",
            " ",
            "长",
            "\u{0}",
            r#""event":"E""#,
            r#""user_id":"u""#,
            r#""userId":"u""#,
            r#""type":"track""#,
            r#""type":"identify""#,
            r#""event":"Spread Opened""#,
            r#""properties":{"campaign":"c","sharer_id":"s"}"#,
            r#""properties":{}"#,
            r#""traits":{"name":"\u0000"}"#,
            r#""context":{"a":1}"#,
            r#""timestamp":"2026-11-22T07:00:00Z""#,
            r#""sent_at":"0000-01-01T00:00:00Z""#,
            r#""sentAt":"9999-12-31T23:59:59Z""#,
            r#""batch":["#,
        ]);
        prop_oneof![
            prop::collection::vec(pieces.clone(), 0..30).prop_map(|pieces| pieces.concat()),
            // Members in braces, with commas between them: mostly an object.
            prop::collection::btree_set(pieces, 0..8).prop_map(|pieces| format!(
                "{{{}}}",
                pieces.into_iter().filter(|piece| piece.len() > 8).collect::<Vec<_>>().join(",")
            )),
        ]
    }

    fn survives_the_log(fact: &Fact) -> Result<(), TestCaseError> {
        let bytes = fact.to_log().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let kept = Fact::from_log(&bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(kept.to_log().ok(), Some(bytes));
        prop_assert!(kept.typed().is_ok());
        prop_assert!(kept.subject().is_some() || !kept.ids.is_empty());
        for at in [Some(kept.timestamp), kept.original_timestamp, kept.sent_at].into_iter().flatten() {
            prop_assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_text_makes_a_door_stumble_and_what_it_takes_survives_the_log(text in text(), batch_text in text()) {
            let accepting =
                Accepting { source: "key:1", received_at: Timestamp::from_secs(1_790_000_000), sent_at: Some(Timestamp(0)), by_the_brand: true };
            let batch = read_segment(batch_text.as_bytes());
            let context = batch.as_ref().and_then(|batch| batch.context);
            let context = context.or(serde_json::from_str(&batch_text).ok());
            if let Ok(item) = serde_json::from_str::<&RawValue>(&text) {
                if let Ok(fact) = accepting.own(item, || "fresh".into()) {
                    survives_the_log(&fact)?;
                }
                if let Ok(fact) = accept_segment(&accepting, item, context, None, || "fresh".into()) {
                    survives_the_log(&fact)?;
                }
            }
        }

        /// Whatever a client's clock says, what happened so long before it was sent happened so long before it was received.
        #[test]
        fn every_door_corrects_any_clock(skew_millis in -300_000_000_000_i64..300_000_000_000, ago_millis in 0_i64..2_600_000_000) {
            let received_at = Timestamp::from_secs(1_790_000_000);
            let sent = received_at.0 / 1_000 + skew_millis;
            let [sent_at, happened_at] = [sent, sent - ago_millis].map(Timestamp::from_millis);
            let accepting = Accepting { source: "key:1", received_at, sent_at: None, by_the_brand: true };
            let raw = |json: &str| serde_json::from_str::<Box<RawValue>>(json).unwrap();
            let own = raw(&format!(r#"{{"event":"E","user_id":"u","timestamp":"{happened_at}","sent_at":"{sent_at}"}}"#));
            let segment = raw(&format!(r#"{{"type":"track","event":"E","userId":"u","timestamp":"{happened_at}"}}"#));
            let sa = raw(&format!(
                r#"{{"type":"track","event":"E","distinct_id":"u","time":{},"_flush_time":{sent}}}"#, sent - ago_millis
            ));
            let in_batch = Accepting { sent_at: Some(sent_at), ..accepting };
            let expected = Timestamp(received_at.0 - ago_millis * 1_000);
            prop_assert_eq!(in_batch.own(&own, String::new).unwrap().timestamp, expected);
            let batched = accept_segment(&in_batch, &segment, None, None, String::new).unwrap();
            prop_assert_eq!(batched.timestamp, expected);
            let told = sa::Reader::new(in_batch, None, None).read(&sa).unwrap();
            prop_assert_eq!(told.fact.timestamp, expected);
        }
    }
}
