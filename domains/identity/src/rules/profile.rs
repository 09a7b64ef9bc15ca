//! What people let us know, the latest of each field.

use std::collections::BTreeMap;

use facts::Identified;
use kernel::Handle;

use crate::model::Profile;

/// The latest profile per handle, in the order of handles. What is told again replaces what was told before, what is left
/// out stays.
pub(crate) fn latest<'a>(told: impl Iterator<Item = (Handle, &'a Identified)>) -> Vec<Profile> {
    let mut latest: BTreeMap<Handle, Identified> = BTreeMap::new();
    for (handle, told) in told {
        let known = latest.entry(handle).or_default();
        for (known, told) in [
            (&mut known.name, &told.name),
            (&mut known.phone, &told.phone),
            (&mut known.wechat, &told.wechat),
            (&mut known.city, &told.city),
        ] {
            if let Some(told) = told {
                // PostgreSQL cannot store a NUL, and nobody has one in their name.
                *known = Some(told.replace('\0', ""));
            }
        }
    }
    latest.into_iter().map(|(handle, known)| Profile { handle, known }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Identified {
        Identified { name: Some(name.into()), ..Identified::default() }
    }

    #[test]
    fn what_is_told_last_stands_and_what_is_left_out_stays() {
        let in_hangzhou = Identified { city: Some("杭州".into()), ..Identified::default() };
        let told =
            [(Handle(2), named("林")), (Handle(1), named("陈")), (Handle(2), in_hangzhou), (Handle(2), named("林晓"))];
        let latest = latest(told.iter().map(|(handle, told)| (*handle, told)));
        assert_eq!(latest.iter().map(|profile| profile.handle).collect::<Vec<_>>(), [Handle(1), Handle(2)]);
        assert_eq!(latest[0].known, named("陈"));
        assert_eq!(latest[1].known, Identified { city: Some("杭州".into()), ..named("林晓") });
    }

    #[test]
    fn a_text_that_no_engine_stores_is_made_one() {
        let told = named("林\0晓");
        assert_eq!(latest([(Handle(1), &told)].into_iter())[0].known, named("林晓"));
    }
}
