//! Starting the program, and asking it.

use std::{
    fs::File,
    io::{Read, Seek},
    process::Stdio,
};

use db::{Engine, testing::TestDb};
use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// Facts a request may carry.
const BATCH: usize = 2500;

/// A data folder, and where its records are.
pub struct Installation {
    pub folder: TempDir,
    records: Option<String>,
}

/// What `admin create-brand` prints.
#[derive(Clone)]
pub struct Founded {
    pub email: String,
    pub password: String,
    pub write_key: String,
    pub secret_key: String,
}

impl Founded {
    /// What a new brand, or the demo, says of itself.
    pub fn read(line: &Value) -> Self {
        let text = |name: &str| line[name].as_str().unwrap_or_else(|| panic!("{name} in {line}")).to_owned();
        Self {
            email: text("email"),
            password: text("password"),
            write_key: text("write_key"),
            secret_key: text("secret_key"),
        }
    }
}

impl Installation {
    /// With everything in its folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), records: None }
    }

    /// With its records in the folder or in PostgreSQL.
    pub fn on(db: &TestDb) -> Self {
        let records = matches!(db.engine(), Engine::Postgres).then(|| db.url().to_owned());
        Self { records, ..Self::new() }
    }

    fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(testkit::binary("searchlight"));
        command.args(words).arg("--data-dir").arg(self.folder.path()).env("SEARCHLIGHT_LOGGING__LEVEL", "warn");
        if let Some(records) = &self.records {
            command.arg("--records").arg(records);
        }
        command
    }

    /// Makes a brand. The server must not be running.
    pub async fn create_brand(&self, name: &str, email: &str) -> Founded {
        let words = ["admin", "create-brand", "--brand", name, "--email", email];
        let ended = self.program(&words).output().await.expect("the program starts");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        Founded::read(&serde_json::from_slice(&ended.stdout).expect("a line of JSON"))
    }

    /// Serves the folder, once everything durable is digested.
    pub async fn serve(&self) -> Server {
        self.serve_at(0).await
    }

    /// The same at a port of one's choice, where clients find it again after a restart.
    pub async fn serve_at(&self, port: u16) -> Server {
        let listen = format!("127.0.0.1:{port}");
        // The tests ask more often than one client should.
        let words = ["serve", "--listen", &listen, "--set", "server.requests_per_second=0"];
        let (server, _) = Server::start(self.program(&words)).await;
        server.ready().await;
        server
    }
}

/// A running server; killed when dropped, and heard when the test fails.
pub struct Server {
    process: Child,
    log: File,
    pub url: String,
    http: Client,
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut log = String::new();
        if std::thread::panicking() && self.log.rewind().is_ok() && self.log.read_to_string(&mut log).is_ok() {
            eprintln!("the server's log:\n{log}");
        }
    }
}

impl Server {
    /// Starts a server and waits for the line it prints, which is given too.
    pub async fn start(mut command: Command) -> (Self, Value) {
        let log = tempfile::tempfile().expect("a file");
        command.stdout(Stdio::piped()).stderr(log.try_clone().expect("a file")).kill_on_drop(true);
        let mut process = command.spawn().expect("the program starts");
        let out = process.stdout.take().expect("it has an output");
        let line = BufReader::new(out).lines().next_line().await.expect("readable").expect("it says where it listens");
        let said: Value = serde_json::from_str(&line).expect("a line of JSON");
        let url = said["url"].as_str().expect("a url").to_owned();
        (Self { process, log, url, http: Client::new() }, said)
    }

    /// Its process number.
    pub fn pid(&self) -> u32 {
        self.process.id().expect("it runs")
    }

    /// Waits until everything durable is digested and folded; the server says so itself.
    pub async fn ready(&self) {
        let mut told = String::new();
        for _ in 0..6000 {
            let answer = self.anybody().get("/readyz").await;
            if answer.status == 200 {
                return;
            }
            told = answer.text();
            // Asking again after a moment is what a load balancer does.
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("the server did not become ready: {told}");
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) {
        let asked = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", self.pid())).status().await;
        assert!(asked.expect("a shell").success());
        assert!(self.process.wait().await.expect("it ends").success());
    }

    /// Pulls the plug.
    pub async fn kill(mut self) {
        self.process.kill().await.expect("it is killed");
    }

    fn caller(&self, credentials: Credentials) -> Caller {
        Caller { url: self.url.clone(), http: self.http.clone(), credentials }
    }

    /// Without credentials.
    pub fn anybody(&self) -> Caller {
        self.caller(Credentials::None)
    }

    /// A customer's browser with this token, which the pages of a brand gave it.
    pub fn customer(&self, workspace: u32, token: &str) -> Caller {
        self.caller(Credentials::Cookie(format!("sl_fan_{workspace}={token}")))
    }

    /// With an API key.
    pub fn key(&self, key: &str) -> Caller {
        self.caller(Credentials::Key(key.to_owned()))
    }

    /// Signs in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Caller {
        let answer = self.anybody().post("/api/v1/session", &json!({"email": email, "password": password})).await;
        assert_eq!(answer.status, 200, "{email}: {}", answer.text());
        let cookie = answer.headers["set-cookie"].to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a cookie").to_owned();
        self.caller(Credentials::Cookie(cookie))
    }
}

#[derive(Clone)]
enum Credentials {
    None,
    Key(String),
    Cookie(String),
}

/// Somebody who asks.
#[derive(Clone)]
pub struct Caller {
    url: String,
    http: Client,
    credentials: Credentials,
}

impl Caller {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Brings a file.
    pub async fn bring(&self, path: &str, file: impl Into<reqwest::Body>) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/octet-stream");
        Answer::of(request.body(file)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request).await
    }

    /// A request with the caller's credentials, to be completed.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.credentials {
            Credentials::None => request,
            Credentials::Key(key) => request.bearer_auth(key),
            Credentials::Cookie(cookie) => request.header("cookie", cookie),
        }
    }

    /// Reads JSON that must be there.
    pub async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// Changes something that must be possible.
    pub async fn make(&self, path: &str, body: &Value) -> Value {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.text());
        answer.json()
    }

    /// Hands in facts, all of which must be taken, and waits until they are folded. Gives the offset of the last.
    pub async fn hand_in(&self, facts: &[Value]) -> u64 {
        let mut last = 0;
        for batch in facts.chunks(BATCH) {
            let answer = self.post("/api/v1/facts", &Value::from(batch)).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let receipt = answer.json();
            assert_eq!(receipt["rejected"], 0, "{receipt}");
            last = receipt["last_offset"].as_u64().expect("an offset");
        }
        last
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, bytes: response.bytes().await.expect("a whole answer").to_vec() }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// The items of a list.
pub fn items(list: &Value) -> &[Value] {
    list["items"].as_array().map(Vec::as_slice).unwrap_or_else(|| panic!("a list: {list}"))
}

/// A text field of every item.
pub fn each<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    items(list).iter().map(|item| item[field].as_str().unwrap_or_else(|| panic!("{field}: {item}"))).collect()
}

/// What `searchlight` prints when it is run with these words and ends.
pub async fn output(words: &[&str]) -> Vec<u8> {
    let ended = Command::new(testkit::binary("searchlight")).args(words).output().await.expect("the program starts");
    assert!(ended.status.success(), "{words:?}: {}", String::from_utf8_lossy(&ended.stderr));
    ended.stdout
}
