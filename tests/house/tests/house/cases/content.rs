//! Links, pages, and where they may lead.

use serde_json::{Value, json};

use super::{Ask, Case, Spare, get, own_only, with};

const LINKS: &str = "/api/v1/content/links";
const PAGES: &str = "/api/v1/content/pages";

fn link(more: &Value) -> Value {
    let mut link = json!({"name": "x", "target": {"kind": "play", "play": "x"}, "unit": "hangzhou", "staff": "m1"});
    link.as_object_mut().expect("a link").extend(more.as_object().expect("fields").clone());
    link
}

fn draft() -> Value {
    json!({"title": "x", "blocks": [{"type": "text", "text": "x"}]})
}

fn plain(path: String) -> Ask {
    Ask { path, body: None }
}

pub const CASES: &[Case] = &[
    Case {
        operation: "content.link.list",
        spare: Spare::None,
        ask: |_| get(LINKS),
        allowed: 200,
        foreign: |theirs| {
            vec![
                (get(format!("{LINKS}?q={}", theirs.link)), 200),
                (get(format!("{LINKS}?unit=theirs&staff=theirs&campaign=theirs")), 200),
                (get(format!("{LINKS}?format=csv")), 200),
            ]
        },
    },
    Case {
        operation: "content.link.create",
        spare: Spare::None,
        ask: |_| with(LINKS, link(&json!({"unit": null}))),
        allowed: 201,
        foreign: |_| {
            vec![
                (with(LINKS, link(&json!({"unit": "theirs", "staff": null}))), 422),
                (with(LINKS, link(&json!({"unit": null, "staff": "theirs"}))), 422),
                (with(LINKS, link(&json!({"campaign": "theirs"}))), 422),
                (with(LINKS, link(&json!({"target": {"kind": "page", "page": "theirs"}}))), 422),
            ]
        },
    },
    Case {
        operation: "content.link.read",
        spare: Spare::None,
        ask: |_| get(format!("{LINKS}/none")),
        allowed: 404,
        foreign: |theirs| vec![(get(format!("{LINKS}/{}", theirs.link)), 404)],
    },
    Case {
        operation: "content.link.update",
        spare: Spare::None,
        ask: |_| with(format!("{LINKS}/none"), json!({"revision": 1, "on": false})),
        allowed: 404,
        foreign: |theirs| vec![(with(format!("{LINKS}/{}", theirs.link), json!({"revision": 1, "on": false})), 404)],
    },
    Case {
        operation: "content.qr.read",
        spare: Spare::None,
        ask: |_| get(format!("{LINKS}/none/qr")),
        allowed: 404,
        foreign: |theirs| vec![(get(format!("{LINKS}/{}/qr?picture=png", theirs.link)), 404)],
    },
    Case {
        operation: "content.day.list",
        spare: Spare::None,
        ask: |_| get(format!("{LINKS}/none/days")),
        allowed: 404,
        foreign: |theirs| vec![(get(format!("{LINKS}/{}/days", theirs.link)), 404)],
    },
    Case {
        operation: "content.link.open",
        spare: Spare::Link,
        ask: |scene| get(format!("/s/{}", scene.spare)),
        // On to the play it leads to, which nobody made.
        allowed: 404,
        // A short address is for everybody, and told to nobody of another brand.
        foreign: own_only,
    },
    Case {
        operation: "content.link.follow",
        spare: Spare::None,
        ask: |_| get("/s/none/go"),
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "content.poster.read",
        spare: Spare::None,
        ask: |_| get(format!("{LINKS}/none/poster")),
        allowed: 404,
        foreign: |theirs| vec![(get(format!("{LINKS}/{}/poster", theirs.link)), 404)],
    },
    Case {
        operation: "content.way.list",
        spare: Spare::None,
        ask: |_| get(format!("{LINKS}/none/ways")),
        allowed: 404,
        foreign: |theirs| vec![(get(format!("{LINKS}/{}/ways", theirs.link)), 404)],
    },
    Case {
        operation: "content.funnel.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/content/funnels"),
        allowed: 200,
        foreign: |_| {
            vec![
                (get("/api/v1/content/funnels?by=channel&campaign=theirs"), 200),
                (get("/api/v1/content/funnels?format=csv"), 200),
            ]
        },
    },
    Case {
        operation: "content.host.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/content/hosts"),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "content.host.update",
        spare: Spare::None,
        ask: |_| with("/api/v1/content/hosts", json!({"hosts": ["shop.example"]})),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "content.page.list",
        spare: Spare::None,
        ask: |_| get(PAGES),
        allowed: 200,
        foreign: |_| vec![(get(format!("{PAGES}?q=theirs")), 200), (get(format!("{PAGES}?format=csv")), 200)],
    },
    Case {
        operation: "content.page.create",
        spare: Spare::None,
        ask: |_| with(PAGES, json!({"draft": draft()})),
        allowed: 201,
        foreign: own_only,
    },
    Case {
        operation: "content.page.read",
        spare: Spare::None,
        ask: |_| get(format!("{PAGES}/none")),
        allowed: 404,
        foreign: |_| vec![(get(format!("{PAGES}/theirs")), 404)],
    },
    Case {
        operation: "content.page.update",
        spare: Spare::Page,
        ask: |scene| with(format!("{PAGES}/{}", scene.spare), json!({"revision": 1, "draft": draft()})),
        allowed: 200,
        foreign: |_| vec![(with(format!("{PAGES}/theirs"), json!({"revision": 1, "draft": draft()})), 404)],
    },
    Case {
        operation: "content.page.publish",
        spare: Spare::Page,
        ask: |scene| with(format!("{PAGES}/{}/publication", scene.spare), json!({"revision": 1})),
        allowed: 200,
        foreign: |_| vec![(with(format!("{PAGES}/theirs/publication"), json!({"revision": 1})), 404)],
    },
    Case {
        operation: "content.page.withdraw",
        spare: Spare::Page,
        ask: |scene| plain(format!("{PAGES}/{}/publication", scene.spare)),
        allowed: 200,
        foreign: |_| vec![(plain(format!("{PAGES}/theirs/publication")), 404)],
    },
    Case {
        operation: "content.version.read",
        spare: Spare::None,
        ask: |_| get(format!("{PAGES}/none/versions/1")),
        allowed: 404,
        foreign: |_| vec![(get(format!("{PAGES}/theirs/versions/1")), 404)],
    },
    Case {
        operation: "content.page.open",
        spare: Spare::None,
        ask: |_| get("/api/v1/fan/1/pages/none"),
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "content.share.create",
        spare: Spare::None,
        ask: |_| plain("/api/v1/fan/1/links/none/shares".to_owned()),
        allowed: 404,
        foreign: own_only,
    },
];
