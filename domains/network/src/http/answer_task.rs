//! `POST` and `DELETE /api/v1/reach/tasks/{task}/answer`

use axum::extract::State;
use kernel::{ErrorCode, Handle, PersonId, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanDoReach, Json, Origin, Path, Principal, Problem};

use super::tasks::{TaskView, Terms, text};
use crate::{
    Slice,
    model::reach::{Task, TaskState},
    ops::{
        plan_reach::PlanWanted,
        reach_tasks::{ReachCommand, ReachOrder, ReachOutcome},
    },
};

/// What became of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// Whoever was to be reached came.
    Done,
    /// Somebody on the way said no: the next route is tried.
    Refused,
    /// Nobody answered, or it led nowhere.
    Failed,
}

/// An answer.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"result": "refused", "by": "p7"}))]
pub(super) struct Answer {
    result: Outcome,
    /// Who said no; the first one asked when missing.
    #[schema(value_type = Option<String>)]
    by: Option<PersonId>,
    /// What is worth knowing the next time.
    note: Option<String>,
}

/// A task that was answered, and the one that follows it.
#[derive(Serialize, ToSchema)]
pub(super) struct Answered {
    task: TaskView,
    /// The task over the next route, when somebody said no and there is one.
    next: Option<TaskView>,
}

/// Say what became of a reach task
///
/// A no lowers the chance of that tie, and they are not asked about the same person again; the best route without them
/// becomes a task of its own.
#[utoipa::path(
    post, path = "/api/v1/reach/tasks/{task}/answer", tag = "network", operation_id = "network.answer.create",
    params(("task" = String, Path)),
    request_body = Answer,
    responses(
        (status = 200, body = Answered),
        (status = 404, description = "No such task"),
        (status = 409, description = "It was answered already"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("do_reach"))),
)]
pub(super) async fn answer(
    caller: CanDoReach,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Json(answer): Json<Answer>,
) -> Result<Json<Answered>, Problem> {
    let task = slice.task(&caller, &id).await?;
    let note = text(answer.note, "note")?.filter(|note| !note.is_empty());
    let refused_by = match answer.result {
        Outcome::Refused => Some(refused_by(&task, answer.by)?),
        _ => None,
    };
    let next = match refused_by {
        Some(by) if task.state == TaskState::Open => slice.next_route(&caller, &task, by).await?,
        _ => None,
    };
    let state = match answer.result {
        Outcome::Done => TaskState::Done,
        Outcome::Refused => TaskState::Refused,
        Outcome::Failed => TaskState::Failed,
    };
    let command = ReachCommand::Answer { task: id, state, refused_by, note, next: next.map(Box::new) };
    slice.answered(&caller, &origin, command).await
}

/// Take an answer back
///
/// The task is open again. A task that a no led to is withdrawn, unless it was answered itself.
#[utoipa::path(
    delete, path = "/api/v1/reach/tasks/{task}/answer", tag = "network", operation_id = "network.answer.delete",
    params(("task" = String, Path)),
    responses(
        (status = 200, body = Answered),
        (status = 404, description = "No such task"),
        (status = 409, description = "The task that followed was answered already"),
    ),
    extensions(("x-permission" = json!("do_reach"))),
)]
pub(super) async fn undo(
    caller: CanDoReach,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<Answered>, Problem> {
    slice.task(&caller, &id).await?;
    slice.answered(&caller, &origin, ReachCommand::Undo(id)).await
}

/// Who on the way said no. The root does not: they ask.
fn refused_by(task: &Task, by: Option<PersonId>) -> Result<Handle, Problem> {
    let asked = &task.route[1..];
    let found = match by {
        Some(by) => asked.iter().find(|hop| hop.seen && hop.person == by),
        None => asked.first(),
    };
    found.map(|hop| hop.person.0).ok_or_else(|| Problem::invalid("by", "they are not on this route"))
}

impl Slice {
    /// The task over the best route that does without whoever said no.
    async fn next_route(&self, caller: &Principal, task: &Task, by: Handle) -> Result<Option<Task>, Problem> {
        if by == task.target() {
            return Ok(None);
        }
        let live = self.live(caller.workspace, None).await?;
        let (from, to, as_of) = (task.root(), task.target(), self.clock.now());
        let wanted = PlanWanted { from, to, limit: 1, avoid: vec![by], as_of };
        let plan = live.plan(wanted).await.map_err(Problem::unavailable)?;
        let Some(route) = plan.routes.into_iter().next() else { return Ok(None) };
        let terms = Terms {
            owner: task.owner.clone(),
            assignee: task.assignee.clone(),
            due_at: if task.due_at > as_of { task.due_at } else { self.due(None)? },
            follows: Some(task.id.clone()),
        };
        // Whoever does the task is told whom the root's own staff may see, and no more.
        let seen_by = match (&task.owner.unit, &task.owner.staff) {
            _ if caller.scope.covers(&task.owner) => caller.scope.clone(),
            (Some(unit), _) => Scope::Units([unit.clone()].into()),
            (None, Some(staff)) => Scope::Own(staff.clone()),
            (None, None) => caller.scope.clone(),
        };
        let drawn = self.draw_up(caller, &live, &seen_by, &[(route, terms)]).await?;
        Ok(drawn.into_iter().next())
    }

    async fn answered(
        &self,
        caller: &Principal,
        origin: &Origin,
        command: ReachCommand,
    ) -> Result<Json<Answered>, Problem> {
        let order = ReachOrder { by: origin.by(caller), workspace: caller.workspace, at: self.clock.now(), command };
        match self.reach(order).await? {
            ReachOutcome::Done(tasks) => {
                let names = self.task_names(caller).await?;
                let mut told = tasks.iter().map(|task| names.task(task));
                let task = told.next().ok_or(ErrorCode::NotFound)?;
                Ok(Json(Answered { task, next: told.next() }))
            }
            ReachOutcome::Missing => Err(ErrorCode::NotFound.into()),
            ReachOutcome::Closed => {
                Err(Problem::new(ErrorCode::Conflict).detail("It was answered already: load it again"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{House, migrations};

    const TASKS: &str = "/api/v1/reach/tasks";
    const PATHS: &str = "/api/v1/network/paths?from=user:m1&to=user:b3";

    /// The manager of store 66 knows b1 and c1; b1 knows b3; c1 knows c2, who knows b3.
    async fn store_66(records: &Records) -> House {
        let house = House::new(records).await;
        house.root("spring", "m1", "store-1").await;
        house.root("spring", "m2", "store-2").await;
        for (receiver, sharer) in [("b1", "m1"), ("c1", "m1"), ("b3", "b1"), ("c2", "c1"), ("b3", "c2"), ("h", "m2")] {
            house.open("spring", receiver, sharer).await;
        }
        for user in ["m1", "b1", "b3", "c1", "c2"] {
            house.identify(user, json!({"name": format!("名{user}")})).await;
        }
        house
    }

    fn names(task: &Value) -> Vec<&str> {
        let hops = task["hops"].as_array().expect("hops");
        hops.iter().map(|hop| hop["name"]["zh"].as_str().expect("a name")).collect()
    }

    #[db_test(migrations = migrations())]
    async fn a_no_leads_to_the_next_route_and_who_comes_is_recognised(records: Records) {
        let house = store_66(&records).await;
        let before = house.get("one", PATHS).await;
        assert_eq!(
            (before.each("paths", "length"), before.each("paths", "independent")),
            (vec![json!(2), json!(3)], vec![json!(true); 2])
        );

        let key = &before.json["paths"][0]["key"];
        let new = json!({"from": "user:m1", "to": "user:b3", "route": key});
        let task = house.post("one", TASKS, &new).await;
        assert_eq!((task.status, names(&task.json)), (201, vec!["名m1", "名b1", "名b3"]), "{}", task.json);
        assert_eq!((&task.json["assignee"]["id"], &task.json["state"]), (&json!("keeper-1"), &json!("open")));
        assert!(
            task.json["script"]["zh"].as_str().is_some_and(|zh| zh.starts_with("名b1你好，我是名m1。")),
            "{}",
            task.json
        );
        assert_eq!(house.post("one", TASKS, &new).await.status, 409, "there is a task already");
        let id = task.json["id"].as_str().expect("an id").to_owned();
        house.carry().await;

        // b1 says no.
        let answer = format!("{TASKS}/{id}/answer");
        let refused = house.post("one", &answer, &json!({"result": "refused"})).await;
        assert_eq!((refused.status, &refused.json["task"]["state"]), (200, &json!("refused")));
        assert_eq!(names(&refused.json["next"]), ["名m1", "名c1", "名c2", "名b3"]);
        assert_eq!(refused.json["next"]["follows"], json!(id));
        assert_eq!(house.post("one", &answer, &json!({"result": "done"})).await.status, 409);
        house.carry().await;
        let after = house.get("one", PATHS).await;
        assert_eq!(
            (after.each("paths", "length"), &after.json["refused"][0]["name"]),
            (vec![json!(3)], &json!("名b1"))
        );
        let to_b1 = |told: &web::testing::Answer| told.json["paths"][0]["chance"].as_f64().expect("a chance");
        let direct = "/api/v1/network/paths?from=user:m1&to=user:b1";
        let low = to_b1(&house.get("one", direct).await);

        // It was a mistake: the task is open again, and what it led to is gone.
        assert_eq!(house.delete("one", &answer).await.json["task"]["state"], "open");
        house.carry().await;
        assert_eq!(house.get("one", &format!("{TASKS}?target=user:b3")).await.each("items", "id"), [json!(id)]);
        assert_eq!(house.get("one", PATHS).await.each("paths", "length"), [2, 3]);
        assert!(to_b1(&house.get("one", direct).await) > low);

        let refused = house.post("one", &answer, &json!({"result": "refused"})).await;
        let next = refused.json["next"]["id"].as_str().expect("an id").to_owned();
        house.carry().await;
        house.recognise().await;
        assert_eq!(house.get("one", &format!("{TASKS}/{next}")).await.json["state"], "open");

        // b3 opens the manager's own share.
        house.open("autumn", "b3", "m1").await;
        house.recognise().await;
        let done = house.get("one", &format!("{TASKS}/{next}")).await;
        assert_eq!((&done.json["state"], &done.json["recognised"]), (&json!("done"), &json!(true)));
        house.carry().await;
        let csv = house.get("one", &format!("{TASKS}?state=done&format=csv")).await;
        assert!(csv.text().contains("名m1 → 名c1 → 名c2 → 名b3"), "{}", csv.text());
    }

    #[db_test(migrations = migrations())]
    async fn a_task_is_seen_by_who_plans_there_and_who_does_it(records: Records) {
        let house = store_66(&records).await;
        let new = json!({"from": "user:m1", "to": "user:b3", "assignee": "tester", "script_zh": " 你好 "});
        let made = house.post("all", TASKS, &new).await;
        assert_eq!((made.status, &made.json["script"]["zh"]), (201, &json!("你好")));
        let path = format!("{TASKS}/{}", made.json["id"].as_str().expect("an id"));
        // Everybody here is the member of staff `tester`, whose task it is: only the roots differ.
        for (who, new, status) in [
            ("two", json!({"from": "user:m1", "to": "user:b3"}), 404),
            ("one", json!({"from": "user:m2", "to": "user:b3"}), 404),
            ("one", json!({"from": "user:m1", "to": "user:h"}), 404),
            ("one", json!({"from": "user:b1", "to": "user:b3"}), 404),
            ("one", json!({"from": "user:m1", "to": "user:b1", "assignee": "nobody"}), 422),
            ("one", json!({"from": "user:m1", "to": "user:b1", "due_at": "2020-01-01T00:00:00Z"}), 422),
            ("one", json!({"from": "user:m1", "to": "user:b1", "route": "0000"}), 409),
        ] {
            let answer = house.post(who, TASKS, &new).await;
            assert_eq!(answer.status, status, "{who} {new} {}", answer.json);
        }
        let mine = house.get("own", &format!("{TASKS}?assignee=me&state=open&q=B3")).await;
        assert_eq!(mine.each("items", "id"), [made.json["id"].clone()]);
        assert_eq!(house.get("own", &format!("{TASKS}?q=100%25")).await.json["items"], json!([]));
        let handed_on = house.patch("one", &path, &json!({"assignee": "keeper-1", "note": "先打电话"})).await;
        assert_eq!(
            (&handed_on.json["assignee"]["id"], &handed_on.json["note"]),
            (&json!("keeper-1"), &json!("先打电话"))
        );
        assert_eq!(house.get("own", &path).await.status, 404, "not theirs any more");
        assert_eq!(house.get("two", &path).await.status, 404);

        house.clock.advance_secs(4 * 86_400);
        assert_eq!(house.get("one", &format!("{TASKS}?state=open")).await.json["items"], json!([]));
        assert_eq!(house.get("one", &format!("{TASKS}?state=expired")).await.each("items", "state"), ["expired"]);
    }

    #[db_test(migrations = migrations())]
    async fn many_tasks_are_handed_on_and_put_off_in_one_call(records: Records) {
        let house = store_66(&records).await;
        let mut ids = Vec::new();
        for target in ["b1", "c1", "b3"] {
            let made = house.post("all", TASKS, &json!({"from": "user:m1", "to": format!("user:{target}")})).await;
            ids.push(made.json["id"].clone());
        }
        let answered = format!("{TASKS}/{}/answer", ids[2].as_str().expect("an id"));
        assert_eq!(house.post("all", &answered, &json!({"result": "failed"})).await.status, 200);
        assert_eq!(house.patch("two", TASKS, &json!({"tasks": [ids[0]], "later_days": 1})).await.status, 404);
        let before = house.get("all", &format!("{TASKS}?state=open")).await;
        let asked = json!({"tasks": ids, "assignee": "tester", "later_days": 2});
        let changed = house.patch("one", TASKS, &asked).await;
        assert_eq!((changed.status, &changed.json["passed_over"]), (200, &json!(1)), "{}", changed.json);
        let whose: Vec<&Value> =
            changed.json["items"].as_array().expect("tasks").iter().map(|task| &task["assignee"]["id"]).collect();
        assert_eq!(whose, ["tester", "tester"]);
        let after = house.get("all", &format!("{TASKS}?state=open")).await;
        assert!(before.each("items", "due_at").iter().zip(after.each("items", "due_at")).all(|(b, a)| *b != a));

        // One that is not theirs to see, and none is changed.
        let foreign = json!({"tasks": [ids[0], "none"], "assignee": "keeper-1"});
        assert_eq!(house.patch("one", TASKS, &foreign).await.status, 404);
        assert_eq!(house.get("all", &format!("{TASKS}?assignee=keeper-1&state=open")).await.json["items"], json!([]));
        for (wrong, field) in [
            (json!({"tasks": [], "later_days": 1}), "tasks"),
            (json!({"tasks": [ids[0]]}), "assignee"),
            (json!({"tasks": [ids[0]], "assignee": "nobody"}), "assignee"),
            (json!({"tasks": [ids[0]], "later_days": 0}), "later_days"),
            (json!({"tasks": [ids[0]], "due_at": "2020-01-01T00:00:00Z"}), "due_at"),
        ] {
            let refused = house.patch("one", TASKS, &wrong).await;
            assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!(field)), "{}", refused.json);
        }
    }

    #[db_test(migrations = migrations())]
    async fn many_are_planned_for_at_once_and_nobody_gets_too_much(records: Records) {
        let house = store_66(&records).await;
        let new =
            json!({"targets": ["user:b3", "user:c2"], "kocs": {"campaign": "spring", "count": 2}, "per_staff_max": 1});
        let begun = house.post("one", "/api/v1/reach/plans", &new).await;
        assert_eq!(begun.status, 202, "{}", begun.json);
        let path = format!("/api/v1/reach/plans/{}", begun.json["id"].as_str().expect("an id"));
        let plan = loop {
            let plan = house.get("one", &path).await;
            if plan.json["ready"] == true {
                break plan;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!((plan.json["items"].as_array().map(Vec::len), &plan.json["load"][0]["tasks"]), (Some(1), &json!(1)));
        assert!(plan.each("without", "reachable").iter().all(|reachable| reachable == &json!(true)));
        let made = house.post("one", &format!("{path}/tasks"), &json!({})).await;
        assert_eq!((made.status, &made.json), (201, &json!({"made": 1, "passed_over": 0})));
        let again = house.post("one", &format!("{path}/tasks"), &json!({})).await;
        assert_eq!(again.json, json!({"made": 0, "passed_over": 1}));
        assert_eq!(house.post("one", "/api/v1/reach/plans", &json!({})).await.status, 422);
        assert_eq!(house.post("one", "/api/v1/reach/plans", &json!({"targets": ["user:h"]})).await.status, 404);
    }
}
