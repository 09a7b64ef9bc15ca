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

/// What facts that take an import back leave of profiles, with what was told after them: under these handles nothing else is
/// known. In the order of handles.
pub(crate) fn restored<'a>(told: impl Iterator<Item = (Handle, Told<'a>)>) -> Vec<Profile> {
    let mut after: BTreeMap<Handle, Vec<&Identified>> = BTreeMap::new();
    for (handle, told) in told {
        match told {
            Told::Restored(known) => {
                after.insert(handle, vec![known]);
            }
            Told::Known(known) => {
                if let Some(after) = after.get_mut(&handle) {
                    after.push(known);
                }
            }
        }
    }
    latest(after.into_iter().flat_map(|(handle, after)| after.into_iter().map(move |known| (handle, known))))
}

/// What a fact says of a profile.
pub(crate) enum Told<'a> {
    /// This, beside what was told before.
    Known(&'a Identified),
    /// This, and nothing of what was told before.
    Restored(&'a Identified),
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
    fn what_is_restored_forgets_what_came_before_and_learns_what_came_after() {
        let (lin, chen, nobody) = (named("林"), named("陈"), Identified::default());
        let in_hangzhou = Identified { city: Some("杭州".into()), ..Identified::default() };
        let told = [
            (Handle(1), Told::Known(&lin)),
            (Handle(1), Told::Restored(&nobody)),
            (Handle(1), Told::Known(&in_hangzhou)),
            (Handle(2), Told::Known(&chen)),
            (Handle(3), Told::Restored(&chen)),
        ];
        let left = restored(told.into_iter());
        let profile = |handle, known: &Identified| Profile { handle: Handle(handle), known: known.clone() };
        assert_eq!(left, [profile(1, &in_hangzhou), profile(3, &chen)]);
    }

    #[test]
    fn a_text_that_no_engine_stores_is_made_one() {
        let told = named("林\0晓");
        assert_eq!(latest([(Handle(1), &told)].into_iter())[0].known, named("林晓"));
    }
}
