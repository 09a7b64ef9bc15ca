//! Which link an act is counted to: the one they came by last, once.

use kernel::Timestamp;

use crate::model::counts::Touch;

/// How long after a visit an act is still counted to the link.
const COUNTS_SECS: i64 = 30 * 24 * 3600;

/// The place of the touch that an act at this time is counted to, among those of one person: the last before it and not too long ago. When that one
/// has been counted, nothing is: the same person counts once.
pub(crate) fn credited(touches: &[Touch], at: Timestamp) -> Option<usize> {
    let since = at.plus_secs(-COUNTS_SECS);
    let before = touches.iter().enumerate().filter_map(|(place, touch)| Some((touch.first()?, place)));
    let last = before.filter(|(first, _)| (since..=at).contains(first)).max()?.1;
    let link = &touches[last].link;
    // Another of their handles may have been counted to the same link.
    let is_new = touches.iter().filter(|touch| touch.link == *link).all(|touch| touch.acted_at.is_none());
    is_new.then_some(last)
}

#[cfg(test)]
mod tests {
    use kernel::Handle;
    use proptest::prelude::*;

    use super::*;

    fn touch(link: &str, handle: u32, at: i64, acted: bool) -> Touch {
        let at = Timestamp::from_secs(at);
        Touch {
            link: link.into(),
            handle: Handle(handle),
            scanned_at: None,
            opened_at: Some(at),
            acted_at: acted.then_some(at),
        }
    }

    #[test]
    fn the_last_link_before_the_act_is_thanked_and_once() {
        let touches = [touch("a", 1, 100, false), touch("b", 1, 200, false), touch("c", 1, 300, false)];
        let at = |secs| credited(&touches, Timestamp::from_secs(secs)).map(|place| touches[place].link.as_str());
        assert_eq!((at(99), at(100), at(250), at(9_999)), (None, Some("a"), Some("b"), Some("c")));
        assert_eq!(at(300 + COUNTS_SECS + 1), None, "too long ago");
        let again = [touch("a", 1, 100, true), touch("a", 2, 200, false)];
        assert_eq!(credited(&again, Timestamp::from_secs(300)), None, "the same person under another handle");
    }

    proptest! {
        #[test]
        fn nobody_is_thanked_for_what_was_before_them(times in prop::collection::vec((0_i64..1_000, any::<bool>()), 0..12), at in 0_i64..1_000) {
            let touches: Vec<_> = times.iter().enumerate().map(|(n, (at, acted))| touch(&n.to_string(), 1, *at, *acted)).collect();
            let found = credited(&touches, Timestamp::from_secs(at));
            if let Some(place) = found {
                prop_assert!(touches[place].first().unwrap() <= Timestamp::from_secs(at));
                prop_assert!(touches[place].acted_at.is_none());
            }
        }
    }
}
