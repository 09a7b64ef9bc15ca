//! What a browser calls itself, in two words: enough to recognise one's own devices, too little to track anybody.

/// Programs by the mark they leave, those that carry others' marks too first.
const PROGRAMS: [(&str, &str); 12] = [
    ("MicroMessenger/", "WeChat"),
    ("wxwork/", "WeCom"),
    ("DingTalk/", "DingTalk"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("QQBrowser/", "QQ Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// Systems by the mark they leave, in the same order.
const SYSTEMS: [(&str, &str); 8] = [
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// `Chrome · Windows`; nothing when neither is known.
pub(crate) fn family(user_agent: &str) -> Option<String> {
    let known = |marks: &[(&str, &'static str)]| {
        marks.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (known(&PROGRAMS), known(&SYSTEMS)) {
        (Some(program), Some(system)) => Some(format!("{program} · {system}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_in_two_words() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, told) in [
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/142.0 Safari/537.36"),
                "Chrome · Windows",
            ),
            (format!("Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/142.0 Safari/537.36 Edg/142.0"), "Edge · Windows"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/26.0 Safari/605.1.15".into(), "Safari · Mac"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".into(), "Firefox · Linux"),
            (
                format!("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {webkit} MicroMessenger/8.0"),
                "WeChat · iPhone",
            ),
            ("curl/8.5.0".into(), "curl"),
        ] {
            assert_eq!(family(&agent).as_deref(), Some(told), "{agent}");
        }
        assert_eq!(family("something else"), None);
    }
}
