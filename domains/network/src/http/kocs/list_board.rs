//! `GET /api/v1/network/kocs`

use std::collections::BTreeMap;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{CampaignId, Offset, PersonId, UnitId, WorkspaceId};
use rustc_hash::FxHashMap;
use web::{CanReadNetwork, Format, Json, Problem, Query};

use super::{
    asked::{BoardQuery, Filter, InCity},
    view::{BeforeView, BeliefsView, BoardRow, BoardTerm, CircleCount, KocBoard, ThresholdView, UnitCount, csv},
};
use crate::{
    Slice,
    http::{
        naming::{Mentioned, Names},
        read_cascade::CampaignBrief,
    },
    ops::rank_people::Question,
    rules::board::{Board, Histogram, NO_UNIT, Row, TREND_DAYS, Threshold},
    store::kocs,
    subscribe::LiveNetwork,
};

/// Bins of the distribution of scores.
const BINS: usize = 80;
/// Deeper circles are told in the list alone.
const CIRCLES_MAX: usize = 64;

/// The KOC board, with reasons
///
/// Everybody ranked by whose reach is worth an action: across campaigns by direct invitations and shrunk ratios, inside one by
/// reach and recency, with rank and score of 1, 7 and 30 days before. Suspicious people and everybody below them do not count.
#[utoipa::path(
    get, path = "/api/v1/network/kocs", tag = "network", operation_id = "network.koc.board",
    params(BoardQuery),
    responses(
        (status = 200, body = KocBoard),
        (status = 404, description = "No such campaign, or a unit outside the caller's scope"),
        (status = 422, description = "A threshold that is none"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn board(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<BoardQuery>,
) -> Result<Response, Problem> {
    let workspace = caller.workspace;
    let tried = query.tried()?;
    let scope = query.scope(&caller.scope)?;
    let live = slice.live(workspace, query.wait_offset).await?;
    let campaign = match &query.campaign {
        Some(id) => Some(slice.campaign(workspace, id, &live).await?),
        None => None,
    };
    let question = Question { scope, campaign: query.campaign.clone(), as_of: query.as_of };
    let shown = query.wait_offset.map(Offset);
    let board = live.board(question, shown, slice.clock.now()).await.map_err(Problem::unavailable)?;
    let set = kocs::threshold_in_workspace(slice.records.reads(), workspace, query.kind_of_board());
    let set = set.await.map_err(Problem::unavailable)?.unwrap_or_default();
    let threshold = tried.unwrap_or(set);
    let cities = slice.directory.cities(workspace).await.map_err(Problem::unavailable)?;
    let filter = slice.filter(workspace, &query, threshold.kocs(&board), &cities, &live).await?;

    let asked = Asked { query: &query, filter: &filter, threshold, is_set: tried.is_none(), cities: &cities };
    let view = slice.view(workspace, &live, &board, &asked).await?;
    let view =
        KocBoard { campaign: campaign.map(|campaign| CampaignBrief { id: campaign.id, name: campaign.name }), ..view };
    Ok(match query.format {
        Format::Json => Json(view).into_response(),
        Format::Csv => csv(&view).into_response(),
    })
}

struct Asked<'a> {
    query: &'a BoardQuery,
    filter: &'a Filter,
    threshold: Threshold,
    is_set: bool,
    cities: &'a BTreeMap<UnitId, String>,
}

impl Slice {
    async fn filter(
        &self,
        workspace: WorkspaceId,
        query: &BoardQuery,
        kocs: usize,
        cities: &BTreeMap<UnitId, String>,
        live: &LiveNetwork,
    ) -> Result<Filter, Problem> {
        let city = match query.city.as_deref().map(str::trim).filter(|city| !city.is_empty()) {
            None => None,
            Some(city) => {
                let lives = self.directory.who_lives_in(workspace, city).await.map_err(Problem::unavailable)?;
                let persons =
                    live.read(|network| lives.into_iter().map(|handle| network.people().person(handle)).collect());
                let units = cities.iter().filter(|(_, name)| name.as_str() == city).map(|(unit, _)| unit.clone());
                Some(InCity { persons, units: units.collect() })
            }
        };
        Ok(Filter { circle: query.circle, kind: query.kind, city, first: query.kocs_only.then_some(kocs) })
    }

    async fn view(
        &self,
        workspace: WorkspaceId,
        live: &LiveNetwork,
        board: &Board,
        asked: &Asked<'_>,
    ) -> Result<KocBoard, Problem> {
        let limit = asked.query.limit.get();
        let kocs = asked.threshold.kocs(board);
        let rows = asked.filter.rows(board);
        let after = asked.query.after.unwrap_or(0);
        let mut page: Vec<&Row> = rows.clone().filter(|row| row.rank > after).take(limit + 1).collect();
        let more = page.len() > limit;
        page.truncate(limit);

        let mut mentioned = Mentioned::default();
        let ids: FxHashMap<u32, CampaignId> = live.read(|network| {
            page.iter().for_each(|row| mentioned.add(network.people(), row.person));
            let id = |row: &&Row| Some((row.campaign, network.campaigns().get(row.campaign as usize)?.id.clone()));
            page.iter().filter_map(id).collect()
        });
        let names = mentioned.look_up(self, workspace).await?;
        let (by, value) = ThresholdView::words(asked.threshold);
        let last = kocs.checked_sub(1).and_then(|last| board.rows.get(last));
        let (units, circles) = counts(board, kocs, &names, asked.cities);
        Ok(KocBoard {
            as_of: board.as_of,
            campaign: None,
            next: page.last().filter(|_| more).map(|row| row.rank),
            total: rows.clone().count(),
            kocs: rows.clone().take_while(|row| row.rank as usize <= kocs).count(),
            ranked: board.rows.len(),
            threshold: ThresholdView { by, value, score: last.map(|row| row.score), kocs, is_set: asked.is_set },
            suspicious: board.suspicious,
            beliefs: BeliefsView::of(&board.measure),
            scores: Histogram::of(rows, BINS).into(),
            units,
            circles,
            items: page
                .into_iter()
                .filter_map(|row| {
                    let campaign = ids.get(&row.campaign)?.clone();
                    Some(row_view(board, row, campaign, (row.rank as usize) <= kocs, &names, asked.cities))
                })
                .collect(),
        })
    }
}

fn row_view(
    board: &Board,
    row: &Row,
    campaign: CampaignId,
    is_koc: bool,
    names: &Names,
    cities: &BTreeMap<UnitId, String>,
) -> BoardRow {
    let unit = board.unit(row);
    let told = names.profile(row.person).and_then(|known| known.city.clone());
    let before = TREND_DAYS.into_iter().zip(row.before).map(|(days, before)| BeforeView {
        days,
        rank: before.map(|(rank, _)| rank),
        score: before.map(|(_, score)| score),
    });
    BoardRow {
        rank: row.rank,
        person: PersonId(row.person),
        name: names.person(row.person),
        city: told.or_else(|| cities.get(unit?).cloned()),
        campaign,
        root: PersonId(row.root),
        unit: names.unit(unit),
        circle: row.circle,
        is_fan: row.is_fan,
        joined_at: row.joined_at,
        is_koc,
        score: row.score,
        direct_invites: row.record.invites,
        fans_brought: row.record.fans,
        reach: row.record.reach,
        campaigns: row.record.shares,
        before: before.collect(),
        invites_by_day: board.invites_by_day(row.person).to_vec(),
        terms: board.terms(row).into_iter().map(BoardTerm::from).collect(),
    }
}

/// People and KOCs by store and by circle.
fn counts(
    board: &Board,
    kocs: usize,
    names: &Names,
    cities: &BTreeMap<UnitId, String>,
) -> (Vec<UnitCount>, Vec<CircleCount>) {
    let mut by_unit = vec![(0, 0); board.units.len()];
    let mut by_circle: Vec<(u32, u32)> = Vec::new();
    for (place, row) in board.rows.iter().enumerate() {
        let koc = u32::from(place < kocs);
        if row.unit != NO_UNIT {
            let count = &mut by_unit[row.unit as usize];
            *count = (count.0 + 1, count.1 + koc);
        }
        let circle = row.circle as usize;
        if circle < CIRCLES_MAX {
            if by_circle.len() <= circle {
                by_circle.resize(circle + 1, (0, 0));
            }
            by_circle[circle] = (by_circle[circle].0 + 1, by_circle[circle].1 + koc);
        }
    }
    let unit = |(place, (people, kocs)): (usize, (u32, u32))| {
        let id = &board.units[place];
        Some(UnitCount { unit: names.unit(Some(id))?, city: cities.get(id).cloned(), people, kocs })
    };
    let mut units: Vec<UnitCount> = by_unit.into_iter().enumerate().filter_map(unit).collect();
    units.sort_by(|a, b| b.kocs.cmp(&a.kocs).then(b.people.cmp(&a.people)).then_with(|| a.unit.name.cmp(&b.unit.name)));
    let circles = by_circle.into_iter().zip(0..).filter(|((people, _), _)| *people > 0);
    (units, circles.map(|((people, kocs), circle)| CircleCount { circle, people, kocs }).collect())
}
