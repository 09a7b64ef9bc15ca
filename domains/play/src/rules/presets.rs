//! Plays as tests declare them: one of each kind.

use kernel::Timestamp;

use crate::model::{
    Card, CardsFrom, Chance, Channel, Declaration, Edge, Finality, Gates, InstanceTerms, Kind, OnExpire, Prize,
    Progress, Reward, RewardKind, Terms, Threshold, To,
};

pub(crate) const START: Timestamp = Timestamp::from_secs(1_790_000_000);

pub(crate) fn reward(id: &str, stock: i64, cost_fen: i64, to: To) -> Reward {
    Reward { id: id.into(), name: id.into(), kind: RewardKind::Goods, cost_fen, value_fen: cost_fen, stock, to }
}

/// 0元领: three friends, one book.
pub(crate) fn free_gift(stock: i64) -> Declaration {
    Declaration {
        kind: Kind::FreeGift,
        channel: Channel::MiniProgram,
        terms: Terms {
            text: "邀请 3 位好友助力，免费领一本书，送完为止".into(), organiser: "木木集".into()
        },
        starts_at: START,
        ends_at: START.plus_secs(7 * 24 * 3600),
        zone_minutes: 480,
        gates: Gates::default(),
        instance: InstanceTerms::default(),
        edge: Edge::default(),
        progress: Progress::Count,
        thresholds: vec![Threshold { at: 3, reward: "book".into() }],
        rewards: vec![reward("book", stock, 1500, To::Owner)],
        chance: None,
        budget_fen: 1500 * stock,
        on_expire: OnExpire::Refund,
    }
}

/// One of each kind, small enough for everything to run out.
pub(crate) fn one_of(kind: Kind) -> Declaration {
    let base = free_gift(2);
    let at = |at: i64, reward: &str| Threshold { at, reward: reward.into() };
    match kind {
        Kind::FreeGift => base,
        Kind::Assist => Declaration {
            kind,
            edge: Edge { final_at: Finality::Claimed, ..Edge::default() },
            thresholds: vec![at(1, "a"), at(2, "b")],
            rewards: vec![reward("a", 2, 100, To::Owner), reward("b", 1, 500, To::Owner)],
            budget_fen: 600,
            ..base
        },
        Kind::Referral => Declaration {
            kind,
            terms: Terms { text: "邀请 1 位得书签，2 位得书".into(), ..base.terms },
            edge: Edge { newcomers_only: true, ..Edge::default() },
            thresholds: vec![at(1, "a"), at(2, "b")],
            rewards: vec![
                reward("a", 3, 100, To::Owner),
                reward("b", 2, 500, To::Owner),
                reward("thanks", 5, 10, To::Helper),
            ],
            budget_fen: 1350,
            ..base
        },
        Kind::GroupBuy => Declaration {
            kind,
            progress: Progress::PaidSeats { price_fen: 990 },
            thresholds: vec![at(3, "seat")],
            rewards: vec![reward("seat", 7, 0, To::Members)],
            budget_fen: 0,
            ..base
        },
        Kind::Bargain => Declaration {
            kind,
            progress: Progress::Sum { start_fen: 1000, floor_fen: 1, helpers: 3, lowest_7d_fen: 1000 },
            thresholds: vec![at(999, "book")],
            ..base
        },
        Kind::RedPacket | Kind::Lottery | Kind::CardSet => by_chance(kind, base),
        Kind::CheckIn => Declaration {
            kind,
            progress: Progress::Streak,
            instance: InstanceTerms { open_secs: 7 * 24 * 3600, ..InstanceTerms::default() },
            thresholds: vec![at(1, "a"), at(3, "b")],
            rewards: vec![reward("a", 3, 100, To::Owner), reward("b", 2, 500, To::Owner)],
            budget_fen: 1300,
            ..base
        },
    }
}

/// Those that chance decides.
fn by_chance(kind: Kind, base: Declaration) -> Declaration {
    let at = |at: i64, reward: &str| Threshold { at, reward: reward.into() };
    match kind {
        Kind::RedPacket => Declaration {
            kind,
            progress: Progress::Instant { daily: false },
            thresholds: Vec::new(),
            rewards: vec![Reward { kind: RewardKind::Cash, ..reward("packet", 5, 0, To::Owner) }],
            chance: Some(Chance::Packet { reward: "packet".into(), total_fen: 500, count: 5, min_fen: 1, even: false }),
            budget_fen: 500,
            ..base
        },
        Kind::Lottery => Declaration {
            kind,
            progress: Progress::Instant { daily: true },
            thresholds: Vec::new(),
            rewards: vec![reward("bike", 1, 5000, To::Owner), reward("pen", 3, 100, To::Owner)],
            chance: Some(Chance::Lottery {
                prizes: vec![
                    Prize { reward: "bike".into(), ppm: 300_000 },
                    Prize { reward: "pen".into(), ppm: 200_000 },
                ],
                none_ppm: 500_000,
                fallback: Some("pen".into()),
            }),
            budget_fen: 5300,
            ..base
        },
        Kind::CardSet => {
            let card = |id: &str, ppm| Card { id: id.into(), name: id.into(), ppm };
            Declaration {
                kind,
                channel: Channel::OwnApp,
                progress: Progress::Set {
                    cards: vec![card("fu", 500_000), card("lu", 300_000), card("shou", 200_000)],
                    from: CardsFrom::Help,
                },
                edge: Edge { helps_per_person: 9, ..Edge::default() },
                thresholds: vec![at(3, "book")],
                ..base
            }
        }
        _ => base,
    }
}

/// A paid order yields a packet for who bought; friends who are new get a coupon.
pub(crate) fn order_packet() -> Declaration {
    let base = free_gift(2);
    Declaration {
        kind: Kind::RedPacket,
        terms: Terms { text: "下单后邀请 1 位新朋友，双方有礼".into(), ..base.terms },
        gates: Gates { by_order: true, ..Gates::default() },
        edge: Edge { newcomers_only: true, ..Edge::default() },
        thresholds: vec![Threshold { at: 1, reward: "packet".into() }],
        rewards: vec![
            Reward { kind: RewardKind::Cash, ..reward("packet", 3, 0, To::Owner) },
            Reward { kind: RewardKind::Coupon, ..reward("coupon", 4, 200, To::Helper) },
        ],
        chance: Some(Chance::Packet { reward: "packet".into(), total_fen: 300, count: 3, min_fen: 100, even: true }),
        budget_fen: 1100,
        ..base
    }
}
