//! What is stored: records, fact logs, lakes. Everything is read; nothing is written.

use std::{fs, path::Path, sync::Arc};

use factlog::RealDisk;
use kernel::{Timestamp, WorkspaceId};
use lake::{DiskStore, Lake};

use super::{Finding, bytes, words};
use crate::{config::Config, house::migrations};

/// Seconds two clocks may differ.
const SKEW_SECS: i64 = 2;

pub async fn check(config: &Config, now: Timestamp) -> Vec<Finding> {
    let folder = &config.data.folder;
    let mut findings = records(config, now).await;
    // A brand has a log from its first moment, and a lake from its first file on.
    for workspace in workspaces(&folder.join("log")) {
        findings.push(log(folder, workspace).await);
        findings.push(lake(folder, workspace).await);
    }
    findings
}

/// The brands that have a folder here.
fn workspaces(of: &Path) -> Vec<WorkspaceId> {
    let names =
        fs::read_dir(of).into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut found: Vec<WorkspaceId> = names.filter_map(|name| name.parse().ok().map(WorkspaceId)).collect();
    found.sort_unstable();
    found
}

async fn records(config: &Config, now: Timestamp) -> Vec<Finding> {
    let url = match &config.records.url {
        Some(url) => url.reveal().to_owned(),
        None => format!("sqlite:{}", config.data.folder.join("records.sqlite").display()),
    };
    let found = match db::inspect(&url, &migrations()).await {
        Ok(found) => found,
        Err(error) => {
            let advice = words(
                "请检查数据库是否可达、磁盘是否正常；数据损坏时从备份恢复",
                "check that the database can be reached and the disk is sound; if it is damaged, restore a backup",
            );
            return vec![Finding::bad("records", words(error.to_string(), error.to_string()), advice)];
        }
    };
    let (engine, version) = (found.engine, &found.version);
    let mut findings = Vec::new();
    if let Some(newer) = &found.newer {
        findings.push(Finding::bad(
            "records",
            words(
                format!("{engine} {version}，数据来自更新的版本（{newer}）"),
                format!("{engine} {version}, written by a newer version ({newer})"),
            ),
            words("请使用写入它的版本或更新的版本", "run the version that wrote it, or a newer one"),
        ));
    } else if found.problems.is_empty() {
        let waiting = found.pending;
        let (zh, en) = match waiting {
            0 => (String::new(), String::new()),
            _ => {
                (format!("；下次启动将执行 {waiting} 个迁移"), format!("; {waiting} migrations run at the next start"))
            }
        };
        findings.push(Finding::good(
            "records",
            words(format!("{engine} {version}，完整{zh}"), format!("{engine} {version}, sound{en}")),
        ));
    } else {
        let said = found.problems.join("; ");
        findings.push(Finding::bad("records", words(said.clone(), said), words("请从备份恢复", "restore a backup")));
    }
    if let Some(theirs) = found.clock {
        let skew = theirs.micros_since(now).abs() / 1_000_000;
        if skew > SKEW_SECS {
            findings.push(Finding::warn(
                "clock",
                words(format!("与数据库时钟相差 {skew} 秒"), format!("{skew} seconds away from the database's clock")),
                words("请在两台机器上启用时间同步", "let a time service keep both machines' clocks"),
            ));
        }
    }
    findings
}

async fn log(folder: &Path, workspace: WorkspaceId) -> Finding {
    let dir = folder.join("log").join(workspace.to_string());
    let looked = tokio::task::spawn_blocking(move || factlog::inspect(&RealDisk, &dir)).await;
    match looked {
        Ok(Ok(found)) => {
            let (records, size) = (found.records, bytes(found.bytes));
            Finding::good(
                "log",
                words(
                    format!("品牌 {workspace}：{records} 条事件，{size}，校验通过"),
                    format!("brand {workspace}: {records} facts, {size}, all checksums fit"),
                ),
            )
        }
        Ok(Err(error)) => damaged("log", workspace, &error.to_string()),
        Err(error) => damaged("log", workspace, &error.to_string()),
    }
}

async fn lake(folder: &Path, workspace: WorkspaceId) -> Finding {
    let store = DiskStore::new(Arc::new(RealDisk), folder.join("lake"));
    let looked = async {
        let lake = Lake::look(Arc::new(store), workspace).await?;
        lake.verify().await?;
        Ok::<_, lake::LakeError>(lake.manifest())
    };
    match looked.await {
        Ok(manifest) => {
            let (rows, files, size) = (manifest.rows(), manifest.files.len(), bytes(manifest.bytes()));
            Finding::good(
                "lake",
                words(
                    format!("品牌 {workspace}：{rows} 条事件，{files} 个文件，{size}，校验通过"),
                    format!("brand {workspace}: {rows} facts in {files} files, {size}, all checksums fit"),
                ),
            )
        }
        Err(error) => damaged("lake", workspace, &error.to_string()),
    }
}

fn damaged(check: &'static str, workspace: WorkspaceId, error: &str) -> Finding {
    Finding::bad(
        check,
        words(format!("品牌 {workspace}：{error}"), format!("brand {workspace}: {error}")),
        words("请停止服务、保留现场并从备份恢复", "stop the server, keep a copy of the folder, and restore a backup"),
    )
}
