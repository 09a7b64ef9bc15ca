//! The binary as an operator starts it.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
};

use reqwest::{Client, Response};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The binary with these words. Nothing of the environment configures it.
pub fn command(words: &[&str]) -> Command {
    let mut command = Command::new(testkit::binary("searchlight"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SEARCHLIGHT_")) {
        command.env_remove(name);
    }
    command.args(words).env("LC_ALL", "C");
    command
}

/// What it says when it is run to its end.
pub fn run(words: &[&str]) -> Output {
    command(words).output().expect("the program starts")
}

/// What it says when it must refuse: one sentence on stderr, and no success.
pub fn refused(words: &[&str]) -> String {
    let output = run(words);
    assert!(!output.status.success(), "{words:?} went well");
    String::from_utf8(output.stderr).expect("text")
}

/// A data folder with one brand.
pub struct Brand {
    /// The data folder.
    pub folder: PathBuf,
    pub told: Value,
    _parent: TempDir,
}

impl Brand {
    pub fn found() -> Self {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("data");
        let words = ["admin", "create-brand", "--brand", "灯塔书店", "--email", "owner@dengta.example", "--data-dir"];
        let output = command(&words).arg(&folder).output().expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { folder, _parent: parent, told: serde_json::from_slice(&output.stdout).expect("a line of JSON") }
    }

    pub fn text(&self, name: &str) -> &str {
        self.told[name].as_str().unwrap_or_else(|| panic!("{name} in {}", self.told))
    }

    /// Serves it with these settings besides.
    pub fn serve(&self, settings: &[&str]) -> Server {
        serve(&self.folder, settings)
    }
}

/// Serves a folder on a free port, with these settings besides.
pub fn serve(folder: &Path, settings: &[&str]) -> Server {
    let log = folder.with_extension("stderr");
    let mut command = command(&["serve", "--listen", "127.0.0.1:0", "--data-dir"]);
    command.arg(folder).stdout(Stdio::piped()).stderr(File::create(&log).expect("a file"));
    for setting in settings {
        command.args(["--set", setting]);
    }
    let mut process = command.spawn().expect("the program starts");
    let mut line = String::new();
    let out = process.stdout.take().expect("it has an output");
    BufReader::new(out).read_line(&mut line).expect("readable");
    let said: Value = serde_json::from_str(&line)
        .unwrap_or_else(|_| panic!("it does not serve: {}", fs::read_to_string(&log).unwrap_or_default()));
    let url = said["url"].as_str().expect("a url").to_owned();
    Server { process, log, url, http: Client::new() }
}

/// A running server; killed when dropped.
pub struct Server {
    process: Child,
    log: PathBuf,
    pub url: String,
    pub http: Client,
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the server's lines:\n{}", self.lines());
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_file(&self.log);
    }
}

impl Server {
    /// Everything it has written so far.
    pub fn lines(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("it runs");
    }

    /// Waits for its end.
    pub fn end(&mut self) -> ExitStatus {
        self.process.wait().expect("it ends")
    }

    pub async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.url)).send().await.expect("an answer")
    }

    /// Hands in facts with a key, and waits until they are digested.
    pub async fn hand_in(&self, key: &str, facts: &Value) {
        let sent = self.http.post(format!("{}/api/v1/facts", self.url)).bearer_auth(key).json(facts);
        let receipt: Value = sent.send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(receipt["rejected"], 0, "{receipt}");
        self.until("/readyz", 200).await;
    }

    /// Asks until the answer is this one.
    pub async fn until(&self, path: &str, status: u16) {
        until(|| async { self.get(path).await.status() == status }, &format!("{path} answers {status}")).await;
    }

    /// Waits until it has written a line with these words.
    pub async fn says(&self, words: &str) {
        until(|| async { self.lines().contains(words) }, &format!("the server says {words:?}")).await;
    }
}

/// Asks again every few milliseconds, as a load balancer would, for at most half a minute.
pub async fn until<F: Future<Output = bool>>(ask: impl Fn() -> F, what: &str) {
    for _ in 0..3000 {
        if ask().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("waited in vain: {what}");
}

/// A fact with everything that must not be written anywhere but into the log of facts.
pub fn private_fact() -> Value {
    json!([{
        "type": "identify", "user_id": "u-7700-secret", "message_id": "m-7700",
        "traits": {"phone": "13877007700", "name": "欧阳灯塔", "wechat": "wx-7700-secret"},
        "context": {"ip": "203.0.113.77"},
    }])
}
