//! Who is asking, and what they may do and see.

use std::{fmt, sync::Arc};

use kernel::{Scope, StaffId, UnitId, WorkspaceId};

/// A caller whose credentials were good. Cheap to clone.
pub type Caller = Arc<Principal>;

/// Who is asking: always inside one workspace, with what they may do and whom they may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The brand; every query is bound to it.
    pub workspace: WorkspaceId,
    /// The person or the key.
    pub actor: Actor,
    /// What they may do.
    pub permissions: PermissionSet,
    /// Whose roots they may see, the subtree of units already spelled out.
    pub scope: Scope,
    /// The unit they work in, if they are staff of one.
    pub unit: Option<UnitId>,
}

impl Principal {
    /// The member of staff, if it is not a key that asks.
    #[must_use]
    pub fn staff(&self) -> Option<&StaffId> {
        match &self.actor {
            Actor::Staff(staff) => Some(staff),
            Actor::Key { .. } => None,
        }
    }
}

/// Who acts: for the audit and for what is written down as "by whom".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Somebody signed in.
    Staff(StaffId),
    /// A program holding an API key.
    Key {
        /// The key's id; never the key itself.
        id: String,
        /// What the key is for.
        kind: KeyKind,
    },
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staff(staff) => write!(f, "staff:{staff}"),
            Self::Key { id, .. } => write!(f, "key:{id}"),
        }
    }
}

/// The two kinds of API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Only hands in facts. It stands in web pages and apps, so everybody can read it.
    Write,
    /// For the brand's own servers.
    Secret,
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $slug:literal $reach:ident $zh:literal $en:literal;)*) => {
        /// One thing a caller may do. Each has an extractor type of the same name after `Can`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $($(#[$doc])* $name,)* }

        impl Permission {
            /// Every permission, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable word, in `x-permission` of the OpenAPI document and in the session.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// What it lets one do, for people.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$name => $zh,)* }
            }

            /// What it lets one do, for people.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }

            /// How far it goes.
            #[must_use]
            pub const fn reach(self) -> Reach {
                match self { $(Self::$name => Reach::$reach,)* }
            }
        }
    };
}

/// How far a permission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// As far as its holder's scope.
    Scoped,
    /// The whole workspace, whatever the scope: only those who see everybody may have it.
    Whole,
}

// slug, reach, what it lets one do in Chinese and in English. `Whole` unless every operation behind it is cut to the scope.
permissions! {
    /// Hand in facts at the doors.
    CaptureFacts = "capture_facts" Scoped "交入事件" "Hand in facts";
    /// Read the facts of everybody, as they came in.
    ReadFacts = "read_facts" Whole "查看全部原始事件" "Read everybody's raw facts";
    /// Bring people and orders in tables, and take them back.
    ImportFacts = "import_facts" Whole "导入用户与订单" "Import people and orders";
    /// See cascades, key customers, paths and pictures, within the scope.
    ReadNetwork = "read_network" Scoped "查看传播网络与关键用户" "See the network and key customers";
    /// See campaigns.
    ReadCampaigns = "read_campaigns" Scoped "查看活动" "See campaigns";
    /// Create and change campaigns.
    ManageCampaigns = "manage_campaigns" Scoped "创建和修改活动" "Create and change campaigns";
    /// Issue spread links.
    StartSpreads = "start_spreads" Scoped "签发传播链接" "Issue spread links";
    /// See a phone number or a WeChat id in full: each time is written down.
    RevealPersonal = "reveal_personal" Scoped "查看完整手机号与微信标识（留痕）" "See phone numbers and WeChat ids in full (written down)";
    /// Write down what people agree to, and hand out what is known of them.
    ManagePrivacy = "manage_privacy" Scoped "登记授权、导出个人资料" "Record consents and hand out personal data";
    /// Decide who is who, and declare the namespaces of ids.
    ManageIdentity = "manage_identity" Whole "合并与拆分用户、管理命名空间" "Merge and split people, manage namespaces of ids";
    /// Look through rings of people who may be cheating, and decide about them.
    ReviewFraud = "review_fraud" Scoped "审核羊毛党" "Review fraud rings";
    /// Make, change and delete segments, traits and tags.
    ManageSegments = "manage_segments" Scoped "管理人群、属性与标签" "Manage segments, traits and tags";
    /// Put tags on people by hand and take them off, within the scope.
    TagPeople = "tag_people" Scoped "给用户打标签" "Tag people";
    /// Plan how to reach people and give out tasks for it, from the roots in scope.
    PlanReach = "plan_reach" Scoped "规划触达路径并派发任务" "Plan reach paths and give out tasks";
    /// See and answer one's own reach tasks.
    DoReach = "do_reach" Scoped "处理自己的触达任务" "Work on one's own reach tasks";
    /// Set the rules by which staff are reminded of people under the roots in scope.
    ManageReminders = "manage_reminders" Scoped "设置提醒规则" "Set the rules of reminders";
    /// See who has what in the ledger, and how it came about.
    SeeLedger = "see_ledger" Whole "查看账本" "See the ledger";
    /// Give points by hand and take them back.
    GivePoints = "give_points" Whole "手工发放与扣回积分（留痕）" "Give points by hand and take them back (written down)";
    /// See products, prices, stock and orders.
    ReadShop = "read_shop" Whole "查看商品、价格、库存与订单" "See products, prices, stock and orders";
    /// Change products, prices and stock; hand orders over and give money back.
    ManageShop = "manage_shop" Whole "管理商品、价格、库存、订单与退款" "Manage products, prices, stock, orders and refunds";
    /// See units and staff, within the scope.
    ReadOrganisation = "read_organisation" Scoped "查看组织与员工" "See units and staff";
    /// Create and change units.
    ManageOrganisation = "manage_organisation" Whole "管理组织架构" "Create and change units";
    /// Create and change staff.
    ManageStaff = "manage_staff" Whole "管理员工与邀请" "Manage staff and invitations";
    /// Create and revoke API keys.
    ManageKeys = "manage_keys" Whole "管理 API 密钥" "Manage API keys";
    /// Create and change roles.
    ManageRoles = "manage_roles" Whole "管理角色" "Create and change roles";
    /// Set up other ways to sign in.
    ManageSignIn = "manage_sign_in" Whole "管理单点登录" "Set up single sign-on";
    /// See who changed what.
    ReadAudit = "read_audit" Whole "查看操作记录" "See who changed what";
    /// See how the installation is.
    ReadSystem = "read_system" Whole "查看系统状态" "See how the installation is";
}

/// A set of permissions.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet(u32);

impl PermissionSet {
    /// Nothing is allowed.
    pub const NONE: Self = Self(0);

    /// Everything is allowed.
    pub const ALL: Self = Self::of(Permission::ALL);

    /// Exactly these.
    #[must_use]
    pub const fn of(permissions: &[Permission]) -> Self {
        let mut set = Self::NONE;
        let mut i = 0;
        while i < permissions.len() {
            set = set.with(permissions[i]);
            i += 1;
        }
        set
    }

    /// These and one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u32)
    }

    /// These except one.
    #[must_use]
    pub const fn without(self, permission: Permission) -> Self {
        Self(self.0 & !(1 << permission as u32))
    }

    /// These except all of `others`.
    #[must_use]
    pub const fn except(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether these hold all of `others`.
    #[must_use]
    pub const fn covers(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// Whether it is allowed.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// The permissions in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_set_holds_what_it_was_given() {
        let set = PermissionSet::of(&[Permission::ReadNetwork, Permission::ManageKeys]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Permission::ReadNetwork, Permission::ManageKeys]);
        assert_eq!(set.without(Permission::ManageKeys), PermissionSet::of(&[Permission::ReadNetwork]));
        for permission in Permission::ALL {
            assert!(PermissionSet::ALL.contains(*permission) && !PermissionSet::NONE.contains(*permission));
            assert!(!PermissionSet::ALL.without(*permission).contains(*permission));
        }
    }

    #[test]
    fn slugs_are_unique() {
        for word in [Permission::slug, Permission::zh, Permission::en] {
            let words: BTreeSet<_> = Permission::ALL.iter().map(|permission| word(*permission)).collect();
            assert_eq!(words.len(), Permission::ALL.len());
        }
    }
}
