//! `POST /api/v1/content/links`

use axum::{extract::State as Wired, http::StatusCode};
use kernel::{CampaignId, StaffId, Timestamp, UnitId, token};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanStartSpreads, Json, Origin, Problem};

use super::{
    line,
    links::{Asked, LinkView, NAME_MAX},
    refused,
};
use crate::{
    Slice,
    model::{
        link::{Kind, Link},
        target::Target,
    },
    ops::{Command, Outcome},
};

/// Characters of a code: 40 bits, so that trying codes finds nothing.
const CODE_LENGTH: usize = 8;

/// A short address to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSpreadLink, example = json!({"name": "朋友圈·春季书单", "target": {"kind": "page", "page": "spring"},
    "campaign": "spring", "unit": "store-66", "channel": "moments"}))]
pub(super) struct NewLink {
    /// For people; 1 to 100 characters.
    name: String,
    /// `link` when missing. A `fixed` code leads to the same place for ever.
    #[serde(default = "a_link")]
    #[schema(inline, required = false)]
    kind: Kind,
    target: Target,
    /// The campaign it is counted to. Whoever opens it becomes a hop in it, when it belongs to somebody or some channel.
    #[schema(value_type = Option<String>)]
    campaign: Option<CampaignId>,
    #[schema(value_type = Option<String>)]
    unit: Option<UnitId>,
    #[schema(value_type = Option<String>)]
    staff: Option<StaffId>,
    /// Where it is put: `moments`, `poster`, `wecom`.
    channel: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

const fn a_link() -> Kind {
    Kind::Link
}

/// Make a spread link or a code
///
/// Its address is `/s/{code}`. It is counted, and leads nowhere but to pages of the brand and to hosts the brand allows.
#[utoipa::path(
    post, path = "/api/v1/content/links", tag = "content", operation_id = "content.link.create",
    request_body = NewLink,
    responses((status = 201, body = LinkView), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("start_spreads"))),
)]
pub(super) async fn create(
    caller: CanStartSpreads,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Json(new): Json<NewLink>,
) -> Result<(StatusCode, Json<LinkView>), Problem> {
    let name = line(&new.name, "name", NAME_MAX)?;
    slice.check_target(caller.workspace, &new.target).await?;
    let owner = slice.owner(&caller, Asked { unit: new.unit, staff: new.staff, channel: new.channel }).await?;
    let campaign = slice.campaign(caller.workspace, new.campaign).await?;
    let expires_at = slice.expiry(new.expires_at)?;
    let root = campaign.as_ref().and_then(|campaign| slice.campaigns.root(caller.workspace, campaign, &owner));
    let (spread, started) = root.unzip();
    let now = slice.clock.now();
    let link = Link {
        workspace: caller.workspace,
        code: token(&*slice.entropy, CODE_LENGTH),
        kind: new.kind,
        name,
        target: new.target,
        campaign,
        owner,
        spread,
        on: true,
        expires_at,
        created_at: now,
        created_by: caller.actor.to_string(),
        changed_at: now,
        revision: 1,
    };
    let command = Command::MakeLink { link: Box::new(link.clone()), started };
    match slice.submit(&caller, &origin, command).await? {
        Outcome::Done => {}
        outcome => return Err(refused(&outcome)),
    }
    slice.shelf.changed(&link.code);
    Ok((StatusCode::CREATED, Json(slice.told(&link).await?)))
}
