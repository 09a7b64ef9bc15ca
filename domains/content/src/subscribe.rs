//! What the slice does with facts: a stage of the river, behind identity. Who came by which link, and what came of it, is committed with
//! the reader's offset.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use db::{DbError, Records, Tx};
use facts::{Fact, Typed, names};
use kernel::{Handle, Timestamp};
use river::{Batch, Entry, Stage};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::{
    Persons,
    model::counts::{Counts, Touch},
    rules::{credit::credited, day::day_of},
    store::counts as store,
};

/// What links are made for, besides orders.
const ACTS: [&str; 3] = [names::FORM_SUBMITTED, "Play Joined", "Friend Added"];

/// Digests facts into what came of links.
pub struct Counting {
    persons: Arc<dyn Persons>,
}

impl Counting {
    /// A stage that asks who is who here.
    #[must_use]
    pub fn new(persons: Arc<dyn Persons>) -> Self {
        Self { persons }
    }
}

/// What a fact says of a link.
enum News<'a> {
    Scanned(Cow<'a, str>),
    Opened(Cow<'a, str>),
    Acted,
}

#[derive(Deserialize)]
struct Told<'a> {
    #[serde(borrow)]
    link: Cow<'a, str>,
}

fn news<'a>(fact: &'a Fact, typed: &Typed) -> Option<News<'a>> {
    let is_ours = fact.source == facts::CONTENT;
    let link = || serde_json::from_str(fact.properties.get()).ok().map(|told: Told<'a>| told.link);
    match fact.event.as_str() {
        names::CODE_SCANNED if is_ours => link().map(News::Scanned),
        names::LINK_OPENED if is_ours => link().map(News::Opened),
        _ if matches!(typed, Typed::OrderPaid(_)) => Some(News::Acted),
        event => ACTS.contains(&event).then_some(News::Acted),
    }
}

/// What a batch adds.
struct Sheet {
    touches: BTreeMap<(Handle, String), Touch>,
    days: BTreeMap<(String, i64), Counts>,
}

impl Sheet {
    fn touch(&mut self, link: &str, handle: Handle) -> &mut Touch {
        let new = || Touch { link: link.to_owned(), handle, scanned_at: None, opened_at: None, acted_at: None };
        self.touches.entry((handle, link.to_owned())).or_insert_with(new)
    }

    fn day(&mut self, link: &str, at: Timestamp) -> &mut Counts {
        self.days.entry((link.to_owned(), day_of(at))).or_default()
    }

    fn scanned(&mut self, link: &str, handle: Handle, at: Timestamp) {
        let first = self.touch(link, handle).scanned_at.replace(at);
        if let Some(first) = first {
            self.touch(link, handle).scanned_at = Some(first.min(at));
        }
        let day = self.day(link, at);
        day.scans += 1;
        day.scanned += i64::from(first.is_none());
    }

    fn opened(&mut self, link: &str, handle: Handle, at: Timestamp) {
        let first = self.touch(link, handle).opened_at.replace(at);
        if let Some(first) = first {
            self.touch(link, handle).opened_at = Some(first.min(at));
        }
        let day = self.day(link, at);
        day.opens += 1;
        day.opened += i64::from(first.is_none());
    }

    /// Somebody with these handles did something.
    fn acted(&mut self, handles: &[Handle], at: Timestamp) {
        let of = |handle: Handle| {
            self.touches.range((handle, String::new())..).take_while(move |((of, _), _)| *of == handle)
        };
        let touches: Vec<Touch> =
            handles.iter().flat_map(|handle| of(*handle)).map(|(_, touch)| touch.clone()).collect();
        let Some(place) = credited(&touches, at) else { return };
        let Touch { link, handle, .. } = &touches[place];
        self.touch(link, *handle).acted_at = Some(at);
        self.day(link, at).acted += 1;
    }
}

/// What a batch tells about links, in order: who, when, what.
fn heard(batch: &Batch) -> Vec<(Handle, Timestamp, News<'_>)> {
    let one = |entry: &'_ Entry| -> Option<(Handle, Timestamp)> { Some((entry.subject?, entry.record.fact.timestamp)) };
    let with_news = |entry| {
        let (handle, at) = one(entry)?;
        Some((handle, at, news(&entry.record.fact, &entry.record.typed)?))
    };
    batch.entries.iter().filter_map(with_news).collect()
}

#[async_trait]
impl Stage for Counting {
    async fn digest(&self, tx: &Tx, batch: &mut Batch) -> Result<(), DbError> {
        let (workspace, heard) = (batch.workspace, heard(batch));
        if heard.is_empty() {
            return Ok(());
        }
        let at_links = heard.iter().filter_map(|(handle, _, news)| match news {
            News::Scanned(link) | News::Opened(link) => Some((&**link, *handle)),
            News::Acted => None,
        });
        let mut known = store::touches_at(tx, workspace, at_links).await?;
        let acted = |(handle, _, news): &(Handle, Timestamp, News<'_>)| matches!(news, News::Acted).then_some(*handle);
        let actors: Vec<Handle> = heard.iter().filter_map(acted).collect();
        let mut persons: FxHashMap<Handle, Arc<[Handle]>> = FxHashMap::default();
        if !actors.is_empty() {
            for person in self.persons.within(tx, workspace, &actors).await? {
                let person: Arc<[Handle]> = person.into();
                persons.extend(person.iter().map(|handle| (*handle, Arc::clone(&person))));
            }
            let handles: Vec<Handle> = persons.keys().copied().collect();
            known.append(&mut store::touches_of(tx, workspace, &handles).await?);
        }
        let known = known.into_iter().map(|touch| ((touch.handle, touch.link.clone()), touch));
        let before: BTreeMap<_, _> = known.collect();
        let mut sheet = Sheet { touches: before.clone(), days: BTreeMap::new() };
        for (handle, at, news) in &heard {
            match news {
                News::Scanned(link) => sheet.scanned(link, *handle, *at),
                News::Opened(link) => sheet.opened(link, *handle, *at),
                News::Acted => {
                    let own: Arc<[Handle]> = [*handle].into();
                    sheet.acted(persons.get(handle).unwrap_or(&own), *at);
                }
            }
        }
        let changed = sheet.touches.iter().filter(|(place, touch)| before.get(*place) != Some(*touch));
        store::put_touches(tx, workspace, changed.map(|(_, touch)| touch)).await?;
        store::add_to_days(tx, workspace, &sheet.days).await
    }

    async fn recall(&self, _: &Records, _: &mut Batch) -> Result<(), DbError> {
        Ok(())
    }

    fn settled(&self, _: &Batch) {}
}
