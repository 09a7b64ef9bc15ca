//! The grammar of a play: what is counted, what it earns, and what bounds it. A play that runs is never changed.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The play as people know it. What it counts must fit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayKind)]
pub enum Kind {
    /// 助力: friends help until there are enough.
    Assist,
    /// 0元领: the same, for goods that cost nothing.
    FreeGift,
    /// 老带新: newcomers who really come are counted, in tiers.
    Referral,
    /// 拼团: seats, each paid.
    GroupBuy,
    /// 砍价: friends cut a price down to its floor.
    Bargain,
    /// 红包: a share of a fund, even or by chance.
    RedPacket,
    /// 抽奖: a draw with published odds.
    Lottery,
    /// 集福: a set of cards.
    CardSet,
    /// 打卡: days in a row.
    CheckIn,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Assist,
        Self::FreeGift,
        Self::Referral,
        Self::GroupBuy,
        Self::Bargain,
        Self::RedPacket,
        Self::Lottery,
        Self::CardSet,
        Self::CheckIn,
    ];

    /// The stable word.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Assist => "assist",
            Self::FreeGift => "free_gift",
            Self::Referral => "referral",
            Self::GroupBuy => "group_buy",
            Self::Bargain => "bargain",
            Self::RedPacket => "red_packet",
            Self::Lottery => "lottery",
            Self::CardSet => "card_set",
            Self::CheckIn => "check_in",
        }
    }
}

/// Where people meet the play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayChannel)]
pub enum Channel {
    /// 朋友圈: links in WeChat Moments.
    Moments,
    /// 微信内网页: a page opened from a WeChat chat.
    WechatPage,
    /// 微信小程序: a mini-program.
    MiniProgram,
    /// The brand's own app.
    OwnApp,
    /// A page in an ordinary browser.
    Web,
    /// A code scanned in a store.
    Store,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 6] =
        [Self::Moments, Self::WechatPage, Self::MiniProgram, Self::OwnApp, Self::Web, Self::Store];

    /// Whether WeChat's rules hold there.
    #[must_use]
    pub const fn is_wechat(self) -> bool {
        matches!(self, Self::Moments | Self::WechatPage | Self::MiniProgram)
    }
}

/// What is promised, and by whom. Everybody who takes part can read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlayTerms)]
pub struct Terms {
    /// The rules in words: prizes, how many friends, how it is claimed.
    pub text: String,
    /// Who answers for it by law.
    pub organiser: String,
}

/// Who may begin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = PlayGates)]
pub struct Gates {
    /// Only people who never bought.
    pub newcomers_only: bool,
    /// Only people who signed in.
    pub signed_in: bool,
    /// Begun by an order that was paid, and by nothing else.
    pub by_order: bool,
    /// What it costs to take part. By law nothing, wherever friends are brought.
    pub entry_fee_fen: i64,
}

/// What bounds one person's try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = PlayInstanceTerms)]
pub struct InstanceTerms {
    /// How long it stays open.
    pub open_secs: i64,
    /// How long a seat waits for its money.
    pub seat_secs: i64,
    /// How long what was reached waits to be claimed; then it goes back.
    pub claim_secs: i64,
}

impl Default for InstanceTerms {
    fn default() -> Self {
        Self { open_secs: 24 * 3600, seat_secs: 15 * 60, claim_secs: 72 * 3600 }
    }
}

/// What counts as a friend's help.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayEarnedBy)]
pub enum EarnedBy {
    /// What the friend really does: opens the page and helps, registers, pays.
    #[default]
    Act,
    /// That the owner shared. No channel allows it.
    Share,
}

/// When help that was taken back counts no longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayFinality)]
pub enum Finality {
    /// Once reached, it is kept.
    #[default]
    Reached,
    /// Until it is claimed, help taken back is missing again.
    Claimed,
}

/// What ties friends to the one who began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = PlayEdge)]
pub struct Edge {
    /// Only people who never bought can help.
    pub newcomers_only: bool,
    /// How many others one person may help in this play.
    pub helps_per_person: u32,
    /// Over how many steps anything is earned. 1: from one's own friends only.
    pub depth: u8,
    /// What counts.
    pub earned_by: EarnedBy,
    /// Until when help can be taken back.
    pub final_at: Finality,
}

impl Default for Edge {
    fn default() -> Self {
        Self {
            newcomers_only: false,
            helps_per_person: 3,
            depth: 1,
            earned_by: EarnedBy::Act,
            final_at: Finality::Reached,
        }
    }
}

/// A card of a set, and how often it comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlayCard)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// For people.
    pub name: String,
    /// Of a million.
    pub ppm: u32,
}

/// Where cards come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayCardsFrom)]
pub enum CardsFrom {
    /// One a day for coming oneself.
    #[default]
    CheckIn,
    /// One for each friend who helps.
    Help,
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = PlayProgress)]
pub enum Progress {
    /// Friends who helped.
    Count,
    /// Seats that were paid.
    PaidSeats {
        /// What a seat costs.
        price_fen: i64,
    },
    /// What friends cut off a price: so many cuts, made when it begins, falling, exact in sum.
    Sum {
        /// The price it begins at.
        start_fen: i64,
        /// The price it ends at.
        floor_fen: i64,
        /// How many friends it takes.
        helpers: u32,
        /// The lowest price of the last seven days, which the price it begins at must not exceed.
        lowest_7d_fen: i64,
    },
    /// Different cards.
    Set {
        /// Which.
        cards: Vec<Card>,
        /// Where they come from.
        #[serde(default)]
        from: CardsFrom,
    },
    /// Days in a row.
    Streak,
    /// Taking part is enough: once, or once a day.
    Instant {
        /// Anew every day.
        #[serde(default)]
        daily: bool,
    },
}

/// What is earned when so much is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlayThreshold)]
pub struct Threshold {
    /// From this on.
    pub at: i64,
    /// Which reward.
    pub reward: String,
}

/// Who gets a reward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayRewardTo)]
pub enum To {
    /// Who began, by a threshold or a draw.
    #[default]
    Owner,
    /// Each friend whose help counts, at once.
    Helper,
    /// Everybody with a seat, when the group is full.
    Members,
}

/// What kind of thing a reward is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayRewardKind)]
pub enum RewardKind {
    /// Goods, shipped or picked up.
    Goods,
    /// A coupon.
    Coupon,
    /// Points.
    Points,
    /// Money.
    Cash,
}

/// Something that can be earned: no more of it than its stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlayReward)]
pub struct Reward {
    /// Its id within the play.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it is.
    pub kind: RewardKind,
    /// What one costs the brand. Of a red packet: nothing beyond what is in it.
    pub cost_fen: i64,
    /// What one is worth to who gets it, as published.
    pub value_fen: i64,
    /// How many there are.
    pub stock: i64,
    /// Who gets it.
    #[serde(default)]
    pub to: To,
}

/// A prize of a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlayPrize)]
pub struct Prize {
    /// Which reward.
    pub reward: String,
    /// How often, of a million.
    pub ppm: u32,
}

/// What chance decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = PlayChance)]
pub enum Chance {
    /// How much is in a packet: a fund shared by so many.
    Packet {
        /// Which reward the packets are.
        reward: String,
        /// All of them together.
        total_fen: i64,
        /// How many.
        count: i64,
        /// The least in one.
        min_fen: i64,
        /// All alike.
        #[serde(default)]
        even: bool,
    },
    /// Which prize. Prizes and "nothing" together are exactly a million.
    Lottery {
        /// The prizes, in the order they were published.
        prizes: Vec<Prize>,
        /// How often nothing is won, of a million.
        none_ppm: u32,
        /// What is given instead of a prize that has run out. Nobody draws a second time.
        fallback: Option<String>,
    },
}

/// What becomes of a group that is not full in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayOnExpire)]
pub enum OnExpire {
    /// Everybody gets their money back.
    #[default]
    Refund,
    /// Invented buyers fill it. The law forbids them.
    FillVirtually,
}

/// A play as it is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlayDeclaration)]
pub struct Declaration {
    /// The play as people know it.
    pub kind: Kind,
    /// Where people meet it.
    pub channel: Channel,
    /// What is promised.
    pub terms: Terms,
    /// From when on.
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: Timestamp,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
    /// Minutes ahead of UTC, for plays that count days. 480 in China.
    #[serde(default = "china")]
    pub zone_minutes: i32,
    /// Who may begin.
    #[serde(default)]
    pub gates: Gates,
    /// What bounds one person's try.
    #[serde(default)]
    pub instance: InstanceTerms,
    /// What ties friends to the one who began.
    #[serde(default)]
    pub edge: Edge,
    /// What is counted.
    pub progress: Progress,
    /// What is earned, from the least on.
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
    /// What can be earned.
    pub rewards: Vec<Reward>,
    /// What chance decides.
    #[serde(default)]
    pub chance: Option<Chance>,
    /// What all of it may cost.
    pub budget_fen: i64,
    /// What becomes of a group that is not full in time.
    #[serde(default)]
    pub on_expire: OnExpire,
}

const fn china() -> i32 {
    480
}

impl Declaration {
    /// A reward by its id.
    #[must_use]
    pub fn reward(&self, id: &str) -> Option<&Reward> {
        self.rewards.iter().find(|reward| reward.id == id)
    }

    /// What one of a reward costs, unless chance decides it.
    #[must_use]
    pub fn packet_of(&self, id: &str) -> Option<&Chance> {
        self.chance.as_ref().filter(|chance| matches!(chance, Chance::Packet { reward, .. } if reward == id))
    }

    /// Whether friends are needed.
    #[must_use]
    pub const fn needs_friends(&self) -> bool {
        match &self.progress {
            Progress::Count | Progress::Sum { .. } | Progress::PaidSeats { .. } => true,
            Progress::Set { from, .. } => matches!(from, CardsFrom::Help),
            Progress::Streak | Progress::Instant { .. } => false,
        }
    }

    /// How many friends it takes at most.
    #[must_use]
    pub fn friends(&self) -> i64 {
        match &self.progress {
            Progress::Sum { helpers, .. } => i64::from(*helpers),
            _ => self.thresholds.iter().map(|threshold| threshold.at).max().unwrap_or(0),
        }
    }

    /// The day an instant falls on where the play is.
    #[must_use]
    pub const fn day(&self, at: Timestamp) -> i64 {
        (at.secs() + self.zone_minutes as i64 * 60).div_euclid(24 * 3600)
    }
}
