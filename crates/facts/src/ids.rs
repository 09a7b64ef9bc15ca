//! The further ids a fact carries beside `user_id` and `anonymous_id`, and what brands call them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One id under the name of its namespace. In the log and in the lake it is a pair of texts: `["wechat:unionid","oU1"]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(String, String)", into = "(String, String)")]
pub struct NamedId {
    /// Which namespace, by the key a workspace declared it under; see [`namespace_key`].
    pub namespace: String,
    /// The id as it was sent, blanks around it left out.
    pub value: String,
}

impl NamedId {
    /// An id of a namespace.
    pub fn new(namespace: impl Into<String>, value: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), value: value.into() }
    }
}

impl From<(String, String)> for NamedId {
    fn from((namespace, value): (String, String)) -> Self {
        Self { namespace, value }
    }
}

impl From<NamedId> for (String, String) {
    fn from(NamedId { namespace, value }: NamedId) -> Self {
        (namespace, value)
    }
}

/// So many ids of one fact are looked at.
pub const IDS_MAX: usize = 16;
/// Longest key of a namespace, in bytes.
pub const NAMESPACE_BYTES_MAX: usize = 64;

/// Keys of namespaces the house understands without being told. A workspace declares any others beside them.
pub mod namespaces {
    /// The id after signing in: what `user_id` holds.
    pub const USER: &str = "user";
    /// The id before that: what `anonymous_id` holds.
    pub const ANONYMOUS: &str = "anonymous";
    /// The token of a spread link.
    pub const SPREAD: &str = "spread";
    /// WeChat's id of a person over all apps of one open-platform account.
    pub const UNIONID: &str = "wechat:unionid";
    /// WeChat's id of a person in one app; that of one app is `wechat:openid:<appid>`.
    pub const OPENID: &str = "wechat:openid";
    /// WeCom's id of a customer.
    pub const EXTERNAL_USERID: &str = "wecom:external_userid";
    /// A phone number.
    pub const PHONE: &str = "phone";
    /// An e-mail address.
    pub const EMAIL: &str = "email";
    /// A browser.
    pub const COOKIE: &str = "cookie";
    /// A device, or an app on it.
    pub const DEVICE: &str = "device";
    /// The number of a membership.
    pub const MEMBER: &str = "member";
    /// 抖音.
    pub const DOUYIN: &str = "douyin";
    /// 小红书.
    pub const XIAOHONGSHU: &str = "xiaohongshu";
    /// A browser at the brand's own pages for customers; only we give such ids.
    pub const FAN: &str = "searchlight:fan";
    /// 淘宝.
    pub const TAOBAO: &str = "taobao";
}

/// The key of a namespace as it is declared: lower case where the name is ours, other names as brands write them. Names of
/// the 神策 protocol and of common traits become ours.
///
/// ```
/// use facts::namespace_key;
/// assert_eq!(namespace_key("$identity_login_id"), "user");
/// assert_eq!(namespace_key("$identity_mp_wxAPP123_openid"), "wechat:openid:wxAPP123");
/// assert_eq!(namespace_key("unionid"), "wechat:unionid");
/// assert_eq!(namespace_key("member_no"), "member_no");
/// ```
#[must_use]
pub fn namespace_key(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    let known = match name {
        "$identity_login_id" | "user_id" | "userId" => namespaces::USER,
        "$identity_anonymous_id" | "anonymous_id" | "anonymousId" => namespaces::ANONYMOUS,
        "$identity_mobile" | "mobile" => namespaces::PHONE,
        "$identity_email" => namespaces::EMAIL,
        "$identity_cookie_id" => namespaces::COOKIE,
        "$identity_mp_unionid" | "unionid" | "wechat_unionid" => namespaces::UNIONID,
        "$identity_mp_openid" | "openid" | "wechat_openid" => namespaces::OPENID,
        "external_userid" => namespaces::EXTERNAL_USERID,
        "$identity_android_id" | "$identity_android_uuid" | "$identity_idfv" | "$identity_idfa" | "$identity_mp_id" => {
            namespaces::DEVICE
        }
        _ => return of_an_app(name).map_or(Cow::Borrowed(name), Cow::Owned),
    };
    Cow::Borrowed(known)
}

/// `$identity_mp_<appid>_openid`, and the ids that other platforms' mini-programs give a device.
fn of_an_app(name: &str) -> Option<String> {
    let rest = name.strip_prefix("$identity_")?;
    if let Some(app) = rest.strip_prefix("mp_").and_then(|rest| rest.strip_suffix("_openid")) {
        return Some(format!("{}:{app}", namespaces::OPENID));
    }
    if rest.ends_with("_mp_id") {
        return Some(namespaces::DEVICE.to_owned());
    }
    Some(rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_protocols_become_ours() {
        for (theirs, ours) in [
            ("$identity_login_id", "user"),
            ("$identity_mp_openid", "wechat:openid"),
            ("$identity_mp_unionid", "wechat:unionid"),
            ("$identity_mp_wx1_openid", "wechat:openid:wx1"),
            ("$identity_mp_id", "device"),
            ("$identity_xhs_mp_id", "device"),
            ("$identity_staff_no", "staff_no"),
            (" phone ", "phone"),
            ("wechat:openid:wxA", "wechat:openid:wxA"),
        ] {
            assert_eq!(namespace_key(theirs), ours);
        }
    }

    #[test]
    fn an_id_is_a_pair_of_texts() {
        let id = NamedId::new("phone", "17012345678");
        let json = serde_json::to_string(&id).expect("JSON");
        assert_eq!(json, r#"["phone","17012345678"]"#, "the shape is for ever");
        assert_eq!(serde_json::from_str::<NamedId>(&json).expect("an id"), id);
    }
}
