//! Whether a declaration is one at all. What the law and the channels say of it is another matter: [`super::guard`].

use std::collections::BTreeSet;

use super::chance::WHOLE;
use crate::model::{Card, Chance, Declaration, Finality, Kind, Progress, Reward, To};

/// Most rewards, thresholds or cards of a play.
const PARTS_MAX: usize = 50;
/// Most friends one try takes: what is kept of it stays small.
const FRIENDS_MAX: i64 = 1000;
/// Most money: a hundred million yuan.
const FEN_MAX: i64 = 10_000_000_000;
/// Most of a reward.
const STOCK_MAX: i64 = 100_000_000;
/// Longest text of terms, in characters.
const TEXT_CHARS_MAX: usize = 20_000;
/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 100;
/// Longest id, in bytes.
const ID_BYTES_MAX: usize = 40;

/// What keeps a declaration from being one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Times that cannot be.
    #[error("the end must come after the beginning")]
    Period,
    /// A span that cannot be.
    #[error("must be between a minute and a year, in seconds")]
    Span(&'static str),
    /// Counts something else than its kind does.
    #[error("a {0} counts {1}")]
    Kind(&'static str, &'static str),
    /// Nothing to earn, or too many things.
    #[error("there must be 1 to {PARTS_MAX} of them")]
    Parts(&'static str),
    /// An id that is none, or is there twice.
    #[error("{1:?} is no id of its own: letters, digits, - and _, up to {ID_BYTES_MAX}")]
    Id(&'static str, String),
    /// A name that is none.
    #[error("a name has 1 to {NAME_CHARS_MAX} characters")]
    Name(&'static str),
    /// A number that cannot be.
    #[error("must be between {1} and {2}")]
    Range(&'static str, i64, i64),
    /// A reward that nobody declared.
    #[error("there is no reward {1:?}")]
    NoReward(&'static str, String),
    /// A reward that nobody can get.
    #[error("nothing leads to the reward {0:?}: give it a threshold or a chance, or take it out")]
    Unreachable(String),
    /// Thresholds that do not rise.
    #[error("thresholds rise, each has its own reward, and the first is at least 1")]
    Thresholds,
    /// A group or a price has one threshold: when it is full, or at the floor.
    #[error("has one threshold, at {0}")]
    OneThreshold(i64),
    /// Odds that are not a million.
    #[error("odds add up to {WHOLE}, nothing included; these add up to {1}")]
    Odds(&'static str, u64),
    /// The floor is not below the beginning by at least one fen for each friend.
    #[error("the floor lies below the price it begins at, by one fen for each friend at least")]
    Floor,
    /// Less in the fund than the least of all packets.
    #[error("the fund holds the least of every packet, and as many packets as the reward's stock")]
    Fund,
    /// Chance where the kind has none, or none where it needs one.
    #[error("this kind {0}")]
    Chance(&'static str),
    /// Who gets it does not fit the kind.
    #[error("{0}")]
    To(&'static str),
    /// Help that cannot be taken back.
    #[error("only help that is counted one by one can be taken back until it is claimed")]
    Finality,
}

impl Flaw {
    /// The field it is about.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Period => "ends_at",
            Self::Span(field)
            | Self::Parts(field)
            | Self::Id(field, _)
            | Self::Name(field)
            | Self::Range(field, ..)
            | Self::NoReward(field, _)
            | Self::Odds(field, _) => field,
            Self::Kind(..) | Self::Floor => "progress",
            Self::Unreachable(_) | Self::To(_) => "rewards",
            Self::Thresholds | Self::OneThreshold(_) => "thresholds",
            Self::Fund | Self::Chance(_) => "chance",
            Self::Finality => "edge.final_at",
        }
    }
}

/// Everything that keeps a declaration from being one.
#[must_use]
pub fn flaws(play: &Declaration) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    bounds(play, &mut flaws);
    rewards(play, &mut flaws);
    progress(play, &mut flaws);
    thresholds(play, &mut flaws);
    chance(play, &mut flaws);
    flaws
}

fn range(flaws: &mut Vec<Flaw>, field: &'static str, number: i64, least: i64, most: i64) {
    if !(least..=most).contains(&number) {
        flaws.push(Flaw::Range(field, least, most));
    }
}

fn bounds(play: &Declaration, flaws: &mut Vec<Flaw>) {
    if play.ends_at <= play.starts_at {
        flaws.push(Flaw::Period);
    }
    let spans = [
        ("instance.open_secs", play.instance.open_secs),
        ("instance.seat_secs", play.instance.seat_secs),
        ("instance.claim_secs", play.instance.claim_secs),
    ];
    let cannot_be = |(field, secs): &(&'static str, i64)| (!(60..=366 * 24 * 3600).contains(secs)).then_some(*field);
    flaws.extend(spans.iter().filter_map(cannot_be).map(Flaw::Span));
    range(flaws, "budget_fen", play.budget_fen, 0, FEN_MAX);
    range(flaws, "zone_minutes", play.zone_minutes.into(), -14 * 60, 14 * 60);
    range(flaws, "gates.entry_fee_fen", play.gates.entry_fee_fen, 0, FEN_MAX);
    range(flaws, "edge.helps_per_person", play.edge.helps_per_person.into(), 1, 1000);
    range(flaws, "edge.depth", play.edge.depth.into(), 1, 10);
    let terms = i64::try_from(play.terms.text.chars().count().max(play.terms.organiser.chars().count()));
    range(flaws, "terms.text", terms.unwrap_or(i64::MAX), 0, TEXT_CHARS_MAX as i64);
    if play.edge.final_at == Finality::Claimed && play.progress != Progress::Count {
        flaws.push(Flaw::Finality);
    }
}

fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(plain)
}

fn is_name(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control)
}

fn ids<'a>(flaws: &mut Vec<Flaw>, field: &'static str, ids: impl Iterator<Item = &'a String>) {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !is_id(id) || !seen.insert(id) {
            flaws.push(Flaw::Id(field, id.clone()));
        }
    }
}

fn rewards(play: &Declaration, flaws: &mut Vec<Flaw>) {
    let most = (1..=PARTS_MAX).contains(&play.rewards.len());
    flaws.extend((!most).then_some(Flaw::Parts("rewards")));
    ids(flaws, "rewards.id", play.rewards.iter().map(|reward| &reward.id));
    for reward in &play.rewards {
        flaws.extend((!is_name(&reward.name)).then_some(Flaw::Name("rewards.name")));
        range(flaws, "rewards.cost_fen", reward.cost_fen, 0, FEN_MAX);
        range(flaws, "rewards.value_fen", reward.value_fen, 0, FEN_MAX);
        range(flaws, "rewards.stock", reward.stock, 1, STOCK_MAX);
        if !leads_to(play, reward) {
            flaws.push(Flaw::Unreachable(reward.id.clone()));
        }
    }
    let has = |to: To| play.rewards.iter().any(|reward| reward.to == to);
    let seats = matches!(play.progress, Progress::PaidSeats { .. });
    if has(To::Members) != seats || (seats && has(To::Owner)) {
        flaws.push(Flaw::To("a group, and only a group, has a reward for its members, and none for an owner"));
    }
    if has(To::Helper) && (!play.needs_friends() || seats) {
        flaws.push(Flaw::To("there are no helpers to get a reward"));
    }
    if play.rewards.iter().filter(|reward| reward.to != To::Owner).count() > 1 {
        flaws.push(Flaw::To("helpers, or members, get one kind of reward"));
    }
}

fn leads_to(play: &Declaration, reward: &Reward) -> bool {
    let by_threshold = play.thresholds.iter().any(|threshold| threshold.reward == reward.id);
    let by_chance = match &play.chance {
        Some(Chance::Packet { reward: packet, .. }) => packet == &reward.id,
        Some(Chance::Lottery { prizes, fallback, .. }) => {
            prizes.iter().any(|prize| prize.reward == reward.id) || fallback.as_ref() == Some(&reward.id)
        }
        None => false,
    };
    reward.to == To::Helper || by_threshold || by_chance
}

fn progress(play: &Declaration, flaws: &mut Vec<Flaw>) {
    let (name, counts, fits) = match play.kind {
        Kind::Assist | Kind::FreeGift | Kind::Referral => {
            (play.kind.slug(), "friends (count)", matches!(play.progress, Progress::Count))
        }
        Kind::GroupBuy => ("group_buy", "paid_seats", matches!(play.progress, Progress::PaidSeats { .. })),
        Kind::Bargain => ("bargain", "sum", matches!(play.progress, Progress::Sum { .. })),
        Kind::RedPacket => {
            ("red_packet", "instant, or count", matches!(play.progress, Progress::Instant { .. } | Progress::Count))
        }
        Kind::Lottery => ("lottery", "instant", matches!(play.progress, Progress::Instant { .. })),
        Kind::CardSet => ("card_set", "set", matches!(play.progress, Progress::Set { .. })),
        Kind::CheckIn => ("check_in", "streak", matches!(play.progress, Progress::Streak)),
    };
    if !fits {
        flaws.push(Flaw::Kind(name, counts));
    }
    match &play.progress {
        Progress::PaidSeats { price_fen } => range(flaws, "progress.price_fen", *price_fen, 1, FEN_MAX),
        Progress::Sum { start_fen, floor_fen, helpers, lowest_7d_fen } => {
            range(flaws, "progress.helpers", (*helpers).into(), 1, FRIENDS_MAX);
            range(flaws, "progress.start_fen", *start_fen, 1, FEN_MAX);
            range(flaws, "progress.floor_fen", *floor_fen, 0, FEN_MAX);
            range(flaws, "progress.lowest_7d_fen", *lowest_7d_fen, 1, FEN_MAX);
            flaws.extend((start_fen.saturating_sub(*floor_fen) < i64::from(*helpers)).then_some(Flaw::Floor));
        }
        Progress::Set { cards, .. } => cards_of(cards, flaws),
        Progress::Count | Progress::Streak | Progress::Instant { .. } => {}
    }
    // A try begun by an order has somebody who began it.
    if play.gates.by_order && !matches!(play.progress, Progress::Count) {
        flaws.push(Flaw::Kind("play begun by an order", "friends (count)"));
    }
}

fn cards_of(cards: &[Card], flaws: &mut Vec<Flaw>) {
    flaws.extend((!(2..=PARTS_MAX).contains(&cards.len())).then_some(Flaw::Parts("progress.cards")));
    ids(flaws, "progress.cards.id", cards.iter().map(|card| &card.id));
    flaws.extend(cards.iter().any(|card| !is_name(&card.name)).then_some(Flaw::Name("progress.cards.name")));
    let sum: u64 = cards.iter().map(|card| u64::from(card.ppm)).sum();
    flaws.extend((sum != u64::from(WHOLE)).then_some(Flaw::Odds("progress.cards.ppm", sum)));
}

fn thresholds(play: &Declaration, flaws: &mut Vec<Flaw>) {
    let thresholds = &play.thresholds;
    for threshold in thresholds {
        match play.reward(&threshold.reward) {
            None => flaws.push(Flaw::NoReward("thresholds.reward", threshold.reward.clone())),
            Some(reward) if reward.to == To::Helper => {
                flaws.push(Flaw::To("what helpers get comes with their help, not by a threshold"));
            }
            Some(_) => {}
        }
    }
    let instant = matches!(play.progress, Progress::Instant { .. });
    if instant != thresholds.is_empty() || thresholds.len() > PARTS_MAX {
        flaws.push(Flaw::Parts("thresholds"));
    }
    let rewards: BTreeSet<&String> = thresholds.iter().map(|threshold| &threshold.reward).collect();
    let rising = thresholds.iter().map(|threshold| threshold.at).is_sorted_by(|a, b| a < b);
    if !rising || rewards.len() < thresholds.len() || thresholds.first().is_some_and(|first| first.at < 1) {
        flaws.push(Flaw::Thresholds);
    }
    let only = match &play.progress {
        Progress::Sum { start_fen, floor_fen, .. } => Some(start_fen.saturating_sub(*floor_fen)),
        Progress::Set { cards, .. } => i64::try_from(cards.len()).ok(),
        Progress::PaidSeats { .. } => thresholds.last().map(|last| last.at.clamp(2, 100)),
        Progress::Count | Progress::Streak => {
            range(flaws, "thresholds.at", thresholds.last().map_or(1, |last| last.at), 1, FRIENDS_MAX);
            None
        }
        Progress::Instant { .. } => None,
    };
    if let Some(at) = only
        && !matches!(thresholds.as_slice(), [one] if one.at == at)
    {
        flaws.push(Flaw::OneThreshold(at));
    }
}

fn chance(play: &Declaration, flaws: &mut Vec<Flaw>) {
    let known = |id: &String| play.reward(id);
    match (&play.chance, &play.progress) {
        (None, Progress::Instant { .. }) => flaws.push(Flaw::Chance("needs packets or prizes")),
        (None, _) => {}
        (Some(Chance::Packet { reward, total_fen, count, min_fen, .. }), progress) => {
            if !matches!(progress, Progress::Instant { .. } | Progress::Count) {
                flaws.push(Flaw::Chance("has no packets"));
            }
            range(flaws, "chance.count", *count, 1, STOCK_MAX);
            range(flaws, "chance.min_fen", *min_fen, 1, FEN_MAX);
            range(flaws, "chance.total_fen", *total_fen, 1, FEN_MAX);
            match known(reward) {
                None => flaws.push(Flaw::NoReward("chance.reward", reward.clone())),
                Some(found) if found.stock != *count || min_fen.saturating_mul(*count) > *total_fen => {
                    flaws.push(Flaw::Fund);
                }
                Some(_) => {}
            }
        }
        (Some(Chance::Lottery { prizes, none_ppm, fallback }), progress) => {
            if !matches!(progress, Progress::Instant { .. }) {
                flaws.push(Flaw::Chance("has no draw: a draw is for everybody who takes part"));
            }
            flaws.extend((!(1..=PARTS_MAX).contains(&prizes.len())).then_some(Flaw::Parts("chance.prizes")));
            for id in prizes.iter().map(|prize| &prize.reward).chain(fallback) {
                flaws.extend(known(id).is_none().then(|| Flaw::NoReward("chance.prizes", id.clone())));
            }
            let sum = prizes.iter().map(|prize| u64::from(prize.ppm)).sum::<u64>() + u64::from(*none_ppm);
            flaws.extend((sum != u64::from(WHOLE)).then_some(Flaw::Odds("chance", sum)));
        }
    }
}
