//! Which of a person's ids owns what is theirs on the brand's own pages.

use facts::{NamedId, namespaces as keys};

use super::Namespaces;
use crate::model::Known;

/// The kinds of ids that may own something, the best first: whoever comes back to the pages comes with it.
const OWNERS: [&str; 6] = [keys::OPENID, keys::USER, keys::MEMBER, keys::FAN, keys::UNIONID, keys::EXTERNAL_USERID];

/// The earliest id of the best kind there is.
pub(crate) fn speaking(ids: Vec<Known>, namespaces: &Namespaces) -> Option<NamedId> {
    let rank = |known: &Known| OWNERS.iter().position(|owner| *owner == namespaces.key_of(known.space));
    let ranked = ids.into_iter().filter_map(|known| Some((rank(&known)?, known)));
    let (_, best) = ranked.min_by_key(|(rank, known)| (*rank, known.handle))?;
    let (key, is_per_app) = (namespaces.key_of(best.space), namespaces.of(best.space).is_some_and(|of| of.per_app));
    Some(match best.value.split_once(':') {
        Some((app, value)) if is_per_app => NamedId::new(format!("{key}:{app}"), value),
        _ => NamedId::new(key, best.value),
    })
}

#[cfg(test)]
mod tests {
    use kernel::Handle;

    use super::*;

    #[test]
    fn who_signs_in_with_wechat_owns_by_that_and_a_phone_number_owns_nothing() {
        let namespaces = Namespaces::with(Vec::new());
        let known = |handle, space, value: &str| Known { handle: Handle(handle), space, value: value.to_owned() };
        let speaks = |ids: &[Known]| speaking(ids.to_vec(), &namespaces);
        let (phone, fan, user) = (known(1, 13, "17012345678"), known(2, 21, "f1"), known(3, 1, "lin"));
        let (openid, later) = (known(4, 11, "wxA:o1"), known(5, 11, "wxB:o2"));
        assert_eq!(speaks(&[]), None);
        assert_eq!(speaks(std::slice::from_ref(&phone)), None);
        assert_eq!(speaks(&[phone.clone(), fan.clone()]), Some(NamedId::new("searchlight:fan", "f1")));
        assert_eq!(speaks(&[fan.clone(), user.clone()]), Some(NamedId::new("user", "lin")));
        assert_eq!(speaks(&[later, phone, fan, user, openid]), Some(NamedId::new("wechat:openid:wxA", "o1")));
    }
}
