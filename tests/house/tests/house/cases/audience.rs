//! Segments, traits and tags.

use serde_json::json;

use super::{Case, Spare, get, own_only, with};

pub const CASES: &[Case] = &[
    Case {
        operation: "audience.segment.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/segments"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/segments?format=csv"), 200)],
    },
    Case {
        operation: "audience.segment.create",
        spare: Spare::None,
        ask: |scene| {
            let rule = json!({"kind": "did", "event": "Order Paid"});
            with("/api/v1/segments", json!({"name": format!("case {}", scene.number), "kind": "live", "rule": rule}))
        },
        allowed: 201,
        foreign: |foreign| {
            let body = json!({"name": "theirs", "kind": "snapshot", "of": foreign.segment});
            let tag = json!({"kind": "tag", "tag": foreign.tag});
            vec![
                (with("/api/v1/segments", body), 422),
                (with("/api/v1/segments", json!({"name": "theirs", "kind": "live", "rule": tag})), 422),
            ]
        },
    },
    Case {
        operation: "audience.segment.read",
        spare: Spare::Segment,
        ask: |scene| get(format!("/api/v1/segments/{}", scene.spare)),
        allowed: 200,
        foreign: |foreign| vec![(get(format!("/api/v1/segments/{}", foreign.segment)), 404)],
    },
    Case {
        operation: "audience.segment.change",
        spare: Spare::Segment,
        ask: |scene| with(format!("/api/v1/segments/{}", scene.spare), json!({"note": "changed"})),
        allowed: 200,
        foreign: |foreign| vec![(with(format!("/api/v1/segments/{}", foreign.segment), json!({"note": "x"})), 404)],
    },
    Case {
        operation: "audience.segment.delete",
        spare: Spare::Segment,
        ask: |scene| get(format!("/api/v1/segments/{}", scene.spare)),
        allowed: 204,
        foreign: |foreign| vec![(get(format!("/api/v1/segments/{}", foreign.segment)), 404)],
    },
    Case {
        operation: "audience.member.list",
        spare: Spare::Segment,
        ask: |scene| get(format!("/api/v1/segments/{}/people", scene.spare)),
        allowed: 200,
        foreign: |foreign| vec![(get(format!("/api/v1/segments/{}/people", foreign.segment)), 404)],
    },
    Case {
        operation: "audience.member.change",
        spare: Spare::Segment,
        ask: |scene| with(format!("/api/v1/segments/{}/people", scene.spare), json!({"add": []})),
        allowed: 200,
        foreign: |foreign| vec![(with(format!("/api/v1/segments/{}/people", foreign.segment), json!({})), 404)],
    },
    Case {
        operation: "audience.size.list",
        spare: Spare::Segment,
        ask: |scene| get(format!("/api/v1/segments/{}/sizes?days=7", scene.spare)),
        allowed: 200,
        foreign: |foreign| vec![(get(format!("/api/v1/segments/{}/sizes", foreign.segment)), 404)],
    },
    Case {
        operation: "audience.reason.read",
        spare: Spare::Segment,
        ask: |scene| get(format!("/api/v1/segments/{}/people/user:a1/why", scene.spare)),
        allowed: 200,
        foreign: |foreign| vec![(get(format!("/api/v1/segments/{}/people/p1/why", foreign.segment)), 404)],
    },
    Case {
        operation: "audience.segment.preview",
        spare: Spare::None,
        ask: |_| with("/api/v1/segments/preview", json!({"rule": {"kind": "all", "rules": []}})),
        allowed: 200,
        foreign: |foreign| {
            let rule = json!({"kind": "segment", "segment": foreign.segment});
            let city = json!({"kind": "city", "city": "jia·city"});
            vec![
                (with("/api/v1/segments/preview", json!({"rule": rule})), 422),
                (with("/api/v1/segments/preview", json!({"rule": city})), 200),
            ]
        },
    },
    Case {
        operation: "audience.segment.overlap",
        spare: Spare::Segment,
        ask: |scene| with("/api/v1/segments/overlap", json!({"segments": [scene.spare, scene.spare]})),
        allowed: 200,
        foreign: |foreign| {
            let both = json!({"segments": [foreign.segment, foreign.segment]});
            vec![(with("/api/v1/segments/overlap", both), 422)]
        },
    },
    Case {
        operation: "audience.person.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/persons/user:a1/audience"),
        allowed: 200,
        foreign: |_| {
            vec![(get("/api/v1/persons/p900/audience"), 404), (get("/api/v1/persons/user:theirs/audience"), 404)]
        },
    },
    Case {
        operation: "audience.vocabulary.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/segments/vocabulary"),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "audience.trait.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/traits"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/traits?format=csv"), 200)],
    },
    Case {
        operation: "audience.trait.create",
        spare: Spare::None,
        ask: |scene| {
            let name = format!("case_{}", scene.number);
            with("/api/v1/traits", json!({"name": name, "zh": name, "en": name, "event": "*", "measure": "count"}))
        },
        allowed: 201,
        foreign: own_only,
    },
    Case {
        operation: "audience.trait.delete",
        spare: Spare::Trait,
        ask: |scene| get(format!("/api/v1/traits/{}", scene.spare)),
        allowed: 204,
        foreign: |_| vec![(get("/api/v1/traits/theirs"), 404)],
    },
    Case {
        operation: "audience.tag.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/tags"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/tags?format=csv"), 200)],
    },
    Case {
        operation: "audience.tag.create",
        spare: Spare::None,
        ask: |scene| {
            let name = format!("case {}", scene.number);
            with("/api/v1/tags", json!({"group": "case", "name": name, "intent": "judgement"}))
        },
        allowed: 201,
        foreign: own_only,
    },
    Case {
        operation: "audience.tag.change",
        spare: Spare::Tag,
        ask: |scene| with(format!("/api/v1/tags/{}", scene.spare), json!({"note": "changed"})),
        allowed: 200,
        foreign: |foreign| vec![(with(format!("/api/v1/tags/{}", foreign.tag), json!({"note": "x"})), 404)],
    },
    Case {
        operation: "audience.tag.delete",
        spare: Spare::Tag,
        ask: |scene| get(format!("/api/v1/tags/{}", scene.spare)),
        allowed: 204,
        foreign: |foreign| vec![(get(format!("/api/v1/tags/{}", foreign.tag)), 404)],
    },
    Case {
        operation: "audience.tagging.change",
        spare: Spare::Tag,
        ask: |scene| with(format!("/api/v1/tags/{}/people", scene.spare), json!({"people": ["user:a1"], "on": true})),
        allowed: 200,
        foreign: |foreign| {
            let body = json!({"people": ["p1"], "on": true});
            vec![(with(format!("/api/v1/tags/{}/people", foreign.tag), body), 404)]
        },
    },
];
