//! How a live code chooses whom a customer is led to.

use kernel::{StaffId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::target::Slug;

/// The ways a live code leads: to the first that is open, has room and is least used for its weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CodeRouting)]
pub struct Routing {
    /// 1 to 100.
    pub ways: Vec<Way>,
}

/// One of those a live code leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CodeWay, example = json!({"way": "chen", "name": "陈导购", "kind": "staff", "url": "https://work.weixin.qq.com/ca/x",
    "capacity": 200, "weight": 2, "hours": {"from": 540, "to": 1260}}))]
pub struct Way {
    /// Its id, once in a code.
    #[schema(value_type = String)]
    pub way: Slug,
    /// Whom the customer sees.
    pub name: String,
    /// A person or a group.
    pub kind: WayKind,
    /// Who it is, if they work for the brand.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub staff: Option<StaffId>,
    /// Whoever scans the code with `?at=` this unit is led here first.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    /// Where the customer adds them: an https address of an allowed host.
    pub url: String,
    /// How many new customers a day at most; no bound when missing.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub capacity: Option<u32>,
    /// How much of all, beside the others: 1 to 100.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 100)]
    pub weight: u32,
    /// When somebody is there; always when missing.
    #[serde(default)]
    pub hours: Option<Hours>,
    /// Whether they are led to at the moment.
    #[serde(default = "yes")]
    pub on: bool,
}

const fn one() -> u32 {
    1
}

const fn yes() -> bool {
    true
}

/// Whom a customer is led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CodeWayKind)]
pub enum WayKind {
    /// Somebody to add as a friend.
    Staff,
    /// A group to join.
    Group,
}

/// Hours of a day, in minutes of the brand's own time, over midnight when they end before they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CodeHours)]
pub struct Hours {
    /// From this minute on.
    #[schema(minimum = 0, maximum = 1439)]
    pub from: u16,
    /// Until this one.
    #[schema(minimum = 0, maximum = 1440)]
    pub to: u16,
}
