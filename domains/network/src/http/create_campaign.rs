//! `POST /api/v1/campaigns`

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::{CampaignId, ErrorCode, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Asked, CanManageCampaigns, Origin, Problem};

use super::list_campaigns::CampaignRow;
use crate::{
    Slice,
    ops::{
        command::{Command, Order, Outcome},
        create_campaign::{Draft, campaign},
    },
    rules::cascade::Totals,
};

/// A campaign to set up.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"id": "spring", "name": "春季书单", "starts_at": "2026-11-20T00:00:00Z"}))]
pub(super) struct NewCampaign {
    /// 1 to 64 letters, digits, `-`, `_`, `.` or `:`; made by us when missing. Facts name the campaign by it.
    #[schema(value_type = Option<String>)]
    id: Option<CampaignId>,
    /// For people; 1 to 100 characters.
    name: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
}

/// Set up a campaign
#[utoipa::path(
    post, path = "/api/v1/campaigns", tag = "network", operation_id = "network.campaign.create",
    request_body = NewCampaign,
    responses(
        (status = 201, body = CampaignRow),
        (status = 409, description = "The id is taken"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_campaigns")), ("x-once" = json!(true))),
)]
pub(super) async fn create(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body: new, once }: Asked<NewCampaign>,
) -> Result<Response, Problem> {
    if let Some(answer) = once.replay(slice.records.reads(), &caller, slice.clock.now()).await? {
        return Ok(answer);
    }
    let draft = Draft { id: new.id, name: new.name, starts_at: new.starts_at, ends_at: new.ends_at };
    let campaign = campaign(draft, slice.clock.now(), &*slice.entropy)
        .map_err(|error| Problem::invalid(error.field(), error.to_string()))?;
    let command = Command::CreateCampaign(caller.workspace, campaign.clone());
    let row = CampaignRow::of(campaign, &Totals::default());
    let (answer, sticky) = once.answer(&caller, StatusCode::CREATED, &row)?;
    match slice
        .commands
        .submit(Order { by: origin.by(&caller), command, sticky })
        .await
        .map_err(Problem::unavailable)?
    {
        Outcome::Done => Ok(answer),
        Outcome::Again => once.again(slice.records.reads(), &caller, slice.clock.now()).await,
        Outcome::Taken => {
            Err(Problem::new(ErrorCode::Conflict).detail("There is a campaign with this id already; choose another"))
        }
        Outcome::NoSuchCampaign => Err(ErrorCode::NotFound.into()),
    }
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{House, migrations};

    #[db_test(migrations = migrations())]
    async fn a_campaign_is_set_up_once(records: Records) {
        let house = House::new(&records).await;
        let spring = json!({"id": "spring", "name": " 春季书单 ", "starts_at": "2026-11-20T08:00:00+08:00"});
        let made = house.post("all", "/api/v1/campaigns", &spring).await;
        let expected = json!({
            "id": "spring", "name": "春季书单", "starts_at": "2026-11-20T00:00:00Z", "ends_at": null,
            "created_at": "2026-09-21T14:13:20Z", "people": 0, "fans": 0, "hops": 0, "depth_max": 0, "roots": 0,
        });
        assert_eq!((made.status, made.json), (201, expected));
        assert_eq!(house.post("all", "/api/v1/campaigns", &spring).await.status, 409);

        let unnamed = house.post("all", "/api/v1/campaigns", &json!({"name": "秋"})).await;
        let id = unnamed.json["id"].as_str().unwrap();
        assert!((unnamed.status, id.starts_with("c-"), id.len()) == (201, true, 12), "{id}");
    }

    #[db_test(migrations = migrations())]
    async fn what_is_no_campaign_is_told_field_by_field(records: Records) {
        let house = House::new(&records).await;
        for (body, field) in [
            (json!({"id": "a b", "name": "x"}), "id"),
            (json!({"name": " "}), "name"),
            (json!({"name": "x".repeat(101)}), "name"),
            (json!({"name": "x", "starts_at": "2026-11-20T00:00:00Z", "ends_at": "2026-11-19T00:00:00Z"}), "ends_at"),
            (json!({"name": "x", "starts_at": "soon"}), "starts_at"),
        ] {
            let refused = house.post("all", "/api/v1/campaigns", &body).await;
            assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!(field)), "{}", refused.json);
        }
        assert_eq!(house.get("all", "/api/v1/campaigns").await.json, json!({"items": [], "next": null}));
    }
}
