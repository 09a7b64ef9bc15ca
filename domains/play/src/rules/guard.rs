//! What law and channels say of a play before it runs. Each rule has a stable code, a name, and says what would be allowed.
//!
//! The grounds are the Anti-Unfair-Competition rules on prizes (SAMR Order 32), the ban on pyramid selling, WeChat's rules for
//! links, Moments and mini-programs, the price rules, and the tax and payout rules for money. They are the house's reading, not
//! a lawyer's.

use serde::Serialize;
use utoipa::ToSchema;

use super::cost;
use crate::model::{CardsFrom, Chance, Channel, Declaration, EarnedBy, Kind, OnExpire, Progress, RewardKind};

/// The most a prize decided by chance may be worth: 50 000 yuan.
const PRIZE_FEN_MAX: i64 = 5_000_000;
/// From here on a payout needs the real name of who gets it: 2 000 yuan.
const NAMED_PAYOUT_FEN: i64 = 200_000;

/// How a rule takes a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayVerdict)]
pub enum Verdict {
    /// It keeps to it.
    Kept,
    /// It may run; this is to be done beside it.
    Heed,
    /// It may not run.
    Refused,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlayWords)]
pub struct Words {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

fn words(zh: impl Into<String>, en: impl Into<String>) -> Words {
    Words { zh: zh.into(), en: en.into() }
}

/// What one rule says of a play.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlayRuling)]
pub struct Ruling {
    /// The rule's stable word.
    pub code: &'static str,
    /// What the rule is called.
    pub name: Words,
    /// How it takes the play.
    pub verdict: Verdict,
    /// What in the play it is about.
    pub field: &'static str,
    /// What would be allowed; of what is kept, why.
    pub lawful: Words,
}

/// What all rules say of a play.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlayGuardReport)]
pub struct Report {
    /// Whether it may run.
    pub may_run: bool,
    /// Rule by rule, those that refuse it first.
    pub rulings: Vec<Ruling>,
    /// What it costs at most.
    pub cost: cost::Cost,
}

/// Asks every rule.
#[must_use]
pub fn report(play: &Declaration) -> Report {
    let mut rulings = vec![
        share_to_claim(play),
        channel_forbids(play),
        random_share_bait(play),
        friends_stated(play),
        no_invented_buyers(play),
        depth(play),
        no_entry_fee(play),
        prize_cap(play),
        terms(play),
        reference_price(play),
        cost_within_budget(play),
        cash(play),
    ];
    rulings.sort_by_key(|ruling| match ruling.verdict {
        Verdict::Refused => 0,
        Verdict::Heed => 1,
        Verdict::Kept => 2,
    });
    let may_run = rulings.iter().all(|ruling| ruling.verdict != Verdict::Refused);
    Report { may_run, rulings, cost: cost::worst(play) }
}

/// Refused or kept.
fn rule(code: &'static str, field: &'static str, name: Words, refused: bool, lawful: Words) -> Ruling {
    let verdict = if refused { Verdict::Refused } else { Verdict::Kept };
    Ruling { code, name, verdict, field, lawful }
}

/// 诱导分享 (WeChat, external links 2.1.2; mini-programs: no forced share).
fn share_to_claim(play: &Declaration) -> Ruling {
    rule(
        "share_to_claim",
        "edge.earned_by",
        words("禁止诱导分享（分享即得）", "No reward for sharing itself"),
        play.edge.earned_by == EarnedBy::Share,
        words(
            "奖励应来自好友的真实参与：把「分享即得」改为好友打开后注册、助力或下单才计数（earned_by = act），分享按钮仅作为可选入口",
            "Reward what a friend really does: count friends who register, help or buy (earned_by = act), and let sharing be a choice",
        ),
    )
}

/// Where a play of this kind may run.
fn allowed(play: &Declaration) -> Vec<Channel> {
    let everywhere = Channel::ALL.to_vec();
    let off_wechat = vec![Channel::MiniProgram, Channel::OwnApp, Channel::Web, Channel::Store];
    match (play.kind, &play.progress) {
        // Nobody is asked to bring anybody.
        (Kind::RedPacket | Kind::Lottery, Progress::Instant { .. }) => everywhere,
        // Group-buy links are banned from Moments alone.
        (Kind::GroupBuy, _) => {
            vec![Channel::WechatPage, Channel::MiniProgram, Channel::OwnApp, Channel::Web, Channel::Store]
        }
        // 助力, 砍价, 集卡, 打卡 by an external link in WeChat are rewarded spreading.
        _ => off_wechat,
    }
}

/// 渠道禁用玩法 (WeChat, external links 2.1.2 and Moments).
fn channel_forbids(play: &Declaration) -> Ruling {
    let may = allowed(play);
    let name = |channel: &Channel| match channel {
        Channel::Moments => ("朋友圈", "Moments"),
        Channel::WechatPage => ("微信内网页", "pages in WeChat"),
        Channel::MiniProgram => ("小程序", "a mini-program"),
        Channel::OwnApp => ("自有 App", "your own app"),
        Channel::Web => ("普通浏览器网页", "a page in a browser"),
        Channel::Store => ("门店扫码", "a code in a store"),
    };
    let zh: Vec<_> = may.iter().map(|channel| name(channel).0).collect();
    let en: Vec<_> = may.iter().map(|channel| name(channel).1).collect();
    rule(
        "channel_forbids_play",
        "channel",
        words("渠道禁止该玩法", "The channel does not allow this play"),
        !may.contains(&play.channel),
        words(format!("这个玩法可以用于：{}", zh.join("、")), format!("This play may run in: {}", en.join(", "))),
    )
}

/// 随机结果诱导分享 (mini-programs: no random outcome as share bait).
fn random_share_bait(play: &Declaration) -> Ruling {
    let by_chance = match (&play.progress, &play.chance) {
        (Progress::Set { from: CardsFrom::Help, .. }, _) => true,
        (_, Some(Chance::Packet { even, .. })) => play.needs_friends() && !even,
        (_, Some(Chance::Lottery { .. })) => play.needs_friends(),
        (_, None) => false,
    };
    rule(
        "random_share_bait",
        "chance",
        words("禁止以随机结果诱导分享", "No random outcome as bait for sharing"),
        by_chance && play.channel.is_wechat(),
        words(
            "邀请好友得到的奖励改为固定金额（even = true）；集卡改为本人每日签到得卡（from = check_in）",
            "Give a fixed amount for friends (even = true); give cards for coming oneself (from = check_in)",
        ),
    )
}

/// 须说明需要几位好友 (mini-programs).
fn friends_stated(play: &Declaration) -> Ruling {
    let friends = play.friends();
    let said: Vec<&str> = play.terms.text.split(|letter: char| !letter.is_ascii_digit()).collect();
    let stated = |at: i64| said.contains(&at.to_string().as_str());
    let numbers: Vec<i64> = match &play.progress {
        Progress::Sum { .. } => vec![friends],
        _ => play.thresholds.iter().map(|threshold| threshold.at).collect(),
    };
    let missing = numbers.iter().find(|at| !stated(**at)).copied();
    let count = missing.unwrap_or(friends);
    rule(
        "friends_not_stated",
        "terms.text",
        words("须写明需要几位好友", "The number of friends must be stated"),
        play.needs_friends() && missing.is_some(),
        words(
            format!("在活动规则中写明人数，例如：「邀请 {count} 位好友即可获得」"),
            format!("Say the number in the terms, such as “invite {count} friends to get it”"),
        ),
    )
}

/// 禁止虚拟成团 (SAMR Order 32 art. 5, fake transactions).
fn no_invented_buyers(play: &Declaration) -> Ruling {
    rule(
        "invented_participants",
        "on_expire",
        words("禁止虚构参与者（虚拟成团）", "No invented participants"),
        play.on_expire == OnExpire::FillVirtually,
        words(
            "到期未成团自动全额退款（on_expire = refund），或降低成团人数",
            "Refund everybody when the group is not full in time (on_expire = refund), or make groups smaller",
        ),
    )
}

/// 分佣层级 (禁止传销条例 art. 7; WeChat bans downline commission).
fn depth(play: &Declaration) -> Ruling {
    rule(
        "reward_depth",
        "edge.depth",
        words("禁止多级奖励", "No rewards over several levels"),
        play.edge.depth > 1,
        words("只奖励直接邀请的好友（depth = 1）", "Reward one's own friends only (depth = 1)"),
    )
}

/// 禁止入门费 (禁止传销条例 art. 7).
fn no_entry_fee(play: &Declaration) -> Ruling {
    rule(
        "entry_fee",
        "gates.entry_fee_fen",
        words("禁止收取参与费后发展他人", "No fee for bringing others"),
        play.gates.entry_fee_fen > 0,
        words("参与活动不得收费（entry_fee_fen = 0）", "Taking part costs nothing (entry_fee_fen = 0)"),
    )
}

/// 抽奖式奖品上限 (Anti-Unfair-Competition Law, SAMR Order 32).
fn prize_cap(play: &Declaration) -> Ruling {
    let highest = match &play.chance {
        Some(Chance::Lottery { prizes, .. }) => {
            prizes.iter().filter_map(|prize| play.reward(&prize.reward)).map(|reward| reward.value_fen).max()
        }
        Some(Chance::Packet { total_fen, even: false, .. }) => Some(*total_fen),
        _ => None,
    };
    rule(
        "prize_cap",
        "rewards.value_fen",
        words("抽奖最高奖不得超过 5 万元", "No prize by chance above 50 000 yuan"),
        highest.is_some_and(|fen| fen > PRIZE_FEN_MAX),
        words(
            "把最高奖的价值（随机红包为总金额）降到 50000 元以内，或改为人人可得的固定奖励",
            "Bring the highest prize (of packets: the whole fund) down to 50 000 yuan, or give a fixed reward to everybody",
        ),
    )
}

/// 规则公示 (SAMR Order 32: prizes, odds, claim terms, organiser).
fn terms(play: &Declaration) -> Ruling {
    let said = !play.terms.text.trim().is_empty() && !play.terms.organiser.trim().is_empty();
    rule(
        "terms_unpublished",
        "terms",
        words("须公示规则与主办方", "Terms and organiser must be published"),
        !said,
        words(
            "填写活动规则（奖品、数量或概率、领取方式）与主办方名称；概率与数量会自动显示在活动页",
            "Write the terms (prizes, how many or how likely, how to claim) and who organises it; odds and stock are shown by themselves",
        ),
    )
}

/// 价格比较 (reference price: the lowest of the last seven days).
fn reference_price(play: &Declaration) -> Ruling {
    let too_high = match &play.progress {
        Progress::Sum { start_fen, lowest_7d_fen, .. } => start_fen > lowest_7d_fen,
        _ => false,
    };
    rule(
        "reference_price",
        "progress.start_fen",
        words("划线价不得高于近 7 日最低价", "No reference price above the lowest of seven days"),
        too_high,
        words("把起砍价降到近 7 日最低成交价以内", "Begin at the lowest price of the last seven days or below"),
    )
}

fn cost_within_budget(play: &Declaration) -> Ruling {
    let cost = cost::worst(play);
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    rule(
        "cost_over_budget",
        "budget_fen",
        words("最高成本不得超过预算", "The highest cost must fit the budget"),
        cost.worst_fen > cost.budget_fen,
        words(
            format!("最高成本 ¥{}：提高预算，或减少奖励数量", yuan(cost.worst_fen)),
            format!("It costs up to ¥{}: raise the budget, or give fewer rewards", yuan(cost.worst_fen)),
        ),
    )
}

/// 现金奖励：个税与实名.
fn cash(play: &Declaration) -> Ruling {
    let is_cash = play.rewards.iter().any(|reward| reward.kind == RewardKind::Cash);
    let most = match &play.chance {
        Some(Chance::Packet { total_fen, count, even: true, .. }) => total_fen / count.max(&1),
        Some(Chance::Packet { total_fen, .. }) => *total_fen,
        _ => play.rewards.iter().filter(|one| one.kind == RewardKind::Cash).map(|one| one.value_fen).max().unwrap_or(0),
    };
    let named = most >= NAMED_PAYOUT_FEN;
    let lawful = match (is_cash, named) {
        (true, true) => words(
            "现金按偶然所得代扣代缴个税；单笔 2000 元及以上付款须收款人实名",
            "Withhold income tax on money; a payout of 2 000 yuan or more needs the real name",
        ),
        (true, false) => words("现金按偶然所得代扣代缴个税", "Withhold income tax on money"),
        (false, _) => words("没有现金奖励", "There is no money in it"),
    };
    let verdict = if is_cash { Verdict::Heed } else { Verdict::Kept };
    let name = words("现金奖励的个税与实名", "Tax and real names for money");
    Ruling { code: "cash_tax", name, verdict, field: "rewards.kind", lawful }
}

#[cfg(test)]
mod tests {
    use super::{super::presets, *};
    use crate::model::Edge;

    fn refused(play: &Declaration) -> Vec<&'static str> {
        let rulings = report(play).rulings;
        rulings.iter().filter(|ruling| ruling.verdict == Verdict::Refused).map(|ruling| ruling.code).collect()
    }

    #[test]
    fn what_tests_declare_may_run() {
        for kind in Kind::ALL {
            let mut play = presets::one_of(kind);
            play.terms.text.push_str("；1 位、2 位、3 位好友");
            play.budget_fen = cost::worst(&play).worst_fen;
            assert_eq!(refused(&play), [""; 0], "{kind:?}");
        }
        assert_eq!(refused(&presets::order_packet()), [""; 0]);
    }

    /// Story 7: "share to claim" is refused with the rule's name, and the lawful variant runs.
    #[test]
    fn sharing_itself_earns_nothing_and_what_a_friend_does_may() {
        let lawful = presets::order_packet();
        let bait = Declaration { edge: Edge { earned_by: EarnedBy::Share, ..lawful.edge.clone() }, ..lawful.clone() };
        let report = report(&bait);
        assert!(!report.may_run);
        let first = &report.rulings[0];
        assert_eq!((first.code, first.name.zh.as_str()), ("share_to_claim", "禁止诱导分享（分享即得）"));
        assert!(first.lawful.zh.contains("earned_by = act"), "{}", first.lawful.zh);
        assert_eq!(refused(&lawful), [""; 0]);
    }

    #[test]
    fn each_rule_refuses_what_it_is_for() {
        let free = presets::free_gift(2);
        let with = |change: &dyn Fn(&mut Declaration)| {
            let mut play = free.clone();
            change(&mut play);
            refused(&play)
        };
        assert_eq!(with(&|_| {}), [""; 0]);
        assert_eq!(with(&|play| play.channel = Channel::WechatPage), ["channel_forbids_play"]);
        assert_eq!(with(&|play| play.channel = Channel::Moments), ["channel_forbids_play"]);
        assert_eq!(with(&|play| play.on_expire = OnExpire::FillVirtually), ["invented_participants"]);
        assert_eq!(with(&|play| play.edge.depth = 2), ["reward_depth"]);
        assert_eq!(with(&|play| play.gates.entry_fee_fen = 100), ["entry_fee"]);
        assert_eq!(with(&|play| play.terms.text = "邀请 13 位好友".into()), ["friends_not_stated"]);
        assert_eq!(with(&|play| play.terms.organiser.clear()), ["terms_unpublished"]);
        assert_eq!(with(&|play| play.budget_fen = 2999), ["cost_over_budget"]);

        let lottery = |fen| {
            let mut play = presets::one_of(Kind::Lottery);
            play.rewards[0].value_fen = fen;
            refused(&play)
        };
        assert_eq!((lottery(5_000_000), lottery(5_000_001)), (vec![], vec!["prize_cap"]));

        let mut bargain = presets::one_of(Kind::Bargain);
        bargain.progress = Progress::Sum { start_fen: 1000, floor_fen: 1, helpers: 3, lowest_7d_fen: 999 };
        assert_eq!(refused(&bargain), ["reference_price"]);

        let mut packet = presets::order_packet();
        packet.chance =
            Some(Chance::Packet { reward: "packet".into(), total_fen: 300, count: 3, min_fen: 1, even: false });
        assert_eq!(refused(&packet), ["random_share_bait"], "in a mini-program a friend earns a fixed amount");
        packet.channel = Channel::OwnApp;
        assert_eq!(refused(&packet), [""; 0]);
    }
}
