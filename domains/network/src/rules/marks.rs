//! What accounts leave behind beside their own name: the device they came from, the address, the account that is paid.
//!
//! A mark is a number made of what was left, and nothing can be read back from it: whoever left the same has the same mark.
//! A handle keeps the first 16, so a proxy that hands out a new address with every request fills nobody's memory.

use facts::Fact;
use kernel::Handle;
use serde::{Deserialize, Serialize};

use super::people::People;

const NONE: u32 = u32::MAX;
/// Marks kept of one handle.
const MARKS_MAX: usize = 16;

/// What a mark was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// A device or a browser.
    Device,
    /// An address in the network.
    Ip,
    /// An account that money is paid to.
    Payee,
}

/// What an account left. Two bits for what it was made of, the others of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mark(u64);

impl Mark {
    /// The mark of a text.
    #[must_use]
    pub fn of(kind: MarkKind, text: &str) -> Self {
        let mut head = [0; 8];
        head.copy_from_slice(&blake3::hash(text.trim().as_bytes()).as_bytes()[..8]);
        Self(u64::from_le_bytes(head) >> 2 | (kind as u64) << 62)
    }

    /// What it was made of.
    #[must_use]
    pub const fn kind(self) -> MarkKind {
        match self.0 >> 62 {
            0 => MarkKind::Device,
            1 => MarkKind::Ip,
            _ => MarkKind::Payee,
        }
    }

    /// A short name for people: four characters tell a handful of devices apart.
    #[must_use]
    pub fn short(self) -> String {
        format!("{:04X}", self.0 & 0xFFFF)
    }
}

/// Fields of a fact's context that marks are made of, as the SDKs name them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Context<'a> {
    #[serde(borrow)]
    ip: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow)]
    device_id: Option<std::borrow::Cow<'a, str>>,
    device: Option<Device>,
}

#[derive(Deserialize)]
struct Device {
    id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Properties<'a> {
    #[serde(borrow)]
    payee: Option<std::borrow::Cow<'a, str>>,
}

/// The marks a fact leaves on whom it is about. A browser is the mark of every account that signed in there.
#[must_use]
pub fn left_by(fact: &Fact) -> Vec<Mark> {
    let mut marks = Vec::new();
    if fact.user_id.is_some() {
        marks.extend(fact.anonymous_id.as_deref().map(|browser| Mark::of(MarkKind::Device, browser)));
    }
    let mut add = |kind, text: Option<&str>| {
        marks.extend(text.filter(|text| !text.trim().is_empty()).map(|text| Mark::of(kind, text)));
    };
    // A look at the text spares most facts the reading.
    if let Some(context) = fact.context.as_deref().map(|context| context.get())
        && (context.contains("\"ip\"") || context.contains("\"device"))
    {
        let context: Context<'_> = serde_json::from_str(context).unwrap_or_default();
        add(MarkKind::Ip, context.ip.as_deref());
        add(MarkKind::Device, context.device_id.as_deref());
        add(MarkKind::Device, context.device.and_then(|device| device.id).as_deref());
    }
    if fact.properties.get().contains("\"payee\"") {
        let properties: Properties<'_> = serde_json::from_str(fact.properties.get()).unwrap_or_default();
        add(MarkKind::Payee, properties.payee.as_deref());
    }
    marks
}

/// The marks of all handles. See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    latest: Vec<u32>,
    entries: Vec<(Mark, u32)>,
}

impl Marks {
    /// Leaves a mark on a handle, unless it is there or the handle has enough of them.
    pub fn add(&mut self, handle: Handle, mark: Mark) {
        let mut seen = 0;
        for known in self.of_handle(handle) {
            seen += 1;
            if known == mark || seen == MARKS_MAX {
                return;
            }
        }
        let place = handle.0 as usize;
        if self.latest.len() <= place {
            self.latest.resize(place + 1, NONE);
        }
        let next = std::mem::replace(&mut self.latest[place], self.entries.len() as u32);
        self.entries.push((mark, next));
    }

    /// The marks of one handle, the latest first.
    pub fn of_handle(&self, handle: Handle) -> impl Iterator<Item = Mark> + '_ {
        let mut at = self.latest.get(handle.0 as usize).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let (mark, older) = *self.entries.get(at as usize)?;
            at = older;
            Some(mark)
        })
    }

    /// Every mark with the person who left it, as persons are known today.
    #[must_use]
    pub fn by_person(&self, people: &People) -> Vec<(Handle, Mark)> {
        let handles = (0..self.latest.len() as u32).map(Handle);
        let mut marks: Vec<_> =
            handles.flat_map(|handle| self.of_handle(handle).map(move |mark| (people.person(handle), mark))).collect();
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

#[cfg(test)]
mod tests {
    use facts::Kind;
    use kernel::Timestamp;
    use serde_json::json;

    use super::*;

    fn fact(user: bool, context: &serde_json::Value, properties: &serde_json::Value) -> Fact {
        Fact {
            source: "test".into(),
            message_id: "m".into(),
            kind: Kind::Track,
            event: "Reward Paid".into(),
            user_id: user.then(|| "u".into()),
            anonymous_id: Some("browser-1".into()),
            ids: Vec::new(),
            timestamp: Timestamp(1),
            original_timestamp: None,
            sent_at: None,
            received_at: Timestamp(1),
            properties: serde_json::value::to_raw_value(properties).unwrap(),
            context: Some(serde_json::value::to_raw_value(context).unwrap()),
        }
    }

    #[test]
    fn a_fact_leaves_the_marks_its_context_names() {
        let context = json!({"ip": "203.0.113.7", "device": {"id": "d-1", "model": "x"}, "library": {"name": "js"}});
        let left = left_by(&fact(true, &context, &json!({"payee": "ali-7"})));
        let of = Mark::of;
        let expected = [
            of(MarkKind::Device, "browser-1"),
            of(MarkKind::Ip, "203.0.113.7"),
            of(MarkKind::Device, "d-1"),
            of(MarkKind::Payee, "ali-7"),
        ];
        assert_eq!(left, expected);
        assert_eq!(left.iter().map(|mark| mark.kind()).collect::<Vec<_>>()[3], MarkKind::Payee);
        assert_ne!(of(MarkKind::Device, "x"), of(MarkKind::Ip, "x"), "an address is no device");
        // A visitor without an account shares nothing with anybody, and odd shapes say nothing.
        assert_eq!(left_by(&fact(false, &json!({"ip": 7, "device": "x"}), &json!({"payee": [1]}))), []);
    }

    #[test]
    fn a_handle_keeps_each_mark_once_and_not_more_than_enough() {
        let mut marks = Marks::default();
        for n in 0..40 {
            marks.add(Handle(3), Mark::of(MarkKind::Ip, &(n % 20).to_string()));
        }
        marks.add(Handle(5), Mark::of(MarkKind::Ip, "0"));
        assert_eq!(marks.of_handle(Handle(3)).count(), MARKS_MAX);
        assert_eq!(marks.of_handle(Handle(4)).count(), 0);
        let mut people = People::default();
        assert_eq!(marks.by_person(&people).len(), MARKS_MAX + 1);
        people.link(Handle(5), Handle(3));
        assert_eq!(marks.by_person(&people).len(), MARKS_MAX, "one person has left it once");
    }
}
