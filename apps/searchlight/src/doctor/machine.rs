//! The machine: disk, limits, time, ports.

use std::{io, net::TcpListener, path::Path};

use rustix::process::{Resource, getrlimit};

use super::{Finding, bytes, words};
use crate::{config::Config, measurements::Disk};

/// Files a busy server has open: connections, segments, lake files.
const FILES_MIN: u64 = 4096;
/// Inodes that should be left: the lake makes new files all day.
const INODES_MIN: u64 = 10_000;

/// Space and inodes where the data is.
pub fn disk(folder: &Path, free_min: u64) -> Vec<Finding> {
    let there = folder.ancestors().find(|part| part.exists()).unwrap_or(Path::new("."));
    let disk = match Disk::of(there) {
        Ok(disk) => disk,
        Err(error) => {
            let advice = words("请检查磁盘是否已挂载", "check that the disk is mounted");
            return vec![Finding::bad("disk", words(error.to_string(), error.to_string()), advice)];
        }
    };
    let (free, total) = (bytes(disk.free_bytes), bytes(disk.total_bytes));
    let found = words(format!("剩余 {free}，共 {total}"), format!("{free} free of {total}"));
    let advice = words(
        "请清理磁盘，或扩容后再继续；写满时新的事件会被拒绝，已收下的不会丢失",
        "make room; when the disk is full new facts are refused, and none that was accepted is lost",
    );
    let space = if disk.free_bytes < free_min / 8 {
        Finding::bad("disk", found, advice)
    } else if disk.free_bytes < free_min {
        Finding::warn("disk", found, advice)
    } else {
        Finding::good("disk", found)
    };
    let count = disk.free_inodes;
    let found = words(format!("剩余 {count} 个 inode"), format!("{count} inodes free"));
    // Some file systems make inodes as they go, and count none.
    let inodes = if disk.total_inodes > 0 && count < INODES_MIN {
        let advice = words(
            "请删除大量小文件，或换用 inode 更多的文件系统",
            "remove small files, or take a file system with more inodes",
        );
        Finding::warn("inodes", found, advice)
    } else if disk.total_inodes == 0 {
        Finding::good("inodes", words("此文件系统不限制 inode", "not limited by this file system"))
    } else {
        Finding::good("inodes", found)
    };
    vec![space, inodes]
}

/// How many files the process may have open.
pub fn files() -> Finding {
    match getrlimit(Resource::Nofile).current {
        Some(limit) if limit < FILES_MIN => Finding::warn(
            "files",
            words(format!("最多可打开 {limit} 个文件"), format!("{limit} files may be open")),
            words(
                format!("请提高上限：LimitNOFILE={FILES_MIN} 或 ulimit -n {FILES_MIN}"),
                format!("raise the limit: LimitNOFILE={FILES_MIN}, or ulimit -n {FILES_MIN}"),
            ),
        ),
        Some(limit) => {
            Finding::good("files", words(format!("最多可打开 {limit} 个文件"), format!("{limit} files may be open")))
        }
        None => Finding::good("files", words("可打开的文件数不限", "any number of files may be open")),
    }
}

/// Whether something keeps the machine's clock.
pub fn time_service() -> Finding {
    const SIGNS: [&str; 5] = [
        "/run/systemd/timesync/synchronized",
        "/run/chrony/chronyd.pid",
        "/run/chrony",
        "/run/ntpd.pid",
        "/var/run/openntpd.sock",
    ];
    if SIGNS.iter().any(|sign| Path::new(sign).exists()) {
        return Finding::good("time", words("时钟由时间服务校准", "a time service keeps the clock"));
    }
    Finding::warn(
        "time",
        words("没有发现时间同步服务", "no time service was found"),
        words(
            "请确认宿主机启用了 chrony 或 systemd-timesyncd；容器使用宿主机时钟，可忽略",
            "make sure chrony or systemd-timesyncd runs; a container uses its host's clock, so look there",
        ),
    )
}

/// Whether the address can be listened on.
pub fn address(config: &Config, running: bool) -> Finding {
    let listen = config.server.listen;
    if running {
        return Finding::good(
            "address",
            words(format!("{listen} 由正在运行的服务使用"), format!("{listen}, used by the running server")),
        );
    }
    match TcpListener::bind(listen) {
        Ok(_) => Finding::good("address", words(format!("{listen} 可用"), format!("{listen} is free"))),
        Err(error) => {
            let advice = match error.kind() {
                io::ErrorKind::AddrInUse => words(
                    "另一个程序占用了它；请停止该程序或更换 server.listen",
                    "another program has it; stop that, or change server.listen",
                ),
                io::ErrorKind::PermissionDenied => words(
                    "1024 以下端口需要权限；请更换 server.listen",
                    "ports below 1024 need a right; change server.listen",
                ),
                _ => words("请更换 server.listen", "change server.listen"),
            };
            Finding::bad("address", words(format!("{listen}: {error}"), format!("{listen}: {error}")), advice)
        }
    }
}
