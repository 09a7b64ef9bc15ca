//! What is said to people: why two can be expected to know each other, and what the one who is asked is told.

use kernel::Timestamp;

use crate::rules::{bonds::BondKind, ties::Tie, words::Words};

/// How the two ends of a hop are called.
#[derive(Clone, Debug)]
pub struct Names {
    /// Who asks.
    pub asker: Words,
    /// Who is asked.
    pub asked: Words,
}

/// A day as people say it: with its year only when that is another one.
fn day(at: Timestamp, as_of: Timestamp) -> Words {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, date) = calendar(at);
    let name = MONTHS.get(month.wrapping_sub(1) as usize).copied().unwrap_or_default();
    if year == calendar(as_of).0 {
        return Words::new(format!("{month}月{date}日"), format!("{date} {name}"));
    }
    Words::new(format!("{year}年{month}月{date}日"), format!("{date} {name} {year}"))
}

/// Year, month and day, of the clock all facts are told in.
fn calendar(at: Timestamp) -> (i32, u32, u32) {
    let text = at.to_string();
    let mut parts = text.split(['-', 'T']);
    let year = parts.next().and_then(|part| part.parse().ok()).unwrap_or_default();
    let mut number = || parts.next().and_then(|part| part.parse().ok()).unwrap_or_default();
    (year, number(), number())
}

/// What the campaign of the last touch is called, and the group or basket both are in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inside<'a> {
    /// The campaign.
    pub campaign: Option<&'a str>,
    /// The group or basket.
    pub gathering: Option<&'a str>,
}

/// What who is asked is to who asks, besides what they share.
fn bond(tie: &Tie, asker: &Words, gathering: Option<&str>, as_of: Timestamp) -> Option<Words> {
    let on = day(tie.bond.at(), as_of);
    let (zh, en) = match (tie.bond.kind()?, gathering) {
        (BondKind::Friend, _) => (format!("{}加为好友", on.zh), format!("added each other as friends on {}", on.en)),
        (BondKind::Together, _) => (format!("{}一起买过", on.zh), format!("bought together on {}", on.en)),
        (BondKind::Group, Some(name)) => (format!("同在「{name}」群"), format!("are in the same group “{name}”")),
        (BondKind::Group, None) => ("同在一个群".to_owned(), "are in the same group".to_owned()),
    };
    Some(Words::new(format!("与{}{zh}", asker.zh), format!("and {} {en}", asker.en)))
}

/// Why who is asked can be expected to answer who asks: what they are to one another, how often they touched, in which campaign, when
/// last, and what they said before.
#[must_use]
pub fn evidence(tie: &Tie, names: &Names, inside: Inside<'_>, as_of: Timestamp) -> Words {
    let Names { asker, asked } = names;
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    let shared_back = tie.count - tie.given;
    let times = |count: u32| match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    };
    if let Some(bond) = bond(tie, asker, inside.gathering, as_of) {
        zh.push(bond.zh);
        en.push(bond.en);
    }
    if tie.given > 0 {
        zh.push(format!("打开过{}的分享 {} 次", asker.zh, tie.given));
        en.push(format!("opened what {} shared {}", asker.en, times(tie.given)));
    }
    if shared_back > 0 {
        zh.push(format!("自己的分享被{}打开过 {shared_back} 次", asker.zh));
        en.push(format!("shared with {} {}", asker.en, times(shared_back)));
    }
    if tie.count > 0 {
        let last = day(tie.last_at, as_of);
        let inside =
            inside.campaign.map_or_else(Words::default, |name| Words::new(format!("（{name}）"), format!(" ({name})")));
        zh.push(format!("最近一次 {}{}", last.zh, inside.zh));
        en.push(format!("the last on {}{}", last.en, inside.en));
    }
    if tie.asked.yes > 0 {
        zh.push(format!("答应过帮忙 {} 次", tie.asked.yes));
        en.push(format!("said yes {}", times(tie.asked.yes.into())));
    }
    if tie.asked.no > 0 {
        zh.push(format!("没有帮上 {} 次", tie.asked.no));
        en.push(format!("did not help {}", times(tie.asked.no.into())));
    }
    Words::new(format!("{}{}", asked.zh, zh.join("，")), format!("{} {}", asked.en, en.join(", ")))
}

/// What the first one asked is told: who asks, why them, and whom to pass it on to. With nobody between, the target is.
#[must_use]
pub fn script(names: &[Words], first_tie: &Tie, as_of: Timestamp) -> Words {
    let name = |place: usize| names.get(place).cloned().unwrap_or_default();
    let (root, first, target) = (name(0), name(1), names.last().cloned().unwrap_or_default());
    let last = day(first_tie.last_at, as_of);
    let thanks = if first_tie.given > 0 && first_tie.count > 0 {
        let (more_zh, more_en) = match first_tie.given {
            1 => (String::new(), String::new()),
            count => (format!("（一共 {count} 次）"), format!(" ({count} times so far)")),
        };
        Words::new(
            format!("谢谢你一直支持我们，{}打开了我们的分享{more_zh}。", last.zh),
            format!("Thank you for your support: you opened what we shared on {}{more_en}. ", last.en),
        )
    } else {
        Words::new("谢谢你一直支持我们。", "Thank you for your support. ")
    };
    if names.len() <= 2 {
        return Words::new(
            format!("{}你好，我是{}。{}有一个活动想邀请你，点开这个链接就能参加：", target.zh, root.zh, thanks.zh),
            format!(
                "Hello {}, this is {}. {}I would like to invite you; open this link to join:",
                target.en, root.en, thanks.en
            ),
        );
    }
    let onwards: Vec<Words> = names[2..].to_vec();
    let (zh, en): (Vec<_>, Vec<_>) = onwards.into_iter().map(|words| (words.zh, words.en)).unzip();
    let pass_on = if zh.len() == 1 {
        Words::new(
            format!("能请你把这个链接转给{}吗？", target.zh),
            format!("Could you pass this link on to {}?", target.en),
        )
    } else {
        let (last_zh, last_en) = (&zh[..zh.len() - 1], &en[..en.len() - 1]);
        Words::new(
            format!("能请你转给{}，再请 TA 转给{}吗？", last_zh.join("、"), target.zh),
            format!("Could you pass this link on to {}, and through them to {}?", last_en.join(", "), target.en),
        )
    };
    Words::new(
        format!(
            "{}你好，我是{}。{}我想邀请{}参加我们的活动，{}谢谢！",
            first.zh, root.zh, thanks.zh, target.zh, pass_on.zh
        ),
        format!(
            "Hello {}, this is {}. {}I would like to invite {}. {} Thank you!",
            first.en, root.en, thanks.en, target.en, pass_on.en
        ),
    )
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;
    use crate::rules::{bonds::Bond, ties::Asked};

    fn words(name: &str) -> Words {
        Words::new(name, name)
    }

    fn tie() -> Tie {
        let at = |text: &str| Timestamp::parse(text).expect("a time");
        Tie {
            count: 3,
            given: 2,
            first_at: at("2026-05-01T00:00:00Z"),
            last_at: at("2026-05-12T08:00:00Z"),
            last_campaign: 0,
            bond: Bond::NONE,
            asked: Asked { yes: 1, ..Asked::default() },
        }
    }

    #[test]
    fn the_evidence_says_how_often_where_and_when() {
        let names = Names { asker: words("林"), asked: words("周") };
        let as_of = Timestamp::parse("2026-06-01T00:00:00Z").expect("a time");
        let told = evidence(&tie(), &names, Inside { campaign: Some("书单"), gathering: None }, as_of);
        assert_eq!(
            told.zh,
            "周打开过林的分享 2 次，自己的分享被林打开过 1 次，最近一次 5月12日（书单），答应过帮忙 1 次"
        );
        assert_eq!(
            told.en,
            "周 opened what 林 shared twice, shared with 林 once, the last on 12 May (书单), said yes once"
        );
        let next_year = Timestamp::parse("2027-06-01T00:00:00Z").expect("a time");
        let told = evidence(
            &Tie { count: 1, given: 1, asked: Asked::default(), ..tie() },
            &names,
            Inside::default(),
            next_year,
        );
        assert_eq!(told.zh, "周打开过林的分享 1 次，最近一次 2026年5月12日");
    }

    #[test]
    fn the_evidence_says_what_they_are_to_one_another() {
        let names = Names { asker: words("林"), asked: words("周") };
        let at = |text: &str| Timestamp::parse(text).expect("a time");
        let (since, as_of) = (at("2026-05-03T02:00:00Z"), at("2026-06-01T00:00:00Z"));
        let told = |kind, gathering| {
            let tie = Tie::bound(Bond::new(kind, 30, since), since);
            evidence(&tie, &names, Inside { campaign: None, gathering }, as_of)
        };
        let friends = told(BondKind::Friend, None);
        assert_eq!(
            (&*friends.zh, &*friends.en),
            ("周与林5月3日加为好友", "周 and 林 added each other as friends on 3 May")
        );
        let group = told(BondKind::Group, Some("书友3群"));
        assert_eq!((&*group.zh, &*group.en), ("周与林同在「书友3群」群", "周 and 林 are in the same group “书友3群”"));
        assert_eq!(told(BondKind::Group, None).zh, "周与林同在一个群");
        assert_eq!(told(BondKind::Together, Some("b-1")).en, "周 and 林 bought together on 3 May");
        let both = Tie { bond: Bond::new(BondKind::Group, 30, since), ..tie() };
        let both = evidence(&both, &names, Inside { campaign: Some("书单"), gathering: Some("书友3群") }, as_of);
        assert!(both.zh.starts_with("周与林同在「书友3群」群，打开过林的分享 2 次"), "{}", both.zh);
    }

    #[test]
    fn the_script_names_everybody_on_the_way() {
        let as_of = Timestamp::parse("2026-06-01T00:00:00Z").expect("a time");
        let route: Vec<Words> = ["店长", "周", "吴", "郑"].map(words).to_vec();
        let told = script(&route, &tie(), as_of);
        assert_eq!(
            told.zh,
            "周你好，我是店长。谢谢你一直支持我们，5月12日打开了我们的分享（一共 2 次）。我想邀请郑参加我们的活动，能请你转给吴，再请 TA 转给郑吗？谢谢！"
        );
        assert!(told.en.contains("through them to 郑"), "{}", told.en);
        assert!(script(&route[..3], &tie(), as_of).zh.contains("把这个链接转给吴"));
        assert!(script(&route[..2], &tie(), as_of).zh.starts_with("周你好，我是店长。"));
    }
}
