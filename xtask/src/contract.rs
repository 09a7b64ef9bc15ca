//! The API asked by a stranger who only read `openapi.json`: every answer must be one that the document promises, and none
//! a fault of the server. Schemathesis makes up the requests, from a fixed seed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::count::Tally;
use crate::house::House;
use crate::run::stream;
use crate::tools;

const CONFIG: &str = "xtask/src/contract/schemathesis.toml";

/// Repeats a run.
const SEED: u64 = 66;

/// How many requests are made up.
#[derive(Clone, Copy)]
pub enum Cases {
    /// The same few each time.
    Few,
    /// For a soak of so many minutes.
    Many(u64),
}

/// What may not happen: a fault, a status, a type or a shape that the document does not name.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance";

/// Operations that would end the run: they take the caller's own session or key away, or change the password.
const LEFT_OUT: [&str; 5] = [
    "access.session.delete",
    "access.sessions.clear",
    "access.password.update",
    "access.key.delete",
    "access.key.rotate",
];

/// Asks a new brand's server, first with its secret key and then as its owner.
///
/// # Errors
/// When something needed is missing, or the server does not start.
pub fn check(house: &House, program: &Path, cases: Cases) -> Result<Tally> {
    let schemathesis = tools::SCHEMATHESIS.ready(house)?;
    let folder = house.target.join("contract");
    let _old = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let server = Server::start(program, &folder.join("data"))?;
    let mut sum = Tally::default();
    for (whose, header) in [("key", &server.by_key), ("owner", &server.by_owner)] {
        println!("as {whose}");
        let mut command = house.command("python3");
        command.env("PYTHONPATH", &schemathesis).args(["-m", "schemathesis.cli"]);
        command.arg("--config-file").arg(house.root.join(CONFIG)).arg("run").arg(house.root.join("openapi.json"));
        command.args(["--url", &server.url, "--header", header, "--checks", CHECKS]);
        command.args(["--seed", &SEED.to_string(), "--phases", "examples,coverage,fuzzing", "--no-color"]);
        command.args(["--request-timeout", "20", "--continue-on-failure", "--generation-database", "none"]);
        match cases {
            Cases::Few => command.args(["--max-examples", "3"]),
            Cases::Many(minutes) => command.args(["--max-examples", "200", "--max-time", &(minutes * 3).to_string()]),
        };
        for operation in LEFT_OUT {
            command.args(["--exclude-operation-id", operation]);
        }
        command.current_dir(&folder);
        sum += Tally::one(stream(&mut command)?.ok);
    }
    Ok(sum)
}

/// A server with a new brand.
struct Server {
    process: Child,
    url: String,
    by_key: String,
    by_owner: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is gone already when it crashed, which the run has told by then.
        let _gone = self.process.kill();
        let _status = self.process.wait();
    }
}

impl Server {
    fn start(program: &Path, folder: &Path) -> Result<Self> {
        let founding = ["admin", "create-brand", "--brand", "灯塔书店", "--email", "owner@example.com", "--data-dir"];
        let created =
            Command::new(program).args(founding).arg(folder).output().context("searchlight cannot be started")?;
        let brand: Value = serde_json::from_slice(&created.stdout)
            .with_context(|| String::from_utf8_lossy(&created.stderr).into_owned())?;
        let text = |value: &Value, name: &str| {
            value[name].as_str().map(str::to_owned).with_context(|| format!("{name} is missing"))
        };
        let mut command = Command::new(program);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--set", "server.requests_per_second=0", "--data-dir"])
            .arg(folder);
        let log = fs::File::create(folder.with_extension("log"))?;
        let mut process = command.env("RUST_LOG", "warn").stdout(Stdio::piped()).stderr(log).spawn()?;
        let out = process.stdout.take().context("the server has an output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let url = text(&serde_json::from_str(&line).context("the server did not start")?, "url")?;
        let mut server = Self { process, url, by_key: String::new(), by_owner: String::new() };
        server.by_key = format!("Authorization: Bearer {}", text(&brand, "secret_key")?);
        server.hand_in_a_fact()?;
        server.by_owner = server.sign_in(&text(&brand, "email")?, &text(&brand, "password")?)?;
        Ok(server)
    }

    fn post(&self, path: &str, header: &str, body: &Value) -> Result<String> {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--include", "--header", "content-type: application/json", "--header", header]);
        curl.args(["--data", &body.to_string()]).arg(format!("{}{path}", self.url));
        let output = curl.output().context("curl cannot be started")?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The first fact, which reads may wait for.
    fn hand_in_a_fact(&self) -> Result<()> {
        let facts = json!([{"event": "Page Seen", "user_id": "u-1"}]);
        let answer = self.post("/api/v1/facts", &self.by_key, &facts)?;
        if answer.contains("\"accepted\":1") { Ok(()) } else { bail!("a fact was not taken: {answer}") }
    }

    /// The cookie of a new session.
    fn sign_in(&self, email: &str, password: &str) -> Result<String> {
        let answer = self.post("/api/v1/session", "accept: */*", &json!({"email": email, "password": password}))?;
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
        match cookie {
            Some(cookie) => Ok(format!("Cookie: {cookie}")),
            None => bail!("the owner cannot sign in: {answer}"),
        }
    }
}
