//! A PostgreSQL server of one's own, from the machine's packages, in a folder.

use std::{
    fs, io,
    io::Write,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::free_port;

/// A running server; stopped when dropped. Its folder is the caller's to remove.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    data: PathBuf,
    user: Option<User>,
    port: u16,
    running: bool,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It is not installed.
    #[error(
        "PostgreSQL is not installed (looked for /usr/lib/postgresql/*/bin/initdb); run `apt-get install postgresql`"
    )]
    NotInstalled,
    /// We are root, which PostgreSQL refuses to run as, and there is nobody else.
    #[error(
        "PostgreSQL does not run as root, and there is no user `postgres`; install the package or run as another user"
    )]
    NoUser,
    /// One of its programs failed.
    #[error("{program} failed; is every folder above {folder} open to the user it runs as?\n{output}")]
    Program {
        /// `initdb` or `pg_ctl`.
        program: &'static str,
        /// The data folder.
        folder: PathBuf,
        /// What it said.
        output: String,
    },
    /// The folder cannot be used.
    #[error("cannot prepare the folder of the PostgreSQL server: {0}")]
    Io(#[from] io::Error),
}

/// Tests throw their data away: nothing needs to survive a power cut.
const QUICK: [(&str, &str); 8] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "200"),
    ("shared_buffers", "'128MB'"),
    ("listen_addresses", "'127.0.0.1'"),
    // The path of a socket may be too long for one; TCP always works.
    ("unix_socket_directories", "''"),
    ("log_min_messages", "'fatal'"),
];

/// Times another port is tried when somebody else was quicker.
const STARTS_MAX: usize = 5;

impl Postgres {
    /// Makes a database cluster in `folder` (a new or empty one) and starts the newest installed server on it, on a free port
    /// of 127.0.0.1. Everybody on this machine may connect, so it is for tests only.
    ///
    /// # Errors
    /// [`StartError`] says what to do.
    pub fn start(folder: &Path) -> Result<Self, StartError> {
        Self::start_with(folder, &[])
    }

    /// The same with settings of `postgresql.conf`, as `("fsync", "on")`.
    ///
    /// # Errors
    /// [`StartError`] says what to do.
    pub fn start_with(folder: &Path, settings: &[(&str, &str)]) -> Result<Self, StartError> {
        let data = folder.join("data");
        fs::create_dir_all(&data)?;
        let user = User::to_run_as()?;
        let mut server = Self { programs: newest_programs()?, data, user, port: 0, running: false };
        if let Some(user) = &server.user {
            for owned in [folder, &server.data] {
                std::os::unix::fs::chown(owned, Some(user.uid), Some(user.gid))?;
            }
        }
        let locale = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"];
        server.program("initdb", &locale)?;
        let mut conf = fs::OpenOptions::new().append(true).open(server.data.join("postgresql.conf"))?;
        for (name, value) in QUICK.iter().chain(settings) {
            writeln!(conf, "{name} = {value}")?;
        }
        for attempt in 1..=STARTS_MAX {
            server.port = free_port()?;
            match server.launch() {
                Ok(()) => break,
                Err(error) if attempt == STARTS_MAX => return Err(error),
                Err(_) => {}
            }
        }
        Ok(server)
    }

    fn launch(&mut self) -> Result<(), StartError> {
        let log = self.data.join("server.log");
        let (log, port) = (log.display().to_string(), format!("-p {}", self.port));
        self.program("pg_ctl", &["start", "--wait", "--silent", "--log", &log, "--options", &port, "--pgdata"])
            .map_err(|error| with_log(error, Path::new(&log)))?;
        self.running = true;
        Ok(())
    }

    /// `postgres://…`, for a superuser who needs no password.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops the server and waits until it has gone.
    ///
    /// # Errors
    /// [`StartError::Program`] when it does not stop.
    pub fn stop(mut self) -> Result<(), StartError> {
        self.halt()
    }

    fn halt(&mut self) -> Result<(), StartError> {
        if std::mem::take(&mut self.running) {
            self.program("pg_ctl", &["stop", "--wait", "--silent", "--mode=immediate", "--pgdata"])?;
        }
        Ok(())
    }

    /// Runs one of the server's programs; the data folder is added as the last argument.
    fn program(&self, program: &'static str, arguments: &[&str]) -> Result<(), StartError> {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).arg(&self.data).current_dir(&self.data).stdin(Stdio::null()).env("LC_ALL", "C");
        if let Some(user) = &self.user {
            command.uid(user.uid).gid(user.gid);
        }
        let ended = command.output()?;
        if ended.status.success() {
            return Ok(());
        }
        let output = [ended.stdout, ended.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        Err(StartError::Program { program, folder: self.data.clone(), output })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(error) = self.halt() {
            eprintln!("a PostgreSQL server for tests is left over: {error}");
        }
    }
}

fn with_log(error: StartError, log: &Path) -> StartError {
    match error {
        StartError::Program { program, folder, output } => {
            let log = fs::read_to_string(log).unwrap_or_default();
            StartError::Program { program, folder, output: format!("{output}{log}") }
        }
        other => other,
    }
}

/// Where Debian keeps the newest server's programs.
fn newest_programs() -> Result<PathBuf, StartError> {
    let versions = fs::read_dir("/usr/lib/postgresql").map_err(|_| StartError::NotInstalled)?;
    versions
        .flatten()
        .filter_map(|version| {
            let number: u32 = version.file_name().to_str()?.parse().ok()?;
            let programs = version.path().join("bin");
            programs.join("initdb").is_file().then_some((number, programs))
        })
        .max()
        .map(|(_, programs)| programs)
        .ok_or(StartError::NotInstalled)
}

#[derive(Clone, Copy, Debug)]
struct User {
    uid: u32,
    gid: u32,
}

impl User {
    /// Somebody else when we are root, as whom PostgreSQL refuses to run.
    fn to_run_as() -> Result<Option<Self>, StartError> {
        // A process owns its own entry in /proc.
        if fs::metadata("/proc/self")?.uid() != 0 {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd")?;
        passwd
            .lines()
            .filter_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next()?;
                let uid = fields.nth(1)?.parse().ok()?;
                let gid = fields.next()?.parse().ok()?;
                (name == "postgres").then_some(Self { uid, gid })
            })
            .next()
            .map(Some)
            .ok_or(StartError::NoUser)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_server_answers_until_it_is_stopped() {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Postgres::start(folder.path()).expect("a server");
        let address = ("127.0.0.1", server.port);
        assert!(TcpStream::connect(address).is_ok());
        server.stop().expect("stopped");
        assert!(TcpStream::connect(address).is_err());
    }

    #[test]
    fn a_setting_that_does_not_exist_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = Postgres::start_with(folder.path(), &[("no_such_setting", "1")]).expect_err("no server");
        assert!(error.to_string().contains("no_such_setting"), "{error}");
    }
}
