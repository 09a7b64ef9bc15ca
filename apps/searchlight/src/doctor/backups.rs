//! Whether somebody takes backups.

use std::path::Path;

use kernel::Timestamp;

use super::{Finding, bytes, words};
use crate::backup::Last;

/// Days after which a backup is an old one.
const FRESH_DAYS: i64 = 7;

/// When the last backup was taken. An installation that has none yet is young or careless: somebody should know.
pub fn check(folder: &Path, now: Timestamp) -> Finding {
    let advice = words(
        "请运行 `searchlight admin backup 新目录`，并加入定时任务",
        "run `searchlight admin backup FOLDER`, and let a timer do it",
    );
    let last = match Last::read(folder) {
        Ok(Some(last)) => last,
        Ok(None) => return Finding::warn("backup", words("还没有备份", "none was taken yet"), advice),
        Err(error) => {
            let found =
                words(format!("读不到备份记录：{error}"), format!("when the last was taken cannot be read: {error}"));
            return Finding::warn("backup", found, advice);
        }
    };
    let days = now.micros_since(last.taken_at) / 86_400_000_000;
    let (at, facts, size) = (last.taken_at, last.facts, bytes(last.bytes));
    let found = words(
        format!("上次备份 {at}（{days} 天前），{facts} 条事件，{size}"),
        format!("the last was taken {at}, {days} days ago: {facts} facts, {size}"),
    );
    if days > FRESH_DAYS { Finding::warn("backup", found, advice) } else { Finding::good("backup", found) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn no_backup_and_an_old_one_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let taken_at = Timestamp::from_secs(1_790_000_000);
        let verdict = |day: i64| check(folder.path(), Timestamp(taken_at.0 + day * 86_400_000_000)).verdict;
        assert_eq!(verdict(0), Verdict::Warn);
        Last { taken_at, facts: 3, bytes: 2048 }.note(&folder.path().join(Last::NAME)).unwrap();
        assert_eq!([0, 7, 8].map(verdict), [Verdict::Good, Verdict::Good, Verdict::Warn]);
        let found = check(folder.path(), taken_at).found;
        assert!(found.en.contains("3 facts, 2.0 KiB") && found.zh.contains("3 条事件"), "{found:?}");
        std::fs::write(folder.path().join(Last::NAME), "{").unwrap();
        assert_eq!(verdict(0), Verdict::Warn);
    }
}
