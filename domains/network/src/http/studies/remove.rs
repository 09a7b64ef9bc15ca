//! `DELETE /api/v1/network/studies/{study}`

use axum::{extract::State, http::StatusCode};
use web::{CanReadNetwork, Origin, Path, Problem};

use crate::{
    Slice,
    ops::{
        command::{Command, Order},
        study::StudyChange,
    },
};

/// Stop and forget a study
#[utoipa::path(
    delete, path = "/api/v1/network/studies/{study}", tag = "network", operation_id = "network.study.remove",
    params(("study" = String, Path)),
    responses((status = 204), (status = 404, description = "No such study in the caller's scope")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn remove(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let study = slice.study(caller.workspace, &caller.scope, &id).await?;
    slice.studies.stop(caller.workspace, &study.id);
    let command = Command::Study(caller.workspace, StudyChange::Remove { id: study.id });
    slice
        .commands
        .submit(Order { by: origin.by(&caller), command, sticky: None })
        .await
        .map_err(Problem::unavailable)?;
    Ok(StatusCode::NO_CONTENT)
}
