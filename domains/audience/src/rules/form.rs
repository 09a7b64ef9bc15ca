//! Whether a form can be asked, and what an answer to it says.

use std::collections::BTreeSet;

use facts::Identified;
use kernel::Timestamp;

use super::check::Wrong;
use crate::model::form::{Answer, Answers, Asked, Choice, Question, QuestionKind};

/// Questions of one form.
const QUESTIONS_MAX: usize = 50;
/// Choices of one question.
const CHOICES_MAX: usize = 50;
/// Characters of a question.
const LABEL_CHARS_MAX: usize = 200;
/// Characters of a choice, a name, a city or a title.
const SHORT_CHARS_MAX: usize = 60;
/// Characters of what stands around the questions.
const AROUND_CHARS_MAX: usize = 500;
/// Characters of an answer in one's own words.
const TEXT_CHARS_MAX: usize = 1000;
/// Characters of a key.
const KEY_CHARS_MAX: usize = 40;

/// Everything that is wrong with what is asked. `tags` are those a choice may give.
#[must_use]
pub fn check(asked: &Asked, tags: &BTreeSet<String>) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut blame = |field: String, message: &str| wrong.push((field, message.to_owned()));
    if !fits(&asked.title, 1, SHORT_CHARS_MAX) {
        blame("title".into(), "1 to 60 characters");
    }
    for (field, text) in [("intro", &asked.intro), ("thanks", &asked.thanks), ("consent", &asked.consent)] {
        if text.chars().count() > AROUND_CHARS_MAX {
            blame(field.into(), "at most 500 characters");
        }
    }
    if asked.questions.is_empty() || asked.questions.len() > QUESTIONS_MAX {
        blame("questions".into(), "1 to 50 questions");
    }
    let personal = |question: &Question| matches!(question.kind, QuestionKind::Name | QuestionKind::Phone);
    if asked.consent.trim().is_empty() && asked.questions.iter().any(personal) {
        blame("consent".into(), "a form that asks for a name or a phone number says what it is used for");
    }
    if asked.places == Some(0) {
        blame("places".into(), "at least 1, or none");
    }
    let mut keys = BTreeSet::new();
    for (index, question) in asked.questions.iter().enumerate() {
        let at = |field: &str| format!("questions[{index}].{field}");
        if !is_key(&question.key) || !keys.insert(question.key.as_str()) {
            blame(at("key"), "lower-case letters, digits and _, unlike the key of another question");
        }
        if !fits(&question.label, 1, LABEL_CHARS_MAX) {
            blame(at("label"), "1 to 200 characters");
        }
        if let Some(message) = wrong_kind(&question.kind, tags) {
            blame(at("type"), message);
        }
    }
    for kind in [QuestionKind::Name, QuestionKind::Phone, QuestionKind::City] {
        if asked.questions.iter().filter(|question| question.kind == kind).count() > 1 {
            blame("questions".into(), "a name, a phone number and a city are asked for once at most");
        }
    }
    wrong
}

fn wrong_kind(kind: &QuestionKind, tags: &BTreeSet<String>) -> Option<&'static str> {
    match kind {
        QuestionKind::One { choices } => wrong_choices(choices, tags),
        QuestionKind::Many { choices, at_most } => wrong_choices(choices, tags).or_else(|| {
            let fits = at_most.is_none_or(|most| most >= 1 && most as usize <= choices.len());
            (!fits).then_some("at_most is 1 or more, and no more than there are choices")
        }),
        QuestionKind::Number { min, max } => (min >= max).then_some("min is below max"),
        QuestionKind::Score { max } => (!(3..=10).contains(max)).then_some("3 to 10 stars"),
        _ => None,
    }
}

fn wrong_choices(choices: &[Choice], tags: &BTreeSet<String>) -> Option<&'static str> {
    let keys: BTreeSet<&str> = choices.iter().map(|choice| choice.key.as_str()).collect();
    if choices.len() < 2 || choices.len() > CHOICES_MAX {
        return Some("2 to 50 choices");
    }
    if keys.len() != choices.len() || !keys.into_iter().all(is_key) {
        return Some("keys of choices are lower-case letters, digits and _, each unlike the others");
    }
    if !choices.iter().all(|choice| fits(&choice.label, 1, SHORT_CHARS_MAX)) {
        return Some("a choice has 1 to 60 characters");
    }
    let known = |choice: &Choice| choice.tag.as_ref().is_none_or(|tag| tags.contains(tag));
    (!choices.iter().all(known)).then_some("a choice names a tag that is not there")
}

/// What an answer says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What is kept of it: trimmed, in the order of choices, phone numbers masked.
    pub answers: Answers,
    /// Tags it gives.
    pub tags: BTreeSet<String>,
    /// What goes into the profile.
    pub known: Identified,
}

/// Reads an answer.
///
/// # Errors
/// Everything that is wrong with it, by the key of the question.
pub fn read(asked: &Asked, answers: &Answers) -> Result<Said, Vec<Wrong>> {
    let mut said = Said::default();
    let mut wrong = Vec::new();
    let known: BTreeSet<&str> = asked.questions.iter().map(|question| question.key.as_str()).collect();
    for key in answers.keys().filter(|key| !known.contains(key.as_str())) {
        wrong.push((format!("answers.{}", shortened(key)), "nothing of this key is asked".to_owned()));
    }
    for question in &asked.questions {
        let given = answers.get(&question.key).filter(|answer| !is_empty(answer));
        let told = match given {
            None if question.required => Err("this must be answered"),
            None => continue,
            Some(answer) => take(question, answer, &mut said),
        };
        if let Err(message) = told {
            wrong.push((format!("answers.{}", question.key), message.to_owned()));
        }
    }
    if wrong.is_empty() { Ok(said) } else { Err(wrong) }
}

fn take(question: &Question, answer: &Answer, said: &mut Said) -> Result<(), &'static str> {
    let kept = match (&question.kind, answer) {
        (QuestionKind::One { choices }, Answer::Text(key)) => {
            let choice = choices.iter().find(|choice| choice.key == *key).ok_or("one of the choices")?;
            said.tags.extend(choice.tag.clone());
            Answer::Text(choice.key.clone())
        }
        (QuestionKind::Many { choices, at_most }, Answer::Keys(keys)) => {
            let taken: Vec<&Choice> = choices.iter().filter(|choice| keys.contains(&choice.key)).collect();
            if taken.len() != keys.len() {
                return Err("some of the choices, each once");
            }
            if at_most.is_some_and(|most| taken.len() > most as usize) {
                return Err("more choices than may be taken");
            }
            said.tags.extend(taken.iter().filter_map(|choice| choice.tag.clone()));
            Answer::Keys(taken.into_iter().map(|choice| choice.key.clone()).collect())
        }
        (QuestionKind::Number { min, max }, Answer::Number(number)) if (min..=max).contains(&number) => answer.clone(),
        (QuestionKind::Score { max }, Answer::Number(stars)) if (1..=i64::from(*max)).contains(stars) => answer.clone(),
        (QuestionKind::Number { .. } | QuestionKind::Score { .. }, _) => return Err("a whole number within the range"),
        (QuestionKind::Date, Answer::Text(day)) => {
            Timestamp::parse(&format!("{}T00:00:00Z", day.trim())).map_err(|_| "a day is written 2026-05-01")?;
            Answer::Text(day.trim().to_owned())
        }
        (QuestionKind::Text, Answer::Text(text)) => Answer::Text(words(text, TEXT_CHARS_MAX)?),
        (QuestionKind::Name, Answer::Text(name)) => {
            let name = words(name, SHORT_CHARS_MAX)?;
            said.known.name = Some(name.clone());
            Answer::Text(name)
        }
        (QuestionKind::City, Answer::Text(city)) => {
            let city = words(city, SHORT_CHARS_MAX)?;
            said.known.city = Some(city.clone());
            Answer::Text(city)
        }
        (QuestionKind::Phone, Answer::Text(phone)) => {
            said.known.phone = Some(phone_number(phone).ok_or("a phone number")?);
            Answer::Text(said.known.phone_masked().unwrap_or_default())
        }
        _ => return Err("the answer is of another kind than the question"),
    };
    said.answers.insert(question.key.clone(), kept);
    Ok(())
}

fn is_empty(answer: &Answer) -> bool {
    match answer {
        Answer::Number(_) => false,
        Answer::Text(text) => text.trim().is_empty(),
        Answer::Keys(keys) => keys.is_empty(),
    }
}

fn words(text: &str, most: usize) -> Result<String, &'static str> {
    let text = text.trim();
    if text.chars().count() > most || text.contains('\0') { Err("too long") } else { Ok(text.to_owned()) }
}

/// A number as it is dialled; nothing for what nobody can be called under.
fn phone_number(text: &str) -> Option<String> {
    let dialled: String = text.chars().filter(|char| !matches!(char, ' ' | '-' | '(' | ')')).collect();
    let digits = dialled.strip_prefix('+').unwrap_or(&dialled);
    let fits = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(dialled)
}

fn fits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control)
}

fn is_key(key: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(letters)
}

/// Enough of a key nobody asked for to find it by, for it comes from outside.
fn shortened(key: &str) -> String {
    key.chars().take(KEY_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn choices(keys: &[&str]) -> Vec<Choice> {
        let choice = |key: &&str| Choice { key: (*key).into(), label: (*key).into(), tag: Some(format!("tg_{key}")) };
        keys.iter().map(choice).collect()
    }

    fn question(key: &str, required: bool, kind: QuestionKind) -> Question {
        Question { key: key.into(), label: format!("{key}?"), required, kind }
    }

    fn book_club() -> Asked {
        Asked {
            title: "读书会报名".into(),
            consent: "只用于联系您参加读书会".into(),
            questions: vec![
                question("name", true, QuestionKind::Name),
                question("phone", false, QuestionKind::Phone),
                question("taste", true, QuestionKind::One { choices: choices(&["novel", "poem"]) }),
                question(
                    "days",
                    false,
                    QuestionKind::Many { choices: choices(&["sat", "sun", "fri"]), at_most: Some(2) },
                ),
                question("age", false, QuestionKind::Number { min: 3, max: 120 }),
            ],
            ..Asked::default()
        }
    }

    fn text(text: &str) -> Answer {
        Answer::Text(text.into())
    }

    fn tags() -> BTreeSet<String> {
        ["novel", "poem", "sat", "sun", "fri"].iter().map(|key| format!("tg_{key}")).collect()
    }

    #[test]
    fn answers_become_tags_and_profile_and_the_phone_is_masked() {
        assert_eq!(check(&book_club(), &tags()), []);
        let answers = Answers::from([
            ("name".into(), text(" 林晚 ")),
            ("phone".into(), text("170 1234-5678")),
            ("taste".into(), text("poem")),
            ("days".into(), Answer::Keys(vec!["sun".into(), "sat".into()])),
        ]);
        let said = read(&book_club(), &answers).unwrap();
        assert_eq!(said.tags.iter().map(String::as_str).collect::<Vec<_>>(), ["tg_poem", "tg_sat", "tg_sun"]);
        assert_eq!(said.known.name.as_deref(), Some("林晚"));
        assert_eq!(said.known.phone.as_deref(), Some("17012345678"));
        assert_eq!(said.answers["phone"], text("170****5678"));
        assert_eq!(said.answers["days"], Answer::Keys(vec!["sat".into(), "sun".into()]));
    }

    #[test]
    fn what_is_missing_unknown_or_of_another_kind_is_told_all_at_once() {
        let answers = Answers::from([
            ("taste".into(), text("crime")),
            ("days".into(), Answer::Keys(vec!["sat".into(), "sat".into()])),
            ("age".into(), Answer::Number(2)),
            ("motto".into(), text("x")),
        ]);
        let wrong = read(&book_club(), &answers).unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["answers.motto", "answers.name", "answers.taste", "answers.days", "answers.age"]);
    }

    #[test]
    fn a_form_that_asks_who_one_is_says_what_for() {
        let asked = Asked { consent: String::new(), ..book_club() };
        assert_eq!(check(&asked, &tags())[0].0, "consent");
    }

    #[test]
    fn a_tag_that_is_not_there_is_refused() {
        assert_eq!(check(&book_club(), &BTreeSet::new())[0].0, "questions[2].type");
    }

    proptest! {
        /// Whatever comes from a page is refused or kept within what was asked.
        #[test]
        fn nothing_from_outside_gets_past_what_is_asked(
            answers in proptest::collection::btree_map("[a-z]{1,6}", prop_oneof![
                any::<i64>().prop_map(Answer::Number),
                ".{0,80}".prop_map(Answer::Text),
                proptest::collection::vec("sat|sun|fri|x", 0..5).prop_map(Answer::Keys),
            ], 0..6)
        ) {
            if let Ok(said) = read(&book_club(), &answers) {
                prop_assert!(said.tags.is_subset(&tags()));
                prop_assert!(said.answers.contains_key("name") && said.answers.contains_key("taste"));
            }
        }
    }
}
