//! The doctor: looks at everything an installation rests on, on a running server's folder as well as on a stopped one, and
//! says what to do. It changes nothing.

mod backups;
mod folder;
mod machine;
mod stores;

use std::sync::Arc;

use kernel::{Clock, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    config::Config,
    tls::{Files, Validity},
};

/// The same in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FindingWords)]
pub struct Words {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingVerdict)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Works, but somebody should look at it.
    Warn,
    /// Does not work, or data is damaged.
    Bad,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// Which check, as a stable word.
    pub check: &'static str,
    /// How bad it is.
    pub verdict: Verdict,
    /// What was found.
    pub found: Words,
    /// What to do, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub advice: Option<Words>,
}

fn words(zh: impl Into<String>, en: impl Into<String>) -> Words {
    Words { zh: zh.into(), en: en.into() }
}

impl Finding {
    fn good(check: &'static str, found: Words) -> Self {
        Self { check, verdict: Verdict::Good, found, advice: None }
    }

    fn warn(check: &'static str, found: Words, advice: Words) -> Self {
        Self { check, verdict: Verdict::Warn, found, advice: Some(advice) }
    }

    fn bad(check: &'static str, found: Words, advice: Words) -> Self {
        Self { check, verdict: Verdict::Bad, found, advice: Some(advice) }
    }
}

/// What takes a moment: machine, disk, certificate, backup. For the console's page as well.
#[must_use]
pub fn glance(config: &Config, now: Timestamp) -> Vec<Finding> {
    let mut findings = machine::disk(&config.data.folder, config.data.free_min.0);
    findings.extend([machine::files(), machine::time_service()]);
    findings.extend(certificate(config, now));
    findings.push(backups::check(&config.data.folder, now));
    findings
}

/// Everything, with every record, segment and lake file read.
pub async fn examine(config: &Config, clock: &Arc<dyn Clock>) -> Vec<Finding> {
    let held = folder::held(&config.data.folder);
    let mut findings = folder::check(config, held);
    findings.push(machine::address(config, held == folder::Held::Running));
    findings.extend(glance(config, clock.now()));
    if held != folder::Held::Absent {
        findings.extend(stores::check(config, clock.now()).await);
    }
    findings
}

/// Days before the end of a certificate when it is time to renew it.
const RENEW_DAYS: i64 = 14;

fn certificate(config: &Config, now: Timestamp) -> Vec<Finding> {
    let Some(files) = Files::of(&config.tls) else {
        let (zh, en) = if config.server.behind_proxy {
            ("未启用，由前面的反向代理负责", "off: the proxy in front does it")
        } else {
            ("未启用，仅本机可访问", "off: only this machine can connect")
        };
        return vec![Finding::good("tls", words(zh, en))];
    };
    if let Err(error) = files.load() {
        let advice = words("请检查证书与私钥文件，再发送 SIGHUP", "mend the files, then send SIGHUP");
        return vec![Finding::bad("tls", words(error.to_string(), error.to_string()), advice)];
    }
    let Ok(Some(Validity { from, until })) = files.validity() else {
        let found = words("证书可用，但读不出有效期", "the certificate works; when it ends cannot be read");
        return vec![Finding::good("tls", found)];
    };
    let days = until.micros_since(now) / 86_400_000_000;
    let found =
        words(format!("证书有效期至 {until}（剩 {days} 天）"), format!("the certificate ends {until}, in {days} days"));
    let advice = words("请续期证书；文件更新后会自动加载", "renew it; changed files are taken without a restart");
    let early = words(format!("证书 {from} 才生效"), format!("the certificate only begins to hold {from}"));
    vec![if now < from {
        Finding::bad("tls", early, words("请检查本机时钟或更换证书", "check this machine's clock, or take another one"))
    } else if now >= until {
        Finding::bad("tls", found, advice)
    } else if days < RENEW_DAYS {
        Finding::warn("tls", found, advice)
    } else {
        Finding::good("tls", found)
    }]
}

/// Bytes for people.
fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{count} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}
