//! `searchlight import` as somebody at a command line uses it: packed files, spoilt files, tables, servers that go away.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, process::Command};

use crate::{
    cascades,
    server::{Caller, Founded, Installation, Server, items},
};

/// What an import said and how it ended.
struct Ended {
    code: i32,
    told: Vec<Value>,
    stderr: String,
}

/// A brand, its server, and a folder with files.
struct Desk {
    house: Installation,
    founded: Founded,
    files: TempDir,
}

impl Desk {
    async fn new() -> (Self, Server) {
        let house = Installation::new();
        let founded = house.create_brand("jia", "owner@jia.example").await;
        let server = house.serve().await;
        (Self { house, founded, files: tempfile::tempdir().expect("a folder") }, server)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.files.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path
    }

    fn command(&self, server: &str, words: &[&str]) -> Command {
        let mut command = Command::new(testkit::binary("searchlight"));
        command.args(["import", "--url", server, "--out"]).arg(self.files.path()).args(words);
        command.env("SEARCHLIGHT_KEY", &self.founded.secret_key).stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    async fn import(&self, server: &Server, words: &[&str]) -> Ended {
        ended(self.command(&server.url, words)).await
    }

    fn rejects(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.files.path().join(name)).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a refused line")).collect()
    }

    fn reader(&self, server: &Server) -> Caller {
        server.key(&self.founded.secret_key)
    }
}

async fn ended(mut command: Command) -> Ended {
    let output = command.output().await.expect("the program starts");
    let told = String::from_utf8(output.stdout).expect("UTF-8");
    Ended {
        code: output.status.code().unwrap_or(-1),
        told: told.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).expect("memory");
    gzip.finish().expect("memory")
}

/// All facts of the brand by message id, and how often each is there.
async fn there(reader: &Caller) -> BTreeMap<String, u64> {
    let mut there = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = reader.read(&format!("/api/v1/facts?limit=1000&after={after}")).await;
        for fact in items(&page) {
            *there.entry(fact["message_id"].as_str().expect("an id").to_owned()).or_default() += 1;
        }
        match page["next"].as_u64().or_else(|| page["next"].as_str().and_then(|next| next.parse().ok())) {
            Some(next) => after = next,
            None => return there,
        }
    }
}

fn seen(number: usize) -> String {
    format!(
        r#"{{"event":"Page Seen","user_id":"u{}","message_id":"m-{number}","timestamp":"2026-11-20T09:00:00Z"}}"#,
        number % 500
    )
}

fn pages(count: usize) -> String {
    (0..count).map(|number| seen(number) + "\n").collect()
}

#[tokio::test]
async fn a_file_is_the_same_facts_however_it_is_packed() {
    let (desk, server) = Desk::new().await;
    let lines = concat!(
        "\u{feff}{\"event\":\"Page Seen\",\"user_id\":\"u1\",\"timestamp\":\"2026-11-20T09:00:00Z\"}\r\n",
        "\r\n",
        "{\"type\":\"track\",\"event\":\"Page Seen\",\"userId\":\"u1\",\"originalTimestamp\":\"2026-11-20T10:00:00Z\",\"sentAt\":\"2026-11-20T10:00:01Z\"}\r\n",
        "{\"type\":\"identify\",\"user_id\":\"u1\",\"traits\":{\"name\":\"林晓\"},\"message_id\":\"own\"}",
    );
    let plain = desk.file("may.jsonl", lines);
    let packed = [desk.file("may.jsonl.gz", gzip(lines.as_bytes())), {
        let zstd = zstd::encode_all(lines.as_bytes(), 1).expect("memory");
        desk.file("may.jsonl.zst", zstd)
    }];
    for file in [&plain, &packed[0], &packed[1]] {
        let import = desk.import(&server, &[text(file)]).await;
        assert_eq!((import.code, &import.told[0]["accepted"]), (0, &json!(3)), "{}", import.stderr);
    }
    let reader = desk.reader(&server);
    let facts = reader.read("/api/v1/facts").await;
    assert_eq!(items(&facts).len(), 3, "packed it is the same file: {facts}");
    let times: Vec<&str> = items(&facts).iter().filter_map(|fact| fact["timestamp"].as_str()).collect();
    assert_eq!(times[..2], ["2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z"]);

    let mut piped = desk.command(&server.url, &["-"]);
    let mut process = piped.stdin(Stdio::piped()).spawn().expect("the program starts");
    let mut stdin = process.stdin.take().expect("an input");
    stdin.write_all(&gzip(pages(7).as_bytes())).await.expect("it reads");
    drop(stdin);
    assert!(process.wait_with_output().await.expect("it ends").status.success());
    assert_eq!(there(&reader).await.len(), 10);
}

#[tokio::test]
async fn every_refused_line_is_told_with_its_number_and_the_rest_is_taken() {
    let (desk, server) = Desk::new().await;
    let mut spoilt = Vec::new();
    for line in [
        seen(1).into_bytes(),
        b"{\"event\":\"Page Seen\",\"user_id\":\"\xc1\xd6\"}".to_vec(),
        b"{\"event\":\"Page Seen\"".to_vec(),
        b"{\"event\":\"Page Seen\"}".to_vec(),
        format!("{{\"event\":\"E\",\"user_id\":\"u\",\"properties\":{{\"x\":\"{}\"}}}}", "y".repeat(40_000))
            .into_bytes(),
        vec![b'x'; 3 << 20],
        b"[]".to_vec(),
        seen(2).into_bytes(),
    ] {
        spoilt.extend_from_slice(&line);
        spoilt.push(b'\n');
    }
    let file = desk.file("spoilt.jsonl", &spoilt);
    let dry = desk.import(&server, &["--dry-run", text(&file)]).await;
    assert_eq!((dry.code, &dry.told[0]["accepted"]), (2, &json!(2)), "{}", dry.stderr);
    let found_dry = desk.rejects("spoilt.jsonl.rejects.jsonl");
    let reader = desk.reader(&server);
    assert!(there(&reader).await.is_empty(), "nothing was sent");

    let import = desk.import(&server, &[text(&file)]).await;
    assert_eq!((import.code, &import.told[0]["accepted"]), (2, &json!(2)), "{}", import.stderr);
    let refused = desk.rejects("spoilt.jsonl.rejects.jsonl");
    assert_eq!(refused, found_dry, "checked without a server, the same lines are refused");
    let numbers: Vec<u64> = refused.iter().filter_map(|line| line["line"].as_u64()).collect();
    assert_eq!(numbers, [2, 3, 4, 5, 6, 7]);
    for (line, reason) in
        refused.iter().zip(["UTF-8", "column", "user_id or anonymous_id", "32 KiB", "1024 KiB", "no JSON object"])
    {
        assert!(line["reason"].as_str().expect("a reason").contains(reason), "{line}");
    }
    assert_eq!(refused[2]["text"], "{\"event\":\"Page Seen\"}");
    assert_eq!(there(&reader).await.len(), 2);
}

#[tokio::test]
async fn a_table_of_orders_is_imported_by_naming_its_columns() {
    let (desk, server) = Desk::new().await;
    let table = "\u{feff}单号,会员号,下单时间,金额,备注\r\nB-1,u1,2026/11/20 9:05,39.90,\"送礼,\r\n要包装\"\r\nB-2,u2\r\nB-3,u3,昨天,1,\r\nB-4,u4,2026-11-20 10:00:00,\"1,280.00\",x\"\r\nB-5,u5,2026-11-20 11:00:00,7,";
    let file = desk.file("orders.csv", table);
    let words = [
        "--map",
        "user_id=会员号",
        "--map",
        "timestamp=下单时间",
        "--map",
        "properties.order_id=单号",
        "--map",
        "properties.amount_minor:minor=金额",
        "--set",
        "event=Order Paid",
        text(&file),
    ];
    let import = desk.import(&server, &words).await;
    assert_eq!((import.code, &import.told[0]["accepted"]), (2, &json!(2)), "{}", import.stderr);
    let numbers: Vec<u64> =
        desk.rejects("orders.csv.rejects.jsonl").iter().filter_map(|line| line["line"].as_u64()).collect();
    assert_eq!(numbers, [4, 5, 6], "the first order goes over two lines, the fourth has a stray quote");
    let facts = desk.reader(&server).read("/api/v1/facts").await;
    assert_eq!(
        items(&facts)[0]["properties"],
        json!({"order_id": "B-1", "amount_minor": 3990, "备注": "送礼,\n要包装"})
    );
    assert_eq!(items(&facts)[0]["timestamp"], "2026-11-20T01:05:00Z");

    let unknown = desk.import(&server, &["--map", "user_id=编号", text(&file)]).await;
    assert_eq!(unknown.code, 1);
    assert!(unknown.stderr.contains("there is no column \"编号\"; there are 单号, 会员号"), "{}", unknown.stderr);
}

#[tokio::test]
async fn a_file_that_breaks_off_is_imported_as_far_as_it_goes_and_the_whole_adds_the_rest() {
    let (desk, server) = Desk::new().await;
    let whole = gzip(pages(20_000).as_bytes());
    let file = desk.file("pages.jsonl.gz", &whole[..whole.len() / 2]);
    let broken = desk.import(&server, &[text(&file)]).await;
    assert_eq!(broken.code, 1);
    assert!(broken.stderr.contains("breaks off behind line"), "{}", broken.stderr);
    let reader = desk.reader(&server);
    server.ready().await;
    let taken = there(&reader).await.len();
    assert!((1..20_000).contains(&taken), "{taken}");

    let file = desk.file("pages.jsonl.gz", &whole);
    let import = desk.import(&server, &[text(&file)]).await;
    assert_eq!((import.code, &import.told[0]["accepted"]), (0, &json!(20_000)), "{}", import.stderr);
    assert_eq!(import.told[0]["lines_done_before"], 0, "it is another file");
    let there = there(&reader).await;
    assert_eq!((there.len(), there.values().max()), (20_000, Some(&1)));
}

#[tokio::test]
async fn a_server_that_goes_away_is_waited_for_and_an_import_that_is_killed_goes_on() {
    let (desk, server) = Desk::new().await;
    server.kill().await;
    let port = testkit::free_port().expect("a port");
    let server = desk.house.serve_at(port).await;
    const FACTS: usize = 60_000;
    let file = desk.file("pages.jsonl", pages(FACTS));
    let notes = desk.files.path().join("pages.jsonl.import.json");
    let come_to = async |line: u64| {
        loop {
            let kept = fs::read(&notes).ok().and_then(|kept| serde_json::from_slice::<Value>(&kept).ok());
            if kept.is_some_and(|kept| kept["line"].as_u64() >= Some(line)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let mut first = desk.command(&server.url, &[text(&file)]).spawn().expect("the program starts");
    come_to(4_000).await;
    first.kill().await.expect("it is killed");

    let url = server.url.clone();
    let second = desk.command(&url, &[text(&file)]).spawn().expect("the program starts");
    come_to(12_000).await;
    server.kill().await;
    let server = desk.house.serve_at(port).await;
    let output = second.wait_with_output().await.expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("a line of JSON");
    assert_eq!(told["accepted"], FACTS);
    assert!(told["lines_done_before"].as_u64() >= Some(4_000), "{told}");
    assert!(!notes.exists(), "what is done needs no notes");
    let there = there(&desk.reader(&server)).await;
    assert_eq!((there.len(), there.values().max()), (FACTS, Some(&1)));
}

#[tokio::test]
async fn who_may_not_is_told_at_once_and_nobody_there_in_the_end() {
    let (desk, server) = Desk::new().await;
    let file = desk.file("pages.jsonl", pages(3));
    let mut stranger = desk.command(&server.url, &[text(&file)]);
    stranger.env("SEARCHLIGHT_KEY", "sls_nobody");
    let stranger = ended(stranger).await;
    assert_eq!(stranger.code, 1);
    assert!(stranger.stderr.contains("401"), "{}", stranger.stderr);
    let url = server.url.clone();
    server.kill().await;
    let nobody = ended(desk.command(&url, &["--patience", "0", text(&file)])).await;
    assert_eq!(nobody.code, 1);
    assert!(nobody.stderr.contains("has not answered"), "{}", nobody.stderr);
    let array = desk.file("array.json", "[\n{}\n]");
    let array = ended(desk.command(&url, &[text(&array)])).await;
    assert!(array.stderr.contains("jq -c"), "{}", array.stderr);
}

#[tokio::test]
async fn real_cascades_are_imported_from_the_file_they_come_in() {
    let Some((rows, known)) = cascades::first_rows(20_000) else { return };
    let (desk, server) = Desk::new().await;
    let file = desk.file("cascades.jsonl.zst", zstd::encode_all(rows.as_bytes(), 1).expect("memory"));
    let import = desk.import(&server, &[text(&file)]).await;
    assert_eq!((import.code, &import.told[0]["accepted"]), (0, &json!(rows.lines().count())), "{}", import.stderr);
    let reader = desk.reader(&server);
    assert!(!known.is_empty());
    for known in known {
        let told = reader.read(&format!("/api/v1/campaigns/{}/cascade", known.cascade_id)).await;
        assert_eq!(cascades::Known::of(&told), known);
    }
    let listed = reader.read("/api/v1/campaigns?limit=1000").await;
    assert!(!items(&listed).is_empty(), "they can be found in the console");
}
