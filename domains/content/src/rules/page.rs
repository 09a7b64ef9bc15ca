//! What a page may say.

use std::collections::BTreeSet;

use super::hosts::{Hosts, URL_BYTES_MAX};
use crate::model::{
    page::{Block, FieldKind, FormField, ListItem, PageDocument},
    target::{Slug, Target},
};

/// Most blocks of a page.
const BLOCKS_MAX: usize = 200;
/// Most entries of a list, and answers of a choice.
const ITEMS_MAX: usize = 50;
/// Most questions of a form.
const FIELDS_MAX: usize = 20;
/// Longest text of a block, in characters.
const TEXT_MAX: usize = 10_000;
/// Longest heading, entry or label.
const LINE_MAX: usize = 200;
/// Longest title of a page.
const TITLE_MAX: usize = 60;

/// What is wrong with a page, each with the field as a path.
pub(crate) type Faults = Vec<(String, String)>;

struct Judge<'a> {
    hosts: &'a Hosts,
    faults: Faults,
}

/// What is wrong with a page; nothing when it can be published.
pub(crate) fn faults(document: &PageDocument, hosts: &Hosts) -> Faults {
    let mut judge = Judge { hosts, faults: Vec::new() };
    judge.line("title", &document.title, TITLE_MAX, true);
    judge.line("description", &document.description, LINE_MAX, false);
    judge.picture("image", document.image.as_deref());
    if document.blocks.len() > BLOCKS_MAX {
        judge.say("blocks", format!("a page has at most {BLOCKS_MAX} blocks"));
    }
    let mut forms = BTreeSet::new();
    for (place, block) in document.blocks.iter().take(BLOCKS_MAX).enumerate() {
        judge.block(&format!("blocks[{place}]"), block, &mut forms);
    }
    judge.faults
}

impl Judge<'_> {
    fn say(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.faults.push((field.into(), message.into()));
    }

    fn text(&mut self, field: &str, text: &str, max: usize, needed: bool) {
        if needed && text.trim().is_empty() {
            self.say(field, "must not be empty");
        }
        if text.chars().count() > max {
            self.say(field, format!("has at most {max} characters"));
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            self.say(field, "must not hold control characters");
        }
    }

    fn line(&mut self, field: &str, text: &str, max: usize, needed: bool) {
        self.text(field, text, max, needed);
        if text.contains('\n') {
            self.say(field, "is one line");
        }
    }

    fn picture(&mut self, field: &str, address: Option<&str>) {
        let Some(address) = address else { return };
        let ours = address.starts_with("/f/") && !address.contains("..") && !address.contains('\\');
        let is_https = url::Url::parse(address).is_ok_and(|url| url.scheme() == "https" && url.host().is_some());
        if address.len() > URL_BYTES_MAX || address.chars().any(char::is_control) || !(ours || is_https) {
            self.say(field, "a picture is an https address, or a path of ours under /f/");
        }
    }

    fn target(&mut self, field: &str, target: Option<&Target>) {
        let Some(Err(astray)) = target.map(|target| self.hosts.check_target(target)) else { return };
        self.say(format!("{field}.url"), astray.to_string());
    }

    fn block<'a>(&mut self, at: &str, block: &'a Block, forms: &mut BTreeSet<&'a Slug>) {
        match block {
            Block::Title { text, level } => {
                self.line(&format!("{at}.text"), text, LINE_MAX, true);
                if !(1..=2).contains(level) {
                    self.say(format!("{at}.level"), "is 1 or 2");
                }
            }
            Block::Text { text } => self.text(&format!("{at}.text"), text, TEXT_MAX, true),
            Block::Image { src, alt, to } => {
                self.picture(&format!("{at}.src"), Some(src));
                self.line(&format!("{at}.alt"), alt, LINE_MAX, false);
                self.target(&format!("{at}.to"), to.as_ref());
            }
            Block::List { items } => self.list(at, items),
            Block::Product { .. } | Block::Play { .. } | Block::Spacer { .. } => {}
            Block::Form { form, title, fields, submit, thanks } => {
                if !forms.insert(form) {
                    self.say(format!("{at}.form"), "another form of the page has this id");
                }
                self.line(&format!("{at}.title"), title.as_deref().unwrap_or_default(), LINE_MAX, false);
                self.line(&format!("{at}.submit"), submit, LINE_MAX, true);
                self.line(&format!("{at}.thanks"), thanks, LINE_MAX, true);
                self.fields(at, fields);
            }
            Block::Button { text, to, look: _ } => {
                self.line(&format!("{at}.text"), text, LINE_MAX, true);
                self.target(&format!("{at}.to"), Some(to));
            }
        }
    }

    fn list(&mut self, at: &str, items: &[ListItem]) {
        if items.is_empty() || items.len() > ITEMS_MAX {
            self.say(format!("{at}.items"), format!("a list has 1 to {ITEMS_MAX} entries"));
        }
        for (place, item) in items.iter().enumerate() {
            let at = format!("{at}.items[{place}]");
            self.line(&format!("{at}.text"), &item.text, LINE_MAX, true);
            self.line(&format!("{at}.note"), item.note.as_deref().unwrap_or_default(), LINE_MAX, false);
            self.picture(&format!("{at}.image"), item.image.as_deref());
            self.target(&format!("{at}.to"), item.to.as_ref());
        }
    }

    fn fields(&mut self, at: &str, fields: &[FormField]) {
        if fields.is_empty() || fields.len() > FIELDS_MAX {
            self.say(format!("{at}.fields"), format!("a form has 1 to {FIELDS_MAX} fields"));
        }
        let mut names = BTreeSet::new();
        for (place, field) in fields.iter().enumerate() {
            let at = format!("{at}.fields[{place}]");
            self.line(&format!("{at}.label"), &field.label, LINE_MAX, true);
            if !names.insert(&field.name) {
                self.say(format!("{at}.name"), "another field of the form has this name");
            }
            let is_choice = field.kind == FieldKind::Choice;
            let fits =
                if is_choice { (2..=ITEMS_MAX).contains(&field.options.len()) } else { field.options.is_empty() };
            if !fits {
                self.say(format!("{at}.options"), format!("a choice has 2 to {ITEMS_MAX} options, other fields none"));
            }
            for (place, option) in field.options.iter().enumerate() {
                self.line(&format!("{at}.options[{place}]"), option, LINE_MAX, true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(blocks: Value) -> Vec<String> {
        let page = json!({"title": "春季书单", "blocks": blocks});
        let document: PageDocument = serde_json::from_value(page).expect("a document");
        let hosts = Hosts::new(["shop.example".to_owned()]);
        faults(&document, &hosts).into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn a_whole_page_is_in_order() {
        let phone = json!({"name": "phone", "label": "手机号", "kind": "phone", "required": true});
        let size = json!({"name": "size", "label": "年龄", "kind": "choice", "options": ["0–3", "3–6"]});
        let whole = json!([
            {"type": "title", "text": "春季书单", "level": 1},
            {"type": "text", "text": "每天读一本。\n\n给孩子。"},
            {"type": "image", "src": "https://cdn.example/a.jpg", "alt": "封面", "to": {"kind": "page", "page": "more"}},
            {"type": "list", "items": [{"text": "一", "to": {"kind": "url", "url": "https://shop.example/1"}}]},
            {"type": "product", "product": "B1"},
            {"type": "play", "play": "group-buy"},
            {"type": "form", "form": "trial", "fields": [phone, size], "submit": "提交", "thanks": "已收到"},
            {"type": "button", "text": "去看看", "to": {"kind": "product", "product": "B1"}, "look": "plain"},
            {"type": "spacer", "size": "small"},
        ]);
        assert_eq!(told(whole), [""; 0]);
    }

    #[test]
    fn each_fault_is_told_at_its_place() {
        let field = json!({"name": "a", "label": "", "kind": "choice"});
        let form = json!({"type": "form", "form": "f", "fields": [field, field], "submit": "s", "thanks": "t"});
        let wrong = json!([
            {"type": "title", "text": " ", "level": 3},
            {"type": "image", "src": "http://a.example/x.jpg"},
            {"type": "button", "text": "x", "to": {"kind": "url", "url": "https://evil.example/"}},
            form,
            form,
            {"type": "list", "items": []},
        ]);
        let fields = ["label", "options", "label", "name", "options"];
        let places = ["[0]", "[0]", "[1]", "[1]", "[1]"];
        let of = |form: usize| {
            fields.iter().zip(places).map(move |(field, at)| format!("blocks[{form}].fields{at}.{field}"))
        };
        let mut expected: Vec<String> =
            ["blocks[0].text", "blocks[0].level", "blocks[1].src", "blocks[2].to.url"].map(str::to_owned).into();
        expected.extend(of(3));
        expected.push("blocks[4].form".to_owned());
        expected.extend(of(4));
        expected.push("blocks[5].items".to_owned());
        assert_eq!(told(wrong), expected);
    }

    #[test]
    fn a_block_nobody_knows_is_refused() {
        let page = json!({"title": "x", "blocks": [{"type": "script", "text": "alert(1)"}]});
        assert!(serde_json::from_value::<PageDocument>(page).is_err());
    }
}
