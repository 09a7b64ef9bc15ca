//! One line of the board, and its reasons in words.

use kernel::{Handle, Timestamp};

use super::{Measure, Sheet, TREND_DAYS, Units};
use crate::rules::{
    koc::{self, Candidate, Past, TermKind},
    record::{Beliefs, Record},
    words::{Words, counted},
};

/// Somebody on the board.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Who.
    pub person: Handle,
    /// From 1.
    pub rank: u32,
    /// The terms' points added up.
    pub score: f64,
    /// The campaign they joined last, of those the board counts, by its place.
    pub campaign: u32,
    /// The root they stand under there.
    pub root: Handle,
    /// The unit it belongs to, by its place in [`super::Board::units`].
    pub unit: u32,
    /// Hops from it.
    pub circle: u32,
    /// Fan or visitor.
    pub is_fan: bool,
    /// When they joined there.
    pub joined_at: Timestamp,
    /// What they did in the campaigns the board counts.
    pub record: Record,
    /// Inside a campaign: people they brought directly in its last quarter.
    pub recent: u32,
    /// Inside a campaign: what they did in earlier ones.
    pub past: Past,
    /// Rank and score so many days before as [`super::TREND_DAYS`] says; nothing if they had not joined.
    pub before: [Option<(u32, f64)>; TREND_DAYS.len()],
}

/// What a term is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermName {
    /// People they invited themselves.
    Invites,
    /// People one of their shares brings.
    Share,
    /// How many of those they brought became fans.
    Fans,
    /// A term of KOC v1.
    Inside(TermKind),
}

impl TermName {
    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invites => "invites",
            Self::Share => "share",
            Self::Fans => "fans",
            Self::Inside(kind) => kind.as_str(),
        }
    }
}

/// One reason of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowTerm {
    /// What it is about.
    pub name: TermName,
    /// The number itself.
    pub value: f64,
    /// What it adds to the score.
    pub points: f64,
    /// The reason in words.
    pub words: Words,
}

impl Row {
    pub(super) fn of(sheet: &Sheet, node: usize, units: &Units) -> Self {
        let mut row = Self {
            person: sheet.person(node),
            rank: 0,
            score: 0.0,
            campaign: 0,
            root: Handle(0),
            unit: 0,
            circle: 0,
            is_fan: sheet.is_fan(node),
            joined_at: Timestamp(0),
            record: Record::default(),
            recent: 0,
            past: Past::default(),
            before: [None; TREND_DAYS.len()],
        };
        row.stand(sheet, node, units);
        row
    }

    /// Takes the place they have in this campaign for the one that is told.
    pub(super) fn stand(&mut self, sheet: &Sheet, node: usize, units: &Units) {
        self.campaign = sheet.campaign;
        self.root = sheet.root(node);
        self.unit = units.unit(sheet.campaign, self.root);
        self.circle = sheet.circle(node);
        self.joined_at = sheet.joined_at(node);
    }

    pub(super) fn candidate(&self) -> Candidate {
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Candidate {
            person: self.person,
            root: self.root,
            circle: self.circle,
            is_fan: self.is_fan,
            joined_at: self.joined_at,
            reach: count(self.record.reach),
            direct_invites: count(self.record.invites),
            recent_invites: self.recent,
            past: self.past,
        }
    }
}

/// The reasons of a row.
pub(super) fn terms(row: &Row, measure: &Measure) -> Vec<RowTerm> {
    match measure {
        Measure::Inside(window) => {
            let terms = koc::terms(&row.candidate(), window).into_iter();
            let term = |term: koc::Term| RowTerm {
                name: TermName::Inside(term.kind),
                value: term.value,
                points: term.points,
                words: term.words,
            };
            terms.map(term).collect()
        }
        Measure::Across(beliefs) => across(&row.record, beliefs),
    }
}

fn across(record: &Record, beliefs: &Beliefs) -> Vec<RowTerm> {
    let [invites, share, fans] = beliefs.points(record);
    let campaigns = counted(record.shares.into(), "campaign", "campaigns");
    let invited = counted(record.invites, "person", "people");
    let invites_words = Words::new(
        format!("{} 次活动共直接带来 {} 人", record.shares, record.invites),
        format!("brought {invited} directly in {campaigns}"),
    );
    let share_words = Words::new(
        format!("每次参加约可影响 {:.1} 人（全员平均 {:.1}）", share.0, beliefs.share.mean),
        format!("a share of theirs reaches about {:.1} people (everybody's: {:.1})", share.0, beliefs.share.mean),
    );
    let (own, all) = (100.0 * fans.0, 100.0 * beliefs.fans.mean);
    let fans_words = if record.invites == 0 {
        Words::new(
            format!("还没有直接带来人，粉丝率按平均 {all:.0}% 计"),
            format!("brought nobody directly yet; fans counted as the average {all:.0}%"),
        )
    } else {
        Words::new(
            format!("带来的人里约 {own:.0}% 成为粉丝（全员平均 {all:.0}%）"),
            format!("about {own:.0}% of those they bring become fans (everybody's: {all:.0}%)"),
        )
    };
    let term = |name, (value, points): (f64, f64), words| RowTerm { name, value, points, words };
    vec![
        term(TermName::Invites, invites, invites_words),
        term(TermName::Share, share, share_words),
        term(TermName::Fans, fans, fans_words),
    ]
}
