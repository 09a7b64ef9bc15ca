//! `POST /api/v1/roles`

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageRoles, Json, Permission, PermissionSet, Problem};

use super::{list_roles::RoleItem, origin::Origin};
use crate::{Access, Name, model::Sight};

/// A role to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewRole)]
pub(super) struct AddRole {
    #[schema(value_type = String, example = "区域督导")]
    name: Name,
    /// What its holders may do: ids of permissions. Nobody may give what they do not hold themselves.
    #[schema(example = json!(["read_network", "read_campaigns"]))]
    permissions: Vec<String>,
    /// How far its holders see, from the unit where they work.
    scope: Sight,
}

/// Permissions by their ids.
pub(super) fn set_of(ids: &[String]) -> Result<PermissionSet, Problem> {
    let mut set = PermissionSet::NONE;
    for (index, id) in ids.iter().enumerate() {
        let known = Permission::ALL.iter().find(|permission| permission.slug() == id);
        let wrong = || Problem::invalid(format!("permissions[{index}]"), format!("there is no permission {id:?}"));
        set = set.with(*known.ok_or_else(wrong)?);
    }
    Ok(set)
}

/// Makes a role
///
/// To copy a role, make one with its permissions and its scope under another name.
#[utoipa::path(
    post, path = "/api/v1/roles", tag = "access", operation_id = "access.role.create",
    request_body = AddRole,
    responses(
        (status = 201, body = RoleItem),
        (status = 409, description = "There is a role of that name, or there are too many"),
        (status = 422, description = "A field is not valid, or a permission needs a role that sees everybody"),
    ),
    extensions(("x-permission" = json!("manage_roles"))),
)]
pub(super) async fn add_role(
    caller: CanManageRoles,
    State(access): State<Access>,
    origin: Origin,
    Json(AddRole { name, permissions, scope }): Json<AddRole>,
) -> Result<(StatusCode, Json<RoleItem>), Problem> {
    let permissions = set_of(&permissions)?;
    let role = access.add_role(origin.by(&caller), caller.workspace, name, permissions, scope).await?;
    Ok((StatusCode::CREATED, Json(role.into())))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{Answer, Ask, House};

    async fn make(house: &House, cookie: &str, name: &str, permissions: Value, scope: &str) -> Answer {
        let role = json!({ "name": name, "permissions": permissions, "scope": scope });
        house.ask(Ask::post("/api/v1/roles").cookie(cookie).body(role)).await
    }

    fn give(cookie: &str, staff: &str, role: &Value, unit: Option<&str>) -> Ask {
        Ask::patch(&format!("/api/v1/staff/{staff}")).cookie(cookie).body(json!({ "role": role, "unit": unit }))
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_role_of_ones_own_is_made_given_changed_and_taken_away(records: Records) {
        let house = House::new(&records).await;
        let (boss, store) = (house.sign_in("boss@one.example").await, house.sign_in("store@one.example").await);
        let made = make(&house, &boss, "区域督导", json!(["read_organisation", "read_network"]), "subtree").await;
        assert_eq!((made.status, &made.body["staff"]), (201, &json!(0)), "{}", made.body);
        let role = made.body["id"].clone();
        let address = format!("/api/v1/roles/{}", role.as_str().unwrap());

        let given = house.ask(give(&boss, "store", &role, Some("beijing"))).await;
        assert_eq!((given.status, &given.body["role_name"]), (200, &json!("区域督导")), "{}", given.body);
        // Their session knows at once.
        let session = house.ask(Ask::get("/api/v1/session").cookie(&store)).await.body;
        assert_eq!(session["permissions"], json!(["read_network", "read_organisation"]));
        assert_eq!(session["scope"]["units"], json!(["beijing", "store-1", "store-2"]));
        let change = json!({ "permissions": ["read_network"], "scope": "unit", "name": "督导" });
        assert_eq!(house.ask(Ask::patch(&address).cookie(&boss).body(change)).await.status, 200);
        assert_eq!(house.ask(Ask::get("/api/v1/units").cookie(&store)).await.status, 403);
        let session = house.ask(Ask::get("/api/v1/session").cookie(&store)).await.body;
        assert_eq!((&session["scope"]["units"], &session["staff"]["role_name"]), (&json!(["beijing"]), &json!("督导")));

        let in_use = house.ask(Ask::delete(&address).cookie(&boss)).await;
        assert_eq!((in_use.status, &in_use.body["code"]), (409, &json!("conflict")));
        assert_eq!(house.ask(give(&boss, "store", &json!("analyst"), None)).await.status, 200);
        let invite = json!({ "email": "new@one.example", "role": role });
        let invited = house.ask(Ask::post("/api/v1/invitations").cookie(&boss).body(invite)).await;
        assert_eq!((invited.status, &invited.body["role_name"]), (201, &json!("督导")), "{}", invited.body);
        assert_eq!(house.ask(Ask::delete(&address).cookie(&boss)).await.status, 409, "an invitation holds it");
        let invitation = format!("/api/v1/invitations/{}", invited.body["id"].as_str().unwrap());
        assert_eq!(house.ask(Ask::delete(&invitation).cookie(&boss)).await.status, 204);
        assert_eq!(house.ask(Ask::delete(&address).cookie(&boss)).await.status, 204);
        assert_eq!(house.ask(give(&boss, "store", &role, None)).await.status, 422);
        let told = house.ask(Ask::get("/api/v1/audit?action=role").cookie(&boss)).await.body;
        let actions: Vec<_> = told["items"].as_array().unwrap().iter().map(|item| item["action"].clone()).collect();
        assert_eq!(actions, [json!("role.deleted"), json!("role.changed"), json!("role.created")]);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn what_cannot_be_a_role_is_refused_with_words(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        assert_eq!(make(&house, &boss, "督导", json!([]), "own").await.status, 201);
        for (name, permissions, scope, status) in [
            ("督导", json!([]), "own", 409),
            ("", json!([]), "own", 422),
            ("x", json!(["rule_the_world"]), "own", 422),
            ("x", json!([]), "galaxy", 422),
            ("x", json!(["read_facts"]), "unit", 422),
        ] {
            assert_eq!(make(&house, &boss, name, permissions, scope).await.status, status, "{name} {scope}");
        }
        for preset in ["owner", "guide", "analyst"] {
            let address = format!("/api/v1/roles/{preset}");
            assert_eq!(house.ask(Ask::delete(&address).cookie(&boss)).await.status, 409);
            assert_eq!(house.ask(Ask::patch(&address).cookie(&boss).body(json!({ "name": "x" }))).await.status, 409);
        }
        let other = house.sign_in("boss@two.example").await;
        let listed = house.ask(Ask::get("/api/v1/roles").cookie(&boss)).await.body;
        let id = listed["items"][6]["id"].as_str().unwrap();
        assert_eq!(house.ask(Ask::delete(&format!("/api/v1/roles/{id}")).cookie(&other)).await.status, 404);
        assert_eq!(
            house.ask(Ask::get("/api/v1/roles").cookie(&other)).await.body["items"].as_array().unwrap().len(),
            6
        );
        let csv = house.ask(Ask::get("/api/v1/roles?format=csv").cookie(&boss)).await.text;
        assert!(csv.starts_with("\u{feff}id,name,scope,staff,capture_facts,read_facts,import_facts,"), "{csv}");
        assert!(csv.contains("\nanalyst,,all,1,0,1,0,1,1,"), "{csv}");
    }

    /// 人事: manages staff and roles, and holds little else.
    #[db_test(migrations = crate::MIGRATIONS)]
    async fn nobody_gives_what_they_do_not_hold(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        let held = json!(["read_organisation", "manage_staff", "manage_roles", "manage_keys", "capture_facts"]);
        let role = make(&house, &boss, "人事", held, "all").await.body["id"].clone();
        assert_eq!(house.ask(give(&boss, "rover", &role, None)).await.status, 200);
        let hr = house.sign_in("rover@one.example").await;

        let refused = make(&house, &hr, "更大", json!(["read_organisation", "read_facts"]), "all").await;
        assert_eq!((refused.status, &refused.body["code"]), (403, &json!("forbidden")));
        assert!(refused.body["detail"].as_str().unwrap().contains("read_facts"), "{}", refused.body);
        let small = make(&house, &hr, "前台", json!(["read_organisation"]), "unit").await.body["id"].clone();
        let small_address = format!("/api/v1/roles/{}", small.as_str().unwrap());
        let own_address = format!("/api/v1/roles/{}", role.as_str().unwrap());
        let more = json!({ "permissions": ["read_organisation", "read_network"] });
        let body = |body: Value, address: &str| Ask::patch(address).cookie(&hr).body(body);
        let invite = |role: &str| json!({ "email": "friend@one.example", "role": role });
        let friend = json!({ "name": "x", "email": "f@x", "password": "open sesame", "role": "owner" });
        for (ask, what) in [
            (body(more.clone(), &small_address), "a role grows"),
            (body(more, &own_address), "one's own role grows"),
            (give(&hr, "rover", &json!("owner"), None), "oneself becomes an owner"),
            (give(&hr, "store", &json!("analyst"), None), "somebody gets more"),
            (give(&hr, "boss", &small, None), "the owner is made small"),
            (Ask::patch("/api/v1/staff/boss").cookie(&hr).body(json!({ "active": false })), "the owner is shut out"),
            (Ask::post("/api/v1/staff/boss/reset-password").cookie(&hr), "the owner's password is taken"),
            (Ask::post("/api/v1/invitations").cookie(&hr).body(invite("owner")), "an owner is invited"),
            (Ask::post("/api/v1/staff").cookie(&hr).body(friend), "an owner is added"),
            (
                Ask::post("/api/v1/keys").cookie(&hr).body(json!({ "kind": "secret", "name": "x" })),
                "a key that may more",
            ),
            (
                Ask::post(&format!("/api/v1/keys/{}/rotate", house.secret_key_id))
                    .cookie(&hr)
                    .body(json!({ "old": "grace" })),
                "the secret of such a key",
            ),
        ] {
            assert_eq!(house.ask(ask).await.status, 403, "{what}");
        }
        // What they hold they may give.
        let invited =
            house.ask(Ask::post("/api/v1/invitations").cookie(&hr).body(invite(small.as_str().unwrap()))).await;
        assert_eq!(invited.status, 201, "{}", invited.body);
        let key = json!({ "kind": "write", "name": "x" });
        assert_eq!(house.ask(Ask::post("/api/v1/keys").cookie(&hr).body(key)).await.status, 201);
    }
}
