//! What chats read of a page for the card they show: its title, a line, a picture.

use std::fmt::Write as _;

use serde_json::Value as Json;

/// The head of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub title: String,
    pub description: String,
    pub image: Option<String>,
}

impl Head {
    /// What an answer of the API says of itself: pages have a document, other things say it of themselves. What says nothing bears the
    /// brand's name.
    pub fn of(answer: &Json, brand: &str) -> Self {
        let told = answer.get("document").unwrap_or(answer);
        let text = |name: &str| told[name].as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        Self {
            title: text("title").or_else(|| text("name")).unwrap_or_else(|| brand.to_owned()),
            description: text("description").unwrap_or_else(|| brand.to_owned()),
            image: text("image").filter(|image| image.starts_with("https://") || image.starts_with("/f/")),
        }
    }

    /// As HTML. `site` is where the page lies: cards need whole addresses.
    pub fn html(&self, brand: &str, site: &str, path: &str) -> String {
        let mut html = format!("<title>{}</title>", escape(&self.title));
        let mut meta = |kind: &str, name: &str, content: &str| {
            let _ = write!(html, "<meta {kind}=\"{name}\" content=\"{}\">", escape(content));
        };
        meta("name", "description", &self.description);
        meta("property", "og:type", "website");
        meta("property", "og:site_name", brand);
        meta("property", "og:title", &self.title);
        meta("property", "og:description", &self.description);
        meta("property", "og:url", &format!("{site}{path}"));
        if let Some(image) = &self.image {
            let whole = if image.starts_with('/') { format!("{site}{image}") } else { image.clone() };
            meta("property", "og:image", &whole);
        }
        html
    }
}

/// Text that is only text, also between quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// JSON that no reader of HTML takes for anything else.
pub fn inert(json: &Json) -> String {
    json.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_card_says_what_the_page_says_and_else_whose_it_is() {
        let page =
            json!({"document": {"title": "春季书单", "description": "12 本", "image": "https://cdn.example/a.jpg"}});
        let image = Some("https://cdn.example/a.jpg".to_owned());
        let expected = Head { title: "春季书单".into(), description: "12 本".into(), image };
        assert_eq!(Head::of(&page, "灯塔书店"), expected);
        let bare = Head::of(&json!({"name": "0元领书", "image": "http://cdn.example/a.jpg"}), "灯塔书店");
        assert_eq!((bare.title.as_str(), bare.description.as_str(), bare.image), ("0元领书", "灯塔书店", None));
        assert_eq!(Head::of(&json!(null), "灯塔书店").title, "灯塔书店");
    }

    #[test]
    fn nothing_a_brand_writes_becomes_markup() {
        let evil = "\"><script>alert('1')</script>&";
        let head = Head { title: evil.into(), description: evil.into(), image: Some("/f/-/assets/a.png".into()) };
        let html = head.html(evil, "https://shop.example", "/f/1/p/x");
        assert!(!html.contains("<script") && !html.contains("\"><script"), "{html}");
        assert!(html.contains("content=\"https://shop.example/f/-/assets/a.png\""), "{html}");
        let laid = inert(&json!({"text": "</script><!--&"}));
        assert!(!laid.contains('<') && !laid.contains('&'), "{laid}");
        assert_eq!(serde_json::from_str::<Json>(&laid).unwrap(), json!({"text": "</script><!--&"}));
    }
}
