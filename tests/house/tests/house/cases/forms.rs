//! Forms.

use serde_json::json;

use super::{Case, Spare, get, own_only, with};

pub const CASES: &[Case] = &[
    Case {
        operation: "audience.form.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/forms"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/forms?format=csv"), 200)],
    },
    Case {
        operation: "audience.form.create",
        spare: Spare::None,
        ask: |scene| {
            let question = json!({"key": "q1", "label": "?", "type": "text"});
            with("/api/v1/forms", json!({"title": format!("case {}", scene.number), "questions": [question]}))
        },
        allowed: 201,
        foreign: |foreign| {
            let choices = json!([{"key": "a", "label": "a", "tag": foreign.tag}, {"key": "b", "label": "b"}]);
            let question = json!({"key": "q1", "label": "?", "type": "one", "choices": choices});
            vec![(with("/api/v1/forms", json!({"title": "theirs", "questions": [question]})), 422)]
        },
    },
    Case {
        operation: "audience.form.read",
        spare: Spare::Form,
        ask: |scene| get(format!("/api/v1/forms/{}", scene.spare)),
        allowed: 200,
        foreign: |foreign| vec![(get(format!("/api/v1/forms/{}", foreign.form)), 404)],
    },
    Case {
        operation: "audience.form.change",
        spare: Spare::Form,
        ask: |scene| with(format!("/api/v1/forms/{}", scene.spare), json!({"state": "open"})),
        allowed: 200,
        foreign: |foreign| vec![(with(format!("/api/v1/forms/{}", foreign.form), json!({"state": "open"})), 404)],
    },
    Case {
        operation: "audience.form.delete",
        spare: Spare::Form,
        ask: |scene| get(format!("/api/v1/forms/{}", scene.spare)),
        allowed: 204,
        foreign: |foreign| vec![(get(format!("/api/v1/forms/{}", foreign.form)), 404)],
    },
    Case {
        operation: "audience.form.summary",
        spare: Spare::Form,
        ask: |scene| get(format!("/api/v1/forms/{}/summary", scene.spare)),
        allowed: 200,
        foreign: |foreign| vec![(get(format!("/api/v1/forms/{}/summary", foreign.form)), 404)],
    },
    Case {
        operation: "audience.form_answer.list",
        spare: Spare::Form,
        ask: |scene| get(format!("/api/v1/forms/{}/answers", scene.spare)),
        allowed: 200,
        foreign: |foreign| vec![(get(format!("/api/v1/forms/{}/answers?format=csv", foreign.form)), 404)],
    },
    Case {
        operation: "audience.fan_form.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/fan/1/forms/fm_none"),
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "audience.fan_form.answer",
        spare: Spare::None,
        ask: |_| with("/api/v1/fan/1/forms/fm_none/answers", json!({"version": 1, "answers": {}})),
        allowed: 404,
        foreign: own_only,
    },
];
