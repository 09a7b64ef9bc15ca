//! What a fact's properties say of itself, whatever it is called: enough for a sentence about it.

use serde::Deserialize;
use serde_json::Value;

/// Longest title that is told, in characters.
const TITLE_CHARS_MAX: usize = 120;

/// What was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) campaign: Option<String>,
    /// What was looked at, shared or bought.
    pub(crate) title: Option<String>,
}

#[derive(Deserialize, Default)]
struct Fields {
    campaign: Option<Value>,
    title: Option<Value>,
    content: Option<Value>,
    product: Option<Value>,
    name: Option<Value>,
}

/// Reads it out of a fact's properties; nothing where they are of no use.
pub(crate) fn told(properties: &str) -> Told {
    let Fields { campaign, title, content, product, name } = serde_json::from_str(properties).unwrap_or_default();
    Told { campaign: text(campaign), title: [title, content, product, name].into_iter().find_map(text) }
}

fn text(value: Option<Value>) -> Option<String> {
    let Some(Value::String(text)) = value else { return None };
    let text: String = text.trim().chars().take(TITLE_CHARS_MAX).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_text_that_names_something_is_its_title() {
        let of = |properties: &str| {
            let Told { campaign, title } = told(properties);
            (campaign, title)
        };
        let own = |text: &str| Some(text.to_owned());
        assert_eq!(of(r#"{"campaign":"spring","title":" 春日书单 "}"#), (own("spring"), own("春日书单")));
        assert_eq!(of(r#"{"title":7,"product":"小王子"}"#), (None, own("小王子")));
        assert_eq!(of("[]"), (None, None));
        assert_eq!(of(&format!(r#"{{"name":"{}"}}"#, "长".repeat(500))).1.map(|t| t.chars().count()), Some(120));
    }
}
