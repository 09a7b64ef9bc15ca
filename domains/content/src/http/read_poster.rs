//! `GET /api/v1/content/links/{link}/poster`

use axum::{extract::State as Wired, response::Response};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadCampaigns, Origin, Path, Problem, Query};

use super::read_qr::{address, picture};
use crate::{
    Slice,
    rules::{
        poster::{Colour, NOTE_MAX, Poster, TITLE_MAX},
        qr::Qr,
    },
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PosterQuery {
    /// Large, at the top; the link's name when missing. At most 40 characters.
    title: Option<String>,
    /// Under it; at most 80 characters.
    note: Option<String>,
    /// What to do with the code; at most 40 characters.
    call: Option<String>,
    /// Who it is from; at most 40 characters.
    brand: Option<String>,
    /// The brand's colour: six hexadecimal digits.
    #[param(example = "F5A524")]
    colour: Option<String>,
}

/// A poster with a link's code
///
/// A5, drawn (SVG): sharp at any size. The code holds the link's address at the host that was asked.
#[utoipa::path(
    get, path = "/api/v1/content/links/{link}/poster", tag = "content", operation_id = "content.poster.read",
    params(("link" = String, Path), PosterQuery),
    responses(
        (status = 200, body = String, content_type = "image/svg+xml"),
        (status = 404, description = "No such link"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn read(
    caller: CanReadCampaigns,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Path(code): Path<String>,
    Query(query): Query<PosterQuery>,
) -> Result<Response, Problem> {
    let link = slice.link(&caller, &code).await?;
    let text = |field: &'static str, text: Option<String>, missing: &str, max: usize| {
        let text = text.unwrap_or_else(|| missing.chars().take(max).collect());
        if text.chars().count() > max {
            return Err(Problem::invalid(field, format!("has at most {max} characters")));
        }
        Ok(text)
    };
    let colour = match query.colour.as_deref() {
        None => Colour::AMBER,
        Some(colour) => Colour::parse(colour)
            .ok_or_else(|| Problem::invalid("colour", "is six hexadecimal digits such as F5A524"))?,
    };
    let poster = Poster {
        title: text("title", query.title, &link.name, TITLE_MAX)?,
        note: text("note", query.note, "", NOTE_MAX)?,
        call: text("call", query.call, "微信扫一扫", TITLE_MAX)?,
        brand: text("brand", query.brand, "", TITLE_MAX)?,
        colour,
    };
    let qr = Qr::of(&address(&origin, &link.code)?).map_err(Problem::internal)?;
    Ok(picture("image/svg+xml", &link.code, "svg", poster.svg(&qr).into_bytes()))
}
