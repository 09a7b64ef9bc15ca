//! How long a search takes among very many people: `cargo run -p identity --example search -- 1000000`.
//!
//! Fills records with people of drawn names, reads them as a start does, and asks over HTTP as a console does.

use std::{error::Error, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use db::{DbError, Decider, Records, Sql, Tx, Value};
use factlog::{FactLog, Options, RealDisk};
use facts::{Fact, Namespace};
use identity::{Circles, People, PortError, Standing, TimelinePage, Timelines, Wiring};
use kernel::{Handle, Offset, Scope, WorkspaceId};
use river::{Batch, Digest, Live, River, Rivers};
use tower::ServiceExt;
use web::{
    PermissionSet,
    openapi::assemble,
    testing::{KnownCallers, staff},
};

const BRAND: WorkspaceId = WorkspaceId(1);
const SURNAMES: &str =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢";
const GIVEN: &str =
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉鑫宇博浩轩然子涵梓萱雨欣怡诗琪晨曦一诺沐宸嘉懿语桐若希安澜";
const CITIES: [&str; 6] = ["杭州", "上海", "北京", "广州", "成都", "西安"];
const CHUNK: u64 = 4_000;

/// A number that looks drawn.
const fn drawn(seed: u64) -> u64 {
    let mut n = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

fn pick(of: &str, n: u64) -> char {
    let count = of.chars().count() as u64;
    of.chars().nth((n % count) as usize).unwrap_or('王')
}

fn name(person: u64) -> String {
    let n = drawn(person);
    let mut name = String::from_iter([pick(SURNAMES, n), pick(GIVEN, n >> 8)]);
    if n >> 60 > 3 {
        name.push(pick(GIVEN, n >> 16));
    }
    // One in eight goes by a name nobody else has.
    if n >> 56 & 7 == 0 {
        name.push_str(&person.to_string());
    }
    name
}

/// Books some people at once: a user id each, a browser for every second, a token for every fourth.
struct Fill;

#[async_trait]
impl Decider for Fill {
    type Command = (u64, u64);
    type Outcome = ();

    fn name(&self) -> &'static str {
        "fill"
    }

    async fn decide(&self, tx: &Tx, commands: &[(u64, u64)]) -> Result<Vec<()>, DbError> {
        for (from, to) in commands {
            let (mut handles, mut links, mut profiles, mut done) = (vec![], vec![], vec![], vec![]);
            for person in *from..*to {
                let user = person * 3 + 1;
                let mut booked = vec![(Namespace::User, format!("u-{person}"), user)];
                if person % 2 == 0 {
                    booked.push((Namespace::Anonymous, format!("{:016x}", drawn(person)), user + 1));
                }
                if person % 4 == 0 {
                    booked.push((Namespace::Spread, format!("t{:012x}", drawn(person) >> 16), user + 2));
                }
                for (namespace, value, handle) in booked {
                    handles.extend([
                        Value::from(1_i64),
                        Value::from(namespace.code()),
                        Value::from(value),
                        Value::from(handle),
                    ]);
                    if handle != user {
                        links.extend([1, handle, user, person + 1, 0].map(|n: u64| Value::from(n)));
                    }
                }
                let phone = format!("170{:08}", drawn(person) % 100_000_000);
                let city = CITIES[(drawn(person) >> 40) as usize % CITIES.len()];
                let wechat = format!("o{:016x}", drawn(person ^ 7));
                profiles.extend([Value::from(1_i64), Value::from(user), Value::from(name(person))]);
                profiles.extend([phone, wechat, city.to_owned()].map(Value::from));
                for event in ["Spread Opened", "identify"] {
                    let at = 1_790_000_000_000_000_i64 + (drawn(person) % 172_800_000_000) as i64;
                    done.extend([Value::from(1_i64), Value::from(user), Value::from(event)]);
                    done.extend([1, at, at].map(|n: i64| Value::from(n)));
                }
            }
            for (head, width, rows) in [
                ("identity_handle (workspace_id, namespace, value, handle)", 4, handles),
                ("identity_link (workspace_id, handle, into_handle, fact_offset, linked_at)", 5, links),
                ("identity_profile (workspace_id, handle, name, phone, wechat, city)", 6, profiles),
                ("identity_activity (workspace_id, handle, event, facts, first_at, last_at)", 6, done),
            ] {
                tx.insert_rows(&format!("insert into {head}"), width, rows, "").await?;
            }
            let next = [Value::from(1_i64), Value::from(to * 3 + 1)];
            let sql = "insert into identity_counter (workspace_id, next_handle) values ($1, $2) \
                       on conflict (workspace_id) do update set next_handle = excluded.next_handle";
            tx.run(sql, next).await?;
        }
        Ok(vec![(); commands.len()])
    }
}

/// A store's manager sees every twentieth person.
struct Everywhere(u64);

#[async_trait]
impl Circles for Everywhere {
    fn within(&self, _: WorkspaceId, _: &Scope) -> Vec<Handle> {
        (0..self.0).step_by(20).map(|person| Handle((person * 3 + 1) as u32)).collect()
    }

    async fn standings(&self, _: WorkspaceId, _: &Scope, persons: &[Handle]) -> Result<Vec<Standing>, PortError> {
        Ok(vec![Standing { campaigns: 1, ..Standing::default() }; persons.len()])
    }
}

struct Nothing;

#[async_trait]
impl Timelines for Nothing {
    async fn page(&self, _: WorkspaceId, _: TimelinePage) -> Result<Vec<(Offset, Fact)>, PortError> {
        Ok(Vec::new())
    }
}

impl Live for Nothing {
    fn name(&self) -> &'static str {
        "nothing"
    }

    fn version(&self) -> u32 {
        1
    }

    fn fold(&self, _: &Batch) {}

    fn save(&self) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        Ok(Vec::new())
    }

    fn restore(&self, _: &[u8]) -> bool {
        true
    }

    fn clear(&self) {}
}

fn resident_mb() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok()).unwrap_or(0.0) * 4096.0 / 1e6
}

#[expect(clippy::disallowed_methods, reason = "it is the time that is measured")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

async fn ask(router: &Router, who: &str, query: &str) -> Result<(Duration, serde_json::Value), Box<dyn Error>> {
    let request = Request::get(format!("/api/v1/persons?{query}")).header("authorization", format!("Bearer {who}"));
    let begun = now();
    let response = router.clone().oneshot(request.body(Body::empty())?).await?;
    let body = to_bytes(response.into_body(), 1 << 24).await?;
    Ok((begun.elapsed(), serde_json::from_slice(&body)?))
}

fn wired(folder: &std::path::Path, records: &Records, people: &People, count: u64) -> Result<Router, Box<dyn Error>> {
    let log = FactLog::open(Arc::new(RealDisk), &folder.join("log"), Options::default())?;
    let stages: Vec<Arc<dyn river::Stage>> = vec![people.stage()];
    let rivers = Arc::new(Rivers::default());
    let river = River::start(river::Wiring {
        workspace: BRAND,
        log: Arc::new(log),
        lake: river::Lake::in_memory(BRAND),
        records: records.clone(),
        digest: records.group(Digest::new(stages.clone())),
        stages,
        live: Arc::new(Nothing),
        snapshots: folder.join("live"),
        snapshot_every: river::SNAPSHOT_EVERY,
    });
    rivers.insert(BRAND, Arc::new(river));
    let all = staff(BRAND, PermissionSet::ALL, Scope::All);
    let one = staff(BRAND, PermissionSet::ALL, Scope::Units(["store-1".parse()?].into()));
    let gate = KnownCallers::default().with("all", all).with("one", one).gate();
    let (circles, timelines) = (Arc::new(Everywhere(count)), Arc::new(Nothing));
    let wiring = Wiring { people: people.clone(), rivers, circles, timelines };
    let (router, _) = assemble("search", "1", &[identity::TAG], [identity::router(wiring, gate)]);
    Ok(router)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(100_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("records.sqlite").display());
    let records = Records::open(&url, &[river::MIGRATIONS, identity::MIGRATIONS].concat()).await?;
    let fill = records.group(Fill);
    for from in (0..count).step_by(CHUNK as usize) {
        fill.submit((from, (from + CHUNK).min(count))).await?;
    }
    let people = People::new(records.clone());
    let router = wired(folder.path(), &records, &people, count)?;
    let (before, begun) = (resident_mb(), now());
    people.open(BRAND);
    ask(&router, "all", "limit=1").await?;
    let (read, held) = (begun.elapsed(), resident_mb() - before);
    println!("{count} people: read in {read:.1?}, {held:.0} MB more, {:.0} bytes each", held * 1e6 / count as f64);

    for (who, query) in [
        ("all", ""),
        ("all", "q=王"),
        ("all", "q=张伟"),
        ("all", "q=zhangwei"),
        ("all", "q=zw"),
        ("all", "q=z"),
        ("all", "q=张w"),
        ("all", "q=wei"),
        ("all", "q=nobodyiscalledso"),
        ("all", "q=u-424242"),
        ("all", "q=u-4242"),
        ("all", "q=5678"),
        ("all", "kind=fan&city=杭州&q=li"),
        ("one", ""),
        ("one", "q=zw"),
    ] {
        let query: String =
            query.bytes().map(|b| if b < 128 { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
        let (mut times, mut total) = (Vec::new(), serde_json::Value::Null);
        for _ in 0..20 {
            let (time, answer) = ask(&router, who, &query).await?;
            times.push(time);
            total = answer["total"].clone();
        }
        times.sort();
        println!("{who:>4} {query:<34} {total:>8} found   p50 {:>8.1?}   max {:>8.1?}", times[10], times[19]);
    }
    Ok(())
}
