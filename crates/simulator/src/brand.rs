//! The brand everybody meets first: 灯塔书店, 24 bookshops in eight cities. Its people and shops are the same for every seed.

use kernel::{CampaignId, StaffId, Timestamp, UnitId};
use serde::Serialize;

/// A synthetic brand: its organisation and the one campaign it ran.
#[derive(Clone, Debug, Serialize)]
pub struct Brand {
    /// Short name for addresses: `lighthouse`.
    pub id: &'static str,
    /// 灯塔书店.
    pub name: &'static str,
    /// The group, then each city followed by its stores: parents always come before their children.
    pub units: Vec<Unit>,
    /// Owner, operators, city managers, then one store manager per store in the order of the stores.
    pub staff: Vec<Staff>,
    /// The campaign.
    pub campaign: Campaign,
}

/// A node of the organisation tree.
#[derive(Clone, Debug, Serialize)]
pub struct Unit {
    /// Such as `hangzhou-xihu`.
    pub id: UnitId,
    /// Such as 杭州西湖店: the brand stands over all of them, so its name is not repeated.
    pub name: String,
    /// Which level.
    pub kind: UnitKind,
    /// The unit above; none for the group.
    pub parent: Option<UnitId>,
}

/// Levels of the organisation: 集团 → 城市 → 门店.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// 集团
    Group,
    /// 城市
    City,
    /// 门店
    Store,
}

/// Somebody who works for the brand.
#[derive(Clone, Debug, Serialize)]
pub struct Staff {
    /// Such as `chen-yu`.
    pub id: StaffId,
    /// Such as 陈屿.
    pub name: &'static str,
    /// Such as `chen.yu@dengta.example`: a domain that can never receive mail.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Where they work.
    pub unit: UnitId,
}

impl Staff {
    /// The user id this member of staff shares under: staff are people of the network too.
    #[must_use]
    pub fn user_id(&self) -> String {
        format!("staff-{}", self.id)
    }
}

/// Roles, spelled as the console's accounts spell them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owns the workspace.
    Owner,
    /// 运营
    Operator,
    /// Looks after the stores of a city.
    CityManager,
    /// 店长
    StoreManager,
}

/// The campaign that was spread.
#[derive(Clone, Debug, Serialize)]
pub struct Campaign {
    /// `book-list`: fits any season.
    pub id: CampaignId,
    /// 书单共读·两天裂变
    pub name: &'static str,
    /// Two days before the end.
    pub starts_at: Timestamp,
    /// The instant given.
    pub ends_at: Timestamp,
}

/// Id of the one campaign.
pub const CAMPAIGN_ID: &str = "book-list";

/// Number of stores, and so of roots. The flagship, manager A's, is the first.
pub const STORES: usize = 24;

/// Two days.
const CAMPAIGN_SECS: i64 = 48 * 3600;

struct CityRow {
    id: &'static str,
    name: &'static str,
    manager: Who,
    stores: [(&'static str, &'static str, Who); 3],
}

/// Name, and its spelling in Latin letters: family name, given name.
type Who = (&'static str, &'static str, &'static str);

const OWNER: Who = ("方渡", "fang", "du");
const OPERATORS: [Who; 2] = [("苏眠", "su", "mian"), ("贺一鸣", "he", "yiming")];

const CITIES: [CityRow; 8] = [
    CityRow {
        id: "hangzhou",
        name: "杭州",
        manager: ("周慕白", "zhou", "mubai"),
        stores: [
            ("xihu", "西湖", ("陈屿", "chen", "yu")),
            ("wulin", "武林", ("林知远", "lin", "zhiyuan")),
            ("binjiang", "滨江", ("沈若楠", "shen", "ruonan")),
        ],
    },
    CityRow {
        id: "shanghai",
        name: "上海",
        manager: ("沈嘉言", "shen", "jiayan"),
        stores: [
            ("xuhui", "徐汇", ("顾清和", "gu", "qinghe")),
            ("jingan", "静安", ("陆书瑶", "lu", "shuyao")),
            ("wujiaochang", "五角场", ("许景行", "xu", "jingxing")),
        ],
    },
    CityRow {
        id: "nanjing",
        name: "南京",
        manager: ("孙望舒", "sun", "wangshu"),
        stores: [
            ("xinjiekou", "新街口", ("何雨桐", "he", "yutong")),
            ("gulou", "鼓楼", ("宋砚秋", "song", "yanqiu")),
            ("hexi", "河西", ("梁一诺", "liang", "yinuo")),
        ],
    },
    CityRow {
        id: "chengdu",
        name: "成都",
        manager: ("邓子墨", "deng", "zimo"),
        stores: [
            ("kuanzhai", "宽窄", ("唐小满", "tang", "xiaoman")),
            ("chunxi", "春熙", ("罗思齐", "luo", "siqi")),
            ("gaoxin", "高新", ("蒋南乔", "jiang", "nanqiao")),
        ],
    },
    CityRow {
        id: "wuhan",
        name: "武汉",
        manager: ("程远山", "cheng", "yuanshan"),
        stores: [
            ("jianghan", "江汉路", ("彭嘉禾", "peng", "jiahe")),
            ("guanggu", "光谷", ("余笙", "yu", "sheng")),
            ("tanhualin", "昙华林", ("叶知秋", "ye", "zhiqiu")),
        ],
    },
    CityRow {
        id: "xian",
        name: "西安",
        manager: ("杜若川", "du", "ruochuan"),
        stores: [
            ("zhonglou", "钟楼", ("秦朗", "qin", "lang")),
            ("xiaozhai", "小寨", ("魏子衿", "wei", "zijin")),
            ("qujiang", "曲江", ("白露", "bai", "lu")),
        ],
    },
    CityRow {
        id: "changsha",
        name: "长沙",
        manager: ("易安然", "yi", "anran"),
        stores: [
            ("wuyi", "五一", ("谭予安", "tan", "yuan")),
            ("yuelu", "岳麓", ("曾可凡", "zeng", "kefan")),
            ("meixihu", "梅溪湖", ("欧阳晴", "ouyang", "qing")),
        ],
    },
    CityRow {
        id: "qingdao",
        name: "青岛",
        manager: ("姜明哲", "jiang", "mingzhe"),
        stores: [
            ("shinan", "市南", ("于海宁", "yu", "haining")),
            ("taidong", "台东", ("丁若兰", "ding", "ruolan")),
            ("laoshan", "崂山", ("纪云舟", "ji", "yunzhou")),
        ],
    },
];

/// The city a store stands in, in Chinese.
pub(crate) fn city_of_store(store: usize) -> &'static str {
    CITIES[store / 3 % CITIES.len()].name
}

impl Brand {
    /// 灯塔书店, with its campaign ending at `until`.
    #[must_use]
    pub fn lighthouse(until: Timestamp) -> Self {
        const GROUP: &str = "lighthouse";
        let mut units = vec![unit(GROUP, "灯塔书店".to_owned(), UnitKind::Group, None)];
        let mut staff = vec![member(OWNER, Role::Owner, GROUP)];
        staff.extend(OPERATORS.map(|who| member(who, Role::Operator, GROUP)));
        let mut store_managers = Vec::new();
        for city in &CITIES {
            units.push(unit(city.id, city.name.to_owned(), UnitKind::City, Some(GROUP)));
            staff.push(member(city.manager, Role::CityManager, city.id));
            for (suffix, name, who) in city.stores {
                let store = format!("{}-{suffix}", city.id);
                let full_name = format!("{}{name}店", city.name);
                units.push(unit(&store, full_name, UnitKind::Store, Some(city.id)));
                store_managers.push(member(who, Role::StoreManager, &store));
            }
        }
        staff.extend(store_managers);
        Self {
            id: GROUP,
            name: "灯塔书店",
            units,
            staff,
            campaign: Campaign {
                id: checked(CAMPAIGN_ID),
                name: "书单共读·两天裂变",
                starts_at: until.plus_secs(-CAMPAIGN_SECS),
                ends_at: until,
            },
        }
    }

    /// The stores, flagship first.
    pub fn stores(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(|unit| unit.kind == UnitKind::Store)
    }

    /// The store managers, in the order of [`Brand::stores`]. The first is manager A.
    pub fn store_managers(&self) -> impl Iterator<Item = &Staff> {
        self.staff.iter().filter(|staff| staff.role == Role::StoreManager)
    }
}

fn unit(id: &str, name: String, kind: UnitKind, parent: Option<&str>) -> Unit {
    Unit { id: checked(id), name, kind, parent: parent.map(checked) }
}

fn member((name, family, given): Who, role: Role, unit: &str) -> Staff {
    Staff {
        id: checked(&format!("{family}-{given}")),
        name,
        email: format!("{family}.{given}@dengta.example"),
        role,
        unit: checked(unit),
    }
}

fn checked<T: std::str::FromStr<Err = kernel::IdError>>(id: &str) -> T {
    id.parse().expect("the ids of this table are well formed")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_house_is_complete() {
        let brand = Brand::lighthouse(Timestamp::from_secs(1_795_330_800));
        assert_eq!(brand.stores().count(), STORES);
        assert_eq!(brand.units.len(), 1 + 8 + STORES);
        assert_eq!(brand.staff.len(), 1 + 2 + 8 + STORES);
        let flagship = brand.stores().next().expect("a store");
        assert_eq!(flagship.name, "杭州西湖店");
        for (store, manager) in brand.stores().zip(brand.store_managers()) {
            assert_eq!(store.id, manager.unit);
        }
        let mails: BTreeSet<_> = brand.staff.iter().map(|staff| &staff.email).collect();
        assert_eq!(mails.len(), brand.staff.len());
        assert!(mails.contains(&"chen.yu@dengta.example".to_owned()));
        let mut seen = BTreeSet::new();
        for unit in &brand.units {
            assert!(unit.parent.as_ref().is_none_or(|parent| seen.contains(parent)), "{} before its parent", unit.id);
            assert!(seen.insert(unit.id.clone()), "{} twice", unit.id);
        }
    }
}
