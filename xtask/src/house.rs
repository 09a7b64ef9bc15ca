//! Where things lie, and how cargo is called so that nothing is compiled twice.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A checkout and its target folder.
pub struct House {
    pub root: PathBuf,
    pub target: PathBuf,
    /// What `cargo metadata` says of the checkout, dependencies included.
    pub metadata: serde_json::Value,
}

impl House {
    /// The checkout this program was built in.
    ///
    /// # Errors
    /// When cargo cannot read the manifests.
    pub fn find() -> Result<Self> {
        let own = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = own.parent().context("xtask lies directly in the checkout")?.to_path_buf();
        let output = Command::new(cargo()).args(["metadata", "--format-version", "1"]).current_dir(&root).output()?;
        if !output.status.success() {
            bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        }
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let target = metadata["target_directory"].as_str().context("cargo metadata names no target folder")?.into();
        Ok(Self { root, target, metadata })
    }

    /// A program started in the root of the checkout.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    pub fn cargo(&self, args: &[&str]) -> Command {
        let mut command = self.command(cargo());
        command.args(args);
        command
    }

    /// Builds every program of the workspace.
    ///
    /// `--examples` is there because it makes cargo unify features with those of the dev-dependencies, as the test build
    /// does: demo and tests then share every compiled dependency.
    pub fn build(&self) -> Command {
        self.cargo(&["build", "--workspace", "--bins", "--examples"])
    }

    /// The same as it is shipped, for measurements and long runs: it lies beside, in the target folder's `release`.
    pub fn build_release(&self) -> Command {
        self.cargo(&["build", "--release", "--workspace", "--bins", "--examples"])
    }

    /// A program that [`House::build`] has built.
    pub fn program(&self, name: &str) -> Command {
        self.command(self.program_path(name))
    }

    pub fn program_path(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    pub fn console(&self) -> PathBuf {
        self.root.join("web/console")
    }

    /// The pages of staff and those of customers.
    pub fn pages(&self) -> [PathBuf; 2] {
        [self.console(), self.root.join("web/fan")]
    }

    /// Where the SDKs of others are driven from.
    pub fn clients(&self) -> PathBuf {
        self.root.join("tests/house/clients")
    }

    pub fn npm(&self, args: &[&str]) -> Command {
        self.npm_in(&self.console(), args)
    }

    pub fn npm_in(&self, folder: &Path, args: &[&str]) -> Command {
        let mut command = self.command("npm");
        command.args(args).current_dir(folder).env("SEARCHLIGHT_BIN", self.program_path("searchlight"));
        command
    }
}

/// The cargo that started us, so that all of a run is one toolchain.
fn cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}

/// The program `name` on the search path.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_program(file))
}

pub fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
