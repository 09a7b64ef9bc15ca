//! `POST /api/v1/campaigns`

use axum::{extract::State, http::StatusCode};
use kernel::{CampaignId, ErrorCode, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageCampaigns, Json, Problem};

use super::list_campaigns::CampaignRow;
use crate::{
    Slice,
    ops::{
        command::{Command, Outcome},
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
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn create(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    Json(new): Json<NewCampaign>,
) -> Result<(StatusCode, Json<CampaignRow>), Problem> {
    let draft = Draft { id: new.id, name: new.name, starts_at: new.starts_at, ends_at: new.ends_at };
    let campaign = campaign(draft, slice.clock.now(), &*slice.entropy)
        .map_err(|error| Problem::invalid(error.field(), error.to_string()))?;
    let command = Command::CreateCampaign(caller.workspace, campaign.clone());
    match slice.commands.submit(command).await.map_err(Problem::unavailable)? {
        Outcome::Done => Ok((StatusCode::CREATED, Json(CampaignRow::of(campaign, &Totals::default())))),
        Outcome::Taken => {
            Err(Problem::new(ErrorCode::Conflict).detail("There is a campaign with this id already; choose another"))
        }
        Outcome::NoSuchCampaign => Err(ErrorCode::NotFound.into()),
    }
}
