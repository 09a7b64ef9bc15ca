//! Who is who, and how they can be written to: the partition of handles and the contact marks on them.

use kernel::{Handle, Merge, Partition};
use serde::{Deserialize, Serialize};

/// What a person left us to be written to: a set of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact(u8);

impl Contact {
    /// A phone number.
    pub const PHONE: Self = Self(1);
    /// A WeChat id of any kind.
    pub const WECHAT: Self = Self(2);

    /// Marks for what is known.
    #[must_use]
    pub const fn new(phone: bool, wechat: bool) -> Self {
        Self(phone as u8 | (wechat as u8) << 1)
    }

    /// The marks of both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// A fan left both phone and WeChat id; anybody else is a visitor.
    #[must_use]
    pub const fn is_fan(self) -> bool {
        self.0 & 3 == 3
    }
}

/// Persons as sets of handles, with the contact marks of each handle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    partition: Partition,
    contacts: Vec<Contact>,
}

impl People {
    /// The person a handle belongs to, by name: their earliest handle.
    #[must_use]
    pub fn person(&self, handle: Handle) -> Handle {
        self.partition.person(handle)
    }

    /// All handles of the person that `handle` belongs to.
    pub fn handles(&self, handle: Handle) -> impl Iterator<Item = Handle> + '_ {
        self.partition.handles(handle)
    }

    /// Everything the person left on any of their handles.
    #[must_use]
    pub fn contact(&self, handle: Handle) -> Contact {
        self.handles(handle).map(|member| self.contact_on(member)).fold(Contact::default(), Contact::with)
    }

    /// Whether the person is a fan.
    #[must_use]
    pub fn is_fan(&self, handle: Handle) -> bool {
        self.contact(handle).is_fan()
    }

    /// Everybody who left anything, by name, each once.
    pub fn known(&self) -> impl Iterator<Item = Handle> + '_ {
        let marked = |handle: &Handle| self.contact_on(*handle) != Contact::default();
        let all = (0..self.contacts.len() as u32).map(Handle);
        all.filter(move |handle| {
            let first = || self.handles(*handle).find(marked);
            marked(handle) && first() == Some(*handle)
        })
        .map(|handle| self.person(handle))
    }

    /// Adds marks to a handle. Answers whether the handle had not all of them.
    pub fn mark(&mut self, handle: Handle, contact: Contact) -> bool {
        let place = handle.0 as usize;
        if self.contacts.len() <= place {
            self.contacts.resize(place + 1, Contact::default());
        }
        let before = self.contacts[place];
        self.contacts[place] = before.with(contact);
        before != self.contacts[place]
    }

    /// Leaves a handle these marks and no others.
    pub fn restore(&mut self, handle: Handle, contact: Contact) {
        if let Some(marks) = self.contacts.get_mut(handle.0 as usize) {
            *marks = Contact::default();
        }
        self.mark(handle, contact);
    }

    /// What [`People::link`] would make one.
    #[must_use]
    pub fn would_merge(&self, handle: Handle, into: Handle) -> Option<Merge> {
        self.partition.would_merge(handle, into)
    }

    /// Joins a handle to another person: see [`Partition::link`].
    pub fn link(&mut self, handle: Handle, into: Handle) -> Option<Merge> {
        self.partition.link(handle, into)
    }

    /// Puts persons together anew: see [`Partition::regroup`].
    pub fn regroup(&mut self, moves: &[(Handle, Handle)]) {
        self.partition.regroup(moves);
    }

    fn contact_on(&self, handle: Handle) -> Contact {
        self.contacts.get(handle.0 as usize).copied().unwrap_or_default()
    }
}
