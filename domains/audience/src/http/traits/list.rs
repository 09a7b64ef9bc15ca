//! `GET /api/v1/traits`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Page, Problem, Query};

use crate::{
    model::{Rule, TraitDef},
    ops::{Slice, count, look},
    store,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct TraitQuery {
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// A trait that is declared.
#[derive(Serialize, ToSchema)]
#[schema(as = Trait)]
pub(in crate::http) struct TraitView {
    #[serde(flatten)]
    def: TraitDef,
    /// How many did what it counts, of those the caller may see.
    people: u64,
}

/// Traits
#[utoipa::path(
    get, path = "/api/v1/traits", tag = "audience", operation_id = "audience.trait.list",
    params(TraitQuery),
    responses((status = 200, body = Page<TraitView>)),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<TraitQuery>,
) -> Result<Response, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let defs = store::traits_in_workspace(slice.records.reads(), caller.workspace).await;
    let defs = defs.map_err(Problem::unavailable)?;
    let views: Vec<TraitView> = look(&live, move |engine| {
        let view = |def: TraitDef| {
            let days = def.days.filter(|_| def.measure.takes_window());
            let did = Rule::Did { event: def.event.clone(), at_least: 1, at_most: None, days };
            TraitView { people: count(&engine.preview(&did), seen.as_ref()), def }
        };
        defs.into_iter().map(view).collect()
    })
    .await?;
    Ok(match query.format {
        Format::Json => Json(Page::whole(views)).into_response(),
        Format::Csv => {
            let mut csv = Csv::new("traits", &["name", "zh", "en", "event", "measure", "days", "people"]);
            for TraitView { def, people } in views {
                let days = def.days.map(u32::from);
                let measure = def.measure.as_str();
                csv.line([
                    def.name.into(),
                    def.zh.into(),
                    def.en.into(),
                    def.event.into(),
                    measure.into(),
                    days.into(),
                    people.into(),
                ]);
            }
            csv.into_response()
        }
    })
}
