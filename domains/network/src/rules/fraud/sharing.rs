//! Signs in what accounts have in common: devices, addresses and payees; the sharers they follow, and when.

use kernel::{CampaignId, Handle};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    edges::Edges,
    peel::{self, Block},
    sign::{Finding, Kind, Reason, Shared, Sign, one_mark},
};
use crate::rules::{
    marks::{Mark, MarkKind},
    words::Words,
};

/// Accounts on one device before that is odd.
const ON_DEVICE_MIN: usize = 4;
/// Accounts paid to one payee before that is odd.
const TO_PAYEE_MIN: usize = 3;
/// Accounts at one address before that is odd: a shop's network has many.
const AT_IP_MIN: usize = 20;
/// Things a block must have in common.
const TARGETS_MIN: usize = 3;
/// Accounts of a block.
const ACCOUNTS_MIN: usize = 5;
/// Of the pairs of an account and a target of a block, so many must be joined.
const DENSITY_MIN: f64 = 0.15;
/// Who follows fewer sharers has nothing in common with anybody.
const FOLLOWED_MIN: usize = 3;
/// Together is within so much time.
pub(super) const TOGETHER_MICROS: i64 = 600 * 1_000_000;
/// Of what a block shares, so much must have happened together.
const TOGETHER_MIN: f64 = 0.5;
/// Of the sharers a block follows, so many must be of the block to be mutual.
const MUTUAL_MIN: f64 = 1.0 / 3.0;
/// Common things told one by one.
const SHARED_MAX: usize = 40;

/// Somebody followed a sharer in a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Follow {
    /// Who.
    pub person: Handle,
    /// The campaign by its place in the search.
    pub campaign: u32,
    /// Whom.
    pub sharer: Handle,
    /// When first, in microseconds.
    pub at: i64,
}

/// Accounts that share a mark too many share, and blocks that share many marks. `marks` are in order.
pub(super) fn by_marks(marks: &[(Handle, Mark)], roots: &FxHashSet<Handle>) -> Vec<Finding> {
    let mut accounts: FxHashMap<Mark, Vec<Handle>> = FxHashMap::default();
    for (person, mark) in marks.iter().filter(|(person, _)| !roots.contains(person)) {
        accounts.entry(*mark).or_default().push(*person);
    }
    let usual_at_ip = usual_at_ip(&accounts);
    let mut by_mark: Vec<(Mark, Vec<Handle>)> = accounts.into_iter().filter(|(_, people)| people.len() > 1).collect();
    by_mark.sort_unstable();
    let mut findings = Vec::new();
    for (mark, people) in &by_mark {
        let usual = match mark.kind() {
            MarkKind::Device => ON_DEVICE_MIN,
            MarkKind::Payee => TO_PAYEE_MIN,
            MarkKind::Ip => usual_at_ip,
        };
        if people.len() >= usual {
            findings.push(Finding {
                kind: Kind::Accounts,
                reasons: vec![one_mark(mark.kind(), &mark.short(), people.len(), usual as f64)],
                people: people.clone(),
                head: None,
                campaigns: Vec::new(),
                shared: vec![shared_mark(*mark, people)],
            });
        }
    }
    findings.extend(dense_marks(&by_mark));
    findings
}

/// More than at all but one in a thousand addresses, and at least 20.
fn usual_at_ip(accounts: &FxHashMap<Mark, Vec<Handle>>) -> usize {
    let ips = accounts.iter().filter(|(mark, _)| mark.kind() == MarkKind::Ip);
    let mut counts: Vec<usize> = ips.map(|(_, people)| people.len()).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    counts.get(counts.len() / 1_000).map_or(AT_IP_MIN, |count| AT_IP_MIN.max(*count))
}

fn shared_mark(mark: Mark, people: &[Handle]) -> Shared {
    Shared { mark: Some(mark.kind()), label: mark.short(), sharer: None, people: people.to_vec() }
}

fn dense_marks(by_mark: &[(Mark, Vec<Handle>)]) -> Vec<Finding> {
    let mut numbers = Numbers::default();
    let named = (0..).zip(by_mark);
    let edges = named.flat_map(|(target, (_, people))| people.iter().map(move |person| (*person, target)));
    let edges: Vec<(u32, u32)> = edges.map(|(person, target)| (numbers.of(person), target)).collect();
    let edges = Edges::new(numbers.people.len() as u32, by_mark.len() as u32, edges);
    let found = peel::blocks(&edges, &peel::Search::default());
    let telling = found.blocks.iter().filter(|block| is_telling(block));
    telling
        .map(|block| {
            let people = numbers.named(&block.accounts);
            let (count, things) = (people.len(), block.targets.len());
            let words = Words::new(
                format!("{count} 个账号共用 {things} 个设备、地址或收款账户（密度 {:.2}，随机至多 {:.2}）", block.score, found.null),
                format!(
                    "{count} accounts have {things} devices, addresses or payees in common (density {:.2}; lots give at most {:.2})",
                    block.score, found.null
                ),
            );
            let reason = Reason { sign: Sign::DenseMarks, value: block.score, usual: found.null * 1.2, words };
            let shared = block.targets.iter().take(SHARED_MAX).map(|target| {
                let (mark, users) = &by_mark[*target as usize];
                let inside: Vec<Handle> = users.iter().copied().filter(|user| people.binary_search(user).is_ok()).collect();
                shared_mark(*mark, &inside)
            });
            let shared = shared.collect();
            Finding { kind: Kind::Accounts, reasons: vec![reason], people, head: None, campaigns: Vec::new(), shared }
        })
        .collect()
}

fn is_telling(block: &Block) -> bool {
    block.accounts.len() >= ACCOUNTS_MIN && block.targets.len() >= TARGETS_MIN && block.density() >= DENSITY_MIN
}

/// Blocks of people who follow the same sharers, with whether they do it at the same moments. `follows` are in order. What a
/// root shares says nothing: a store's regulars open it every time, and at once.
pub(super) fn by_sharers(follows: &[Follow], campaigns: &[CampaignId], roots: &FxHashSet<Handle>) -> Vec<Finding> {
    let follows: Vec<Follow> = follows.iter().copied().filter(|follow| !roots.contains(&follow.sharer)).collect();
    let mut targets: FxHashMap<(u32, Handle), u32> = FxHashMap::default();
    let mut names: Vec<(u32, Handle)> = Vec::new();
    let (mut numbers, mut edges, mut at) = (Numbers::default(), Vec::new(), FxHashMap::default());
    for of_person in follows.chunk_by(|a, b| a.person == b.person).filter(|follows| follows.len() >= FOLLOWED_MIN) {
        for follow in of_person {
            let key = (follow.campaign, follow.sharer);
            let target = *targets.entry(key).or_insert_with(|| {
                names.push(key);
                names.len() as u32 - 1
            });
            let edge = (numbers.of(follow.person), target);
            edges.push(edge);
            at.insert(edge, follow.at);
        }
    }
    let edges = Edges::new(numbers.people.len() as u32, names.len() as u32, edges);
    let found = peel::blocks(&edges, &peel::Search::default());
    let telling = found.blocks.iter().filter(|block| is_telling(block));
    telling.map(|block| followers(block, found.null, &edges, &numbers, &names, &at, campaigns)).collect()
}

fn followers(
    block: &Block,
    null: f64,
    edges: &Edges,
    numbers: &Numbers,
    names: &[(u32, Handle)],
    at: &FxHashMap<(u32, u32), i64>,
    campaigns: &[CampaignId],
) -> Finding {
    let people = numbers.named(&block.accounts);
    let (count, things) = (people.len(), block.targets.len());
    let words = Words::new(
        format!("{count} 人反复跟随同样的 {things} 次分享（密度 {:.2}，随机至多 {null:.2}）", block.score),
        format!(
            "{count} people follow the same {things} shares (density {:.2}; lots give at most {null:.2})",
            block.score
        ),
    );
    let mut reasons = vec![Reason { sign: Sign::DenseSharers, value: block.score, usual: null * 1.2, words }];
    let mut shared = Vec::new();
    let (mut together, mut all) = (0, 0);
    for target in &block.targets {
        let inside = edges.accounts_of(*target).iter().filter(|account| block.accounts.binary_search(account).is_ok());
        let inside: Vec<u32> = inside.copied().collect();
        let times = inside.iter().filter_map(|account| at.get(&(*account, *target)).copied());
        all += inside.len();
        together += in_company(times.collect());
        let (campaign, sharer) = names[*target as usize];
        shared.push(Shared {
            mark: None,
            label: campaigns[campaign as usize].to_string(),
            sharer: Some(sharer),
            people: numbers.named(&inside),
        });
    }
    let share = together as f64 / all.max(1) as f64;
    if share >= TOGETHER_MIN {
        let words = Words::new(
            format!("{:.0}% 的共同动作发生在彼此 10 分钟之内", share * 100.0),
            format!("{:.0}% of what they share happened within 10 minutes of another of them", share * 100.0),
        );
        reasons.push(Reason { sign: Sign::Lockstep, value: share, usual: TOGETHER_MIN, words });
    }
    let own = block.targets.iter().filter(|target| people.binary_search(&names[**target as usize].1).is_ok()).count();
    let mutual = own as f64 / things.max(1) as f64;
    if mutual >= MUTUAL_MIN {
        let words = Words::new(
            format!("{things} 次共同跟随的分享中 {own} 次来自群内成员：他们互相邀请"),
            format!("{own} of the {things} shares they follow are by themselves: they invite each other"),
        );
        reasons.push(Reason { sign: Sign::Mutual, value: mutual, usual: MUTUAL_MIN, words });
    }
    let mut of: Vec<CampaignId> =
        block.targets.iter().map(|target| campaigns[names[*target as usize].0 as usize].clone()).collect();
    of.sort_unstable();
    of.dedup();
    shared.sort_by_key(|shared| std::cmp::Reverse(shared.people.len()));
    shared.truncate(SHARED_MAX);
    Finding { kind: Kind::Together, reasons, people, head: None, campaigns: of, shared }
}

/// How many of these moments have another one within ten minutes.
fn in_company(mut times: Vec<i64>) -> usize {
    times.sort_unstable();
    let near = |a: i64, b: i64| b - a <= TOGETHER_MICROS;
    let before = |place: usize| place > 0 && near(times[place - 1], times[place]);
    let after = |place: usize| place + 1 < times.len() && near(times[place], times[place + 1]);
    (0..times.len()).filter(|place| before(*place) || after(*place)).count()
}

/// People numbered densely, in the order they are first named.
#[derive(Default)]
struct Numbers {
    people: Vec<Handle>,
    numbers: FxHashMap<Handle, u32>,
}

impl Numbers {
    fn of(&mut self, person: Handle) -> u32 {
        *self.numbers.entry(person).or_insert_with(|| {
            self.people.push(person);
            self.people.len() as u32 - 1
        })
    }

    /// The people behind some numbers, in order.
    fn named(&self, numbers: &[u32]) -> Vec<Handle> {
        let mut people: Vec<Handle> = numbers.iter().map(|number| self.people[*number as usize]).collect();
        people.sort_unstable();
        people
    }
}
