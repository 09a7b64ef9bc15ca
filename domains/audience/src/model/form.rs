//! Forms (问卷, 报名表): what is asked, and what an answer says of whoever gave it.

use std::collections::BTreeMap;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A form as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// `fm_…`.
    pub id: String,
    /// Whether it can be answered.
    pub state: FormState,
    /// What is asked.
    pub asked: Asked,
    /// Grows with every change of what is asked; an answer names the one it was given to.
    pub version: u32,
    /// How many people answered.
    pub answers: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// Who made it: `staff:<id>` or `key:<id>`.
    pub by: String,
}

/// Whether a form can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormState {
    /// Being made: nobody else sees it.
    Draft,
    /// Whoever has the link can answer.
    Open,
    /// It says that it is over.
    Closed,
}

impl FormState {
    /// As it is stored and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// What was stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Open, Self::Closed].into_iter().find(|state| state.as_str() == text)
    }
}

/// What a form asks, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FormAsked, example = json!({
    "title": "读书会报名", "questions": [
        { "key": "name", "label": "怎么称呼您", "required": true, "type": "name" },
        { "key": "taste", "label": "爱读哪一类", "type": "one", "choices": [{ "key": "novel", "label": "小说" }, { "key": "poem", "label": "诗" }] },
    ],
}))]
pub struct Asked {
    /// At its head; 1 to 60 characters.
    pub title: String,
    /// Below the title; at most 500 characters.
    #[serde(default)]
    pub intro: String,
    /// Shown after the answer; at most 500 characters.
    #[serde(default)]
    pub thanks: String,
    /// What whoever answers agrees to, which is needed when a form asks for a name or a phone number; at most 500 characters.
    #[serde(default)]
    pub consent: String,
    /// In the order they are asked; 1 to 50.
    pub questions: Vec<Question>,
    /// Answers that are taken at most, for places that are counted.
    #[serde(default)]
    pub places: Option<u32>,
    /// The last moment it can be answered.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FormQuestion)]
pub struct Question {
    /// Stands for it in answers: 1 to 40 lower-case letters, digits and `_`.
    pub key: String,
    /// As it is asked; 1 to 200 characters.
    pub label: String,
    /// Whether it must be answered.
    #[serde(default)]
    pub required: bool,
    /// How it is answered.
    #[serde(flatten)]
    pub kind: QuestionKind,
}

impl Question {
    /// As customers see it: what is thought of their answers is not theirs to read.
    #[must_use]
    pub fn without_tags(mut self) -> Self {
        if let QuestionKind::One { choices } | QuestionKind::Many { choices, .. } = &mut self.kind {
            choices.iter_mut().for_each(|choice| choice.tag = None);
        }
        self
    }
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = FormQuestionKind)]
pub enum QuestionKind {
    /// One of some.
    One {
        /// 2 to 50.
        choices: Vec<Choice>,
    },
    /// Any of some.
    Many {
        /// 2 to 50.
        choices: Vec<Choice>,
        /// How many may be taken.
        #[serde(default)]
        at_most: Option<u32>,
    },
    /// In one's own words; at most 1,000 characters.
    Text,
    /// A whole number.
    Number {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// So many stars, the first being one.
    Score {
        /// 3 to 10.
        max: u8,
    },
    /// A day: `2026-05-01`.
    Date,
    /// What one is called: it goes into the profile.
    Name,
    /// A phone number: it goes into the profile.
    Phone,
    /// Where one lives: it goes into the profile.
    City,
}

/// What can be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FormChoice)]
pub struct Choice {
    /// Stands for it in answers: 1 to 40 lower-case letters, digits and `_`.
    pub key: String,
    /// As it is shown; 1 to 60 characters.
    pub label: String,
    /// The tag whoever takes it is given, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// What somebody answered to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = FormAnswerValue)]
pub enum Answer {
    /// A number, or so many stars.
    Number(i64),
    /// Words, a day, or the key of the choice.
    Text(String),
    /// Keys of choices.
    Keys(Vec<String>),
}

/// Answers by the key of their question.
pub type Answers = BTreeMap<String, Answer>;

/// One person's answer to a form, as it is kept. Phone numbers in it are masked: the whole one is in the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// To which form.
    pub form: String,
    /// To what was asked in this version of it.
    pub version: u32,
    /// By whom: `namespace:id`.
    pub subject: String,
    /// What.
    pub answers: Answers,
    /// When.
    pub at: Timestamp,
}
