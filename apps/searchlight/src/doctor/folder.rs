//! The configuration and the data folder itself.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

use super::{Finding, words};
use crate::{
    config::Config,
    folder::{DataFolder, FolderError},
};

/// Who has the folder open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Nobody has made it yet.
    Absent,
    /// Nobody.
    Stopped,
    /// A server.
    Running,
}

/// Finds out without making anything.
pub fn held(folder: &Path) -> Held {
    if !folder.join("lock").exists() {
        return Held::Absent;
    }
    match DataFolder::open(folder) {
        Err(FolderError::InUse(_)) => Held::Running,
        _ => Held::Stopped,
    }
}

pub fn check(config: &Config, held: Held) -> Vec<Finding> {
    let folder = &config.data.folder;
    let name = folder.display();
    let mut findings = vec![Finding::good(
        "config",
        words("配置有效；`searchlight config show` 可查看来源", "valid; `searchlight config show` tells where from"),
    )];
    match fs::metadata(folder) {
        Err(error) if held == Held::Absent => {
            let found = words(format!("{name} 尚不存在"), format!("{name} is not there: {error}"));
            let advice =
                words("首次启动 `searchlight serve` 时会创建", "`searchlight serve` makes it at its first start");
            findings.push(Finding::warn("folder", found, advice));
            return findings;
        }
        Err(error) => {
            let said = format!("{name}: {error}");
            let advice = words("请检查路径与权限", "check its path and rights");
            findings.push(Finding::bad("folder", words(said.clone(), said), advice));
            return findings;
        }
        Ok(about) => findings.push(rights(folder, &about)),
    }
    findings.push(match held {
        Held::Running => Finding::good("lock", words("服务正在运行", "a server is running on it")),
        Held::Stopped => Finding::good("lock", words("没有服务在运行", "no server is running on it")),
        Held::Absent => Finding::warn(
            "lock",
            words("此目录还没有 Searchlight 数据", "no Searchlight data is here yet"),
            words("请确认 --data-dir 是否正确", "check --data-dir"),
        ),
    });
    findings
}

fn rights(folder: &Path, about: &fs::Metadata) -> Finding {
    let name = folder.display();
    let we = rustix::process::geteuid().as_raw();
    let mode = about.permissions().mode() & 0o777;
    let found = words(format!("{name}（权限 {mode:o}）"), format!("{name}, rights {mode:o}"));
    if about.uid() != we {
        let owner = about.uid();
        return Finding::warn(
            "folder",
            words(
                format!("{name} 属于用户 {owner}，当前用户是 {we}"),
                format!("{name} belongs to user {owner}, this is user {we}"),
            ),
            words("请用运行服务的用户执行", "run this as the user the server runs as"),
        );
    }
    if mode & 0o007 != 0 {
        let advice =
            words(format!("其中有个人信息：chmod 750 {name}"), format!("personal data is in it: chmod 750 {name}"));
        return Finding::warn("folder", found, advice);
    }
    Finding::good("folder", found)
}
