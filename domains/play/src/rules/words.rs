//! Why somebody cannot, told to customers.

/// Why an act is refused. The slug is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It has not begun.
    NotYet,
    /// It is over.
    Over,
    /// It stands still.
    Paused,
    /// There is no such try.
    Missing,
    /// It does not work so in this play.
    NotSo,
    /// One's own.
    OwnHelp,
    /// They helped already, and took it back.
    HelpedBefore,
    /// They helped as many as they may.
    HelpedEnough,
    /// For people who never bought.
    NewcomersOnly,
    /// For people who signed in.
    SignInFirst,
    /// Somebody looks at them first.
    UnderReview,
    /// Full, or over.
    Closed,
    /// Somebody else's.
    NotYours,
    /// Not reached.
    NotReached,
    /// Nothing is left.
    SoldOut,
    /// It cannot be taken back any more.
    Final,
}

impl Refusal {
    /// The stable word.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Over => "over",
            Self::Paused => "paused",
            Self::Missing => "missing",
            Self::NotSo => "not_so",
            Self::OwnHelp => "own_help",
            Self::HelpedBefore => "helped_before",
            Self::HelpedEnough => "helped_enough",
            Self::NewcomersOnly => "newcomers_only",
            Self::SignInFirst => "sign_in_first",
            Self::UnderReview => "under_review",
            Self::Closed => "closed",
            Self::NotYours => "not_yours",
            Self::NotReached => "not_reached",
            Self::SoldOut => "sold_out",
            Self::Final => "final",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::NotYet => "活动还没有开始，请稍后再来",
            Self::Over => "活动已经结束",
            Self::Paused => "活动暂停中，已获得的奖励不受影响，请稍后再来",
            Self::Missing => "没有找到，请从原来的链接重新打开",
            Self::NotSo => "这个活动不支持这样操作",
            Self::OwnHelp => "不能为自己助力，请邀请好友",
            Self::HelpedBefore => "您已经助力过，取消后不能再次助力",
            Self::HelpedEnough => "您在本活动的助力次数已用完",
            Self::NewcomersOnly => "仅限新用户参加",
            Self::SignInFirst => "请先登录",
            Self::UnderReview => "参与记录正在人工核实，请联系客服",
            Self::Closed => "已满或已结束，可以自己发起一个",
            Self::NotYours => "只有发起人可以领取",
            Self::NotReached => "还没有达成，继续邀请好友吧",
            Self::SoldOut => "已经领完了",
            Self::Final => "已经生效，不能取消",
        }
    }

    /// In English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::NotYet => "It has not begun; come back later",
            Self::Over => "It is over",
            Self::Paused => "It stands still; nothing you have is lost. Come back later",
            Self::Missing => "There is no such thing here; open the link again",
            Self::NotSo => "This play does not work that way",
            Self::OwnHelp => "Nobody helps themselves; ask a friend",
            Self::HelpedBefore => "You helped already and took it back; that cannot be repeated",
            Self::HelpedEnough => "You have helped as many friends as one may here",
            Self::NewcomersOnly => "Only for people who are new here",
            Self::SignInFirst => "Sign in first",
            Self::UnderReview => "Somebody looks into it first; please turn to our service",
            Self::Closed => "It is full or over; you can begin one yourself",
            Self::NotYours => "Only who began it can claim it",
            Self::NotReached => "It is not reached yet; ask more friends",
            Self::SoldOut => "Nothing is left",
            Self::Final => "It counts already and cannot be taken back",
        }
    }
}
