//! What gives a ring away, with its number and in words.

use kernel::{CampaignId, Handle};
use serde::{Deserialize, Serialize};

use crate::rules::{
    marks::MarkKind,
    words::{Words, counted},
};

/// One kind of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Many accounts on one device.
    Device,
    /// Many accounts are paid to one payee.
    Payee,
    /// Many accounts at one address.
    Ip,
    /// Accounts that have far more devices, addresses or payees in common than lots would give them.
    DenseMarks,
    /// Accounts that follow the same sharers far more often than lots would have it.
    DenseSharers,
    /// They do it at the same moments.
    Lockstep,
    /// They invite each other.
    Mutual,
    /// Somebody brought many in ten minutes.
    Burst,
    /// Whom somebody brought never did anything again.
    DeadLeaves,
    /// People arrive as by a clock.
    Regular,
    /// Somebody began to bring people the moment they came.
    Hasty,
}

impl Sign {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Device,
        Self::Payee,
        Self::Ip,
        Self::DenseMarks,
        Self::DenseSharers,
        Self::Lockstep,
        Self::Mutual,
        Self::Burst,
        Self::DeadLeaves,
        Self::Regular,
        Self::Hasty,
    ];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Payee => "payee",
            Self::Ip => "ip",
            Self::DenseMarks => "dense_marks",
            Self::DenseSharers => "dense_sharers",
            Self::Lockstep => "lockstep",
            Self::Mutual => "mutual",
            Self::Burst => "burst",
            Self::DeadLeaves => "dead_leaves",
            Self::Regular => "regular",
            Self::Hasty => "hasty",
        }
    }

    /// How much it says by itself, from 0 to 1.
    #[must_use]
    pub const fn weight(self) -> f64 {
        match self {
            Self::Device | Self::DenseMarks => 0.65,
            Self::Payee => 0.75,
            Self::DenseSharers => 0.5,
            Self::Lockstep => 0.55,
            Self::Regular => 0.45,
            Self::DeadLeaves => 0.35,
            Self::Mutual | Self::Burst => 0.3,
            Self::Ip | Self::Hasty => 0.2,
        }
    }

    /// What it is measured against, for people.
    #[must_use]
    pub fn rule(self) -> Words {
        let (zh, en) = match self {
            Self::Device => ("同一设备上有 4 个以上账号", "at least 4 accounts on one device"),
            Self::Payee => ("3 个以上账号收款到同一账户", "at least 3 accounts paid to one payee"),
            Self::Ip => (
                "同一网络地址上有 20 个以上账号，且多于 99.9% 的地址",
                "at least 20 accounts at one address, more than at 99.9% of addresses",
            ),
            Self::DenseMarks => (
                "账号与设备、地址、收款账户的重合密度达到随机情形最大值的 1.2 倍以上",
                "devices, addresses and payees in common at 1.2 times the densest that lots give",
            ),
            Self::DenseSharers => (
                "跟随同一批分享者的重合密度达到随机情形最大值的 1.2 倍以上",
                "the same sharers followed at 1.2 times the densest that lots give",
            ),
            Self::Lockstep => (
                "一半以上的共同动作发生在彼此 10 分钟之内",
                "at least half of what they share happened within 10 minutes",
            ),
            Self::Mutual => {
                ("三分之一以上的共同分享者是群内成员", "at least a third of the shared sharers are of the ring")
            }
            Self::Burst => (
                "10 分钟内带来的人数不少于 10，且多于活动中 99.9% 的邀请人（小活动为前 10 名）",
                "at least 10 people in 10 minutes, more than 99.9% of the campaign's inviters (the first 10 in a small one)",
            ),
            Self::DeadLeaves => (
                "直接带来 10 人以上，无人继续传播，且至多 2% 有后续行为",
                "at least 10 brought directly, none passed it on, and at most 2% ever did anything again",
            ),
            Self::Regular => (
                "带来 10 人以上，到达间隔的变异系数不超过 0.35（随机到达约为 1）",
                "at least 10 brought, their intervals varying by at most 0.35 of their mean (chance gives about 1)",
            ),
            Self::Hasty => (
                "带来 10 人以上，加入后 20 秒内就带来第一人",
                "at least 10 brought, the first within 20 seconds of joining",
            ),
        };
        Words::new(zh, en)
    }
}

/// What a ring is at heart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Accounts that share devices, addresses or payees.
    Accounts,
    /// Accounts that act together.
    Together,
    /// Somebody with many invitations that lead nowhere.
    Star,
}

impl Kind {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Together => "together",
            Self::Star => "star",
        }
    }

    /// The kind of a stable word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Accounts, Self::Together, Self::Star].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A sign that was found, with its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Which sign.
    pub sign: Sign,
    /// The number itself.
    pub value: f64,
    /// What it must reach (for [`Sign::Regular`] and [`Sign::DeadLeaves`] stay below).
    pub usual: f64,
    /// The reason in words.
    pub words: Words,
}

/// Something several people of a ring have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// A device, an address, a payee; nothing for a sharer.
    pub mark: Option<MarkKind>,
    /// A short name of the mark; of a sharer the campaign.
    pub label: String,
    /// Whom they followed, if it is a sharer.
    pub sharer: Option<Handle>,
    /// Who.
    pub people: Vec<Handle>,
}

/// What was found about some people.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// At heart.
    pub kind: Kind,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Who, in order.
    pub people: Vec<Handle>,
    /// Who of them brought the others, if it is a star.
    pub head: Option<Handle>,
    /// Where, as far as it is one campaign's matter.
    pub campaigns: Vec<CampaignId>,
    /// What they have in common.
    pub shared: Vec<Shared>,
}

/// The reason for accounts with one mark.
pub(super) fn one_mark(kind: MarkKind, label: &str, accounts: usize, usual: f64) -> Reason {
    let people = counted(accounts as u64, "account", "accounts");
    let (sign, zh, en) = match kind {
        MarkKind::Device => (
            Sign::Device,
            format!("{accounts} 个账号使用同一设备 #{label}"),
            format!("{people} on one device, #{label}"),
        ),
        MarkKind::Ip => (
            Sign::Ip,
            format!("{accounts} 个账号来自同一网络地址 #{label}"),
            format!("{people} at one address, #{label}"),
        ),
        MarkKind::Payee => (
            Sign::Payee,
            format!("{accounts} 个账号收款到同一账户 #{label}"),
            format!("{people} paid to one payee, #{label}"),
        ),
    };
    Reason { sign, value: accounts as f64, usual, words: Words::new(zh, en) }
}
