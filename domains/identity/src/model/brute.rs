//! The index against the plainest thing that could answer: everybody as a few texts, looked at one by one.

use std::collections::{BTreeMap, BTreeSet};

use facts::Identified;
use kernel::{Handle, Timestamp};
use pinyin::ToPinyinMulti;
use proptest::prelude::*;

use super::{Ask, Change, Filter, Hit, Index, Matched};
use crate::rules::{PhoneAsked, Wanted, digits, fold};

/// Characters with one reading, with several, with a traditional form, and none at all.
const CHARACTERS: [char; 12] = ['张', '張', '伟', '单', '吕', '乐', '王', 'w', 'z', '1', '·', '敏'];

fn text(len: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&CHARACTERS[..]), len).prop_map(String::from_iter)
}

fn handle() -> impl Strategy<Value = Handle> {
    (1..16_u32).prop_map(Handle)
}

fn known() -> impl Strategy<Value = Identified> {
    let phone = prop::option::of((0..3_u32).prop_map(|n| format!("1700000{n}00{n}")));
    let wechat = prop::option::of(Just("o-x".to_owned()));
    let city = prop::option::of(prop::sample::select(vec!["杭州".to_owned(), "廣州".to_owned()]));
    (prop::option::of(text(0..4)), phone, wechat, city).prop_map(|(name, phone, wechat, city)| Identified {
        name,
        phone,
        wechat,
        city,
    })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => handle().prop_map(Change::IsId),
        4 => (handle(), known()).prop_map(|(handle, known)| Change::Knows(handle, known)),
        1 => (handle(), known()).prop_map(|(handle, known)| Change::Restored(handle, known)),
        1 => (handle(), handle()).prop_map(|(a, b)| Change::Joins(a, b)),
        2 => (handle(), 0..9_i64).prop_map(|(handle, at)| Change::Seen(handle, Timestamp::from_secs(at))),
    ]
}

fn asked() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => text(0..3),
        2 => "[zwlsmydn]{1,3}",
        1 => prop::sample::select(vec!["zhangwei", "zhangw", "shan", "lv", "lu", "wangmin", "0001", "17000000000", "yue"])
            .prop_map(str::to_owned),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let city = prop::option::weighted(0.2, Just("广州".to_owned()));
    let seen_from = prop::option::weighted(0.2, (0..9_i64).prop_map(Timestamp::from_secs));
    (prop::option::weighted(0.3, any::<bool>()), city, seen_from).prop_map(|(fan, city, seen_from)| Filter {
        fan,
        city,
        seen_from,
    })
}

#[derive(Default)]
struct Naive {
    set: BTreeMap<Handle, Handle>,
    joined: BTreeSet<Handle>,
    ids: BTreeSet<Handle>,
    known: BTreeMap<Handle, Identified>,
    seen: BTreeMap<Handle, i64>,
}

impl Naive {
    fn person(&self, handle: Handle) -> Handle {
        self.set.get(&handle).copied().unwrap_or(handle)
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::IsId(handle) => {
                self.ids.insert(*handle);
            }
            Change::Seen(handle, at) => {
                let seen = self.seen.entry(*handle).or_default();
                *seen = (*seen).max(at.0 / 1_000_000);
            }
            Change::Knows(handle, told) => {
                let known = self.known.entry(*handle).or_default();
                let or = |told: &Option<String>, known: &Option<String>| told.clone().or_else(|| known.clone());
                *known = Identified {
                    name: or(&told.name, &known.name),
                    phone: or(&told.phone, &known.phone),
                    wechat: or(&told.wechat, &known.wechat),
                    city: or(&told.city, &known.city),
                };
            }
            Change::Restored(handle, told) => {
                self.known.insert(*handle, told.clone());
            }
            Change::Joins(handle, into) => {
                let (a, b) = (self.person(*handle), self.person(*into));
                if a != b && self.joined.insert(*handle) {
                    for other in (1..16).map(Handle) {
                        if [a, b].contains(&self.person(other)) {
                            self.set.insert(other, a.min(b));
                        }
                    }
                }
            }
        }
    }

    fn search(&self, typed: &str, filter: &Filter) -> Vec<Hit> {
        let mut hits = Vec::new();
        for person in (1..16).map(Handle).filter(|handle| self.person(*handle) == *handle) {
            let handles: Vec<Handle> = (1..16).map(Handle).filter(|handle| self.person(*handle) == person).collect();
            let last = |field: fn(&Identified) -> Option<&String>| {
                handles.iter().rev().find_map(|handle| field(self.known.get(handle)?).filter(|text| !text.is_empty()))
            };
            let name = last(|known| known.name.as_ref()).map(|name| fold(name)).unwrap_or_default();
            let phone = last(|known| known.phone.as_ref());
            let is_fan = phone.is_some() && last(|known| known.wechat.as_ref()).is_some();
            let city = last(|known| known.city.as_ref()).map(|city| fold(city));
            let seen = handles.iter().filter_map(|handle| self.seen.get(handle)).max().copied().unwrap_or(0);
            let counts = handles.iter().any(|handle| self.ids.contains(handle))
                && filter.fan.is_none_or(|fan| fan == is_fan)
                && filter.city.as_ref().is_none_or(|asked| city == Some(fold(asked)))
                && filter.seen_from.is_none_or(|from| seen >= from.0 / 1_000_000);
            let by_phone = PhoneAsked::new(typed).and_then(|asked| asked.answer(phone.and_then(|p| digits(p))?));
            let matched = if fold(typed).is_empty() {
                Some(Matched::Listed)
            } else {
                by_name(&fold(typed), &name).min_some(by_phone)
            };
            if let Some(matched) = matched.filter(|_| counts) {
                hits.push(Hit::new(matched, u32::try_from(seen).unwrap(), person));
            }
        }
        hits.sort_unstable();
        hits
    }
}

trait MinSome {
    fn min_some(self, other: Self) -> Self;
}

impl MinSome for Option<Matched> {
    fn min_some(self, other: Self) -> Self {
        [self, other].into_iter().flatten().min()
    }
}

/// Everything a text can be typed as: each character itself, or a beginning of one of its readings.
fn ways(text: &str) -> BTreeSet<String> {
    let mut ways: BTreeSet<String> = [String::new()].into();
    let mut all = ways.clone();
    for c in text.chars() {
        let mut steps = vec![c.to_string()];
        for reading in c.to_pinyin_multi().into_iter().flatten().map(pinyin::Pinyin::plain) {
            for typed in [reading.replace('ü', "v"), reading.replace('ü', "u"), reading.to_owned()] {
                steps.extend((1..=typed.chars().count()).map(|len| typed.chars().take(len).collect::<String>()));
            }
        }
        ways = ways.iter().flat_map(|way| steps.iter().map(move |step| format!("{way}{step}"))).collect();
        all.extend(ways.iter().cloned());
    }
    all
}

fn by_name(typed: &str, name: &str) -> Option<Matched> {
    if name == typed {
        return Some(Matched::Name);
    }
    if name.starts_with(typed) {
        return Some(Matched::NamePrefix);
    }
    if ways(name).contains(typed) {
        return Some(Matched::Pinyin);
    }
    let inside = name.char_indices().skip(1).any(|(at, _)| ways(&name[at..]).contains(typed));
    inside.then_some(Matched::Inside)
}

proptest! {
    #[test]
    fn the_index_finds_what_looking_at_everybody_finds(
        changes in prop::collection::vec(change(), 0..60),
        typed in asked(),
        filter in filter(),
        limit in 1..6_usize,
    ) {
        let (mut index, mut naive) = (Index::default(), Naive::default());
        for change in changes {
            naive.apply(&change);
            // Told twice is told once.
            index.apply(change.clone());
            index.apply(change);
        }
        let expected = naive.search(&typed, &filter);
        let mut hits: Vec<Hit> = Vec::new();
        loop {
            let found = index.search(&Ask {
                wanted: Wanted::new(&typed),
                phone: PhoneAsked::new(&typed),
                filter: filter.clone(),
                after: hits.last().copied(),
                limit,
                ..Ask::default()
            });
            prop_assert_eq!(found.total, expected.len());
            hits.extend(found.hits);
            if !found.more {
                break;
            }
        }
        prop_assert_eq!(&hits, &expected, "{}", typed);
        let within = expected.iter().step_by(2).map(|hit| hit.person).collect();
        let wanted = Wanted::new(&typed);
        let phone = PhoneAsked::new(&typed);
        let some = index.search(&Ask { wanted, phone, filter, within: Some(within), limit: 100, ..Ask::default() });
        prop_assert_eq!(some.total, expected.len().div_ceil(2), "whom nobody may see is not counted");
    }

    #[test]
    fn an_id_leads_to_the_person_of_today(changes in prop::collection::vec(change(), 0..60), asked in handle()) {
        let (mut index, mut naive) = (Index::default(), Naive::default());
        for change in changes {
            naive.apply(&change);
            index.apply(change);
        }
        let wanted = Wanted::new("nobody is called so");
        let found = index.search(&Ask { wanted, ids: vec![(asked, Matched::Id)], limit: 9, ..Ask::default() });
        let person = naive.person(asked);
        let is_there = (1..16).map(Handle).any(|handle| naive.person(handle) == person && naive.ids.contains(&handle));
        let expected = is_there.then_some((person, Matched::Id));
        prop_assert_eq!(found.hits.first().map(|hit| (hit.person, hit.matched)), expected);
    }
}
