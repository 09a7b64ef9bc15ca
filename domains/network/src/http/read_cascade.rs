//! `GET /api/v1/campaigns/{campaign}/cascade`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{CampaignId, Handle, PersonId, RootOwner, Scope, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Path, Problem, Query};

use super::naming::{Mentioned, Names, UnitBrief};
use crate::{
    Slice,
    model::Network,
    rules::cascade::{Anomalies, Circle, Orders, Totals, Tree},
    store::Campaign,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CascadeQuery {
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// A campaign by id and name.
#[derive(Serialize, ToSchema)]
pub(super) struct CampaignBrief {
    #[schema(value_type = String)]
    pub(super) id: CampaignId,
    pub(super) name: String,
}

/// The forest of a campaign in numbers, over the roots the caller may see.
#[derive(Serialize, ToSchema)]
pub(super) struct CascadeView {
    campaign: CampaignBrief,
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// The next fact that is not counted yet.
    offset: u64,
    /// Everybody in the trees, the roots included.
    people: u64,
    /// Those of them who left phone and WeChat id.
    fans: u64,
    /// People who are neither fans nor roots.
    visitors: u64,
    /// Those of all who are held or confirmed as cheating, and everybody below them: they are in the numbers here, and in no
    /// ranking.
    suspicious: u64,
    /// People who were brought by somebody.
    hops: u64,
    /// Kept touches: hops, repeats and self shares.
    touches: u64,
    /// Circles round the roots.
    depth_max: u32,
    /// Share levels: circles + 1.
    share_levels_max: u32,
    /// The most people anybody brought directly.
    invites_max: u32,
    /// Mean distance of two people of the same tree.
    structural_virality: f64,
    anomalies: AnomalyCounts,
    /// By distance from the root, which is circle 0.
    circles: Vec<CircleRow>,
    roots: Vec<RootRow>,
    unknown_root: UnknownRoot,
}

/// What is odd. The first four do not depend on the order of arrival.
#[derive(Serialize, ToSchema)]
pub(super) struct AnomalyCounts {
    /// Touches of oneself.
    self_shares: u64,
    /// Further touches of people who had joined or waited.
    repeats: u64,
    /// People who wait for a sharer that has not joined. Only with the whole workspace in scope.
    unknown_parents: u64,
    /// Groups of people who wait for each other in a circle. Only with the whole workspace in scope.
    cycles: u32,
    /// People who were touched before their sharer joined, by the clocks.
    early_children: u64,
}

/// People at one distance from the root.
#[derive(Serialize, ToSchema)]
pub(super) struct CircleRow {
    circle: usize,
    people: u32,
    fans: u32,
}

/// One root and what hangs under it.
#[derive(Serialize, ToSchema)]
pub(super) struct RootRow {
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    unit: Option<UnitBrief>,
    staff: Option<String>,
    channel: Option<String>,
    /// Everybody in the tree, the root included.
    people: u32,
    fans: u32,
    /// People who are neither fans nor the root.
    visitors: u32,
    /// Circles round the root.
    depth: u32,
    /// Circles + 1.
    share_levels: u32,
    structural_virality: f64,
    circles: Vec<CircleRow>,
    orders: u64,
    /// What they paid, in the smallest unit of the currency.
    paid_minor: i64,
    #[schema(value_type = String, format = DateTime)]
    first_joined_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_joined_at: Timestamp,
}

/// People whose sharer is not known to have joined. They belong to no store.
#[derive(Serialize, ToSchema)]
pub(super) struct UnknownRoot {
    people: u64,
}

/// A root's numbers, taken out of live state.
struct RootNumbers {
    person: Handle,
    owner: RootOwner,
    people: u32,
    fans: u32,
    root_is_fan: bool,
    depth: u32,
    structural_virality: f64,
    circles: Vec<Circle>,
    orders: Orders,
    first_joined_at: Timestamp,
    last_joined_at: Timestamp,
}

impl RootNumbers {
    fn of(tree: &Tree) -> Self {
        let sums = &tree.sums;
        Self {
            person: tree.person,
            owner: tree.owner.clone(),
            people: sums.people,
            fans: sums.fans,
            root_is_fan: sums.circles.first().is_some_and(|circle| circle.fans > 0),
            depth: sums.depth_max(),
            structural_virality: sums.structural_virality(),
            circles: sums.circles.clone(),
            orders: sums.orders,
            first_joined_at: tree.first_joined_at,
            last_joined_at: tree.last_joined_at,
        }
    }

    /// The root itself is staff at work, no visitor.
    fn visitors(&self) -> u32 {
        self.people - self.fans - u32::from(!self.root_is_fan)
    }

    fn row(self, names: &Names) -> RootRow {
        RootRow {
            person: PersonId(self.person),
            name: names.person(self.person),
            unit: names.unit(self.owner.unit.as_ref()),
            visitors: self.visitors(),
            staff: self.owner.staff.map(String::from),
            channel: self.owner.channel,
            people: self.people,
            fans: self.fans,
            depth: self.depth,
            share_levels: self.depth + 1,
            structural_virality: self.structural_virality,
            circles: circle_rows(&self.circles),
            orders: self.orders.count,
            paid_minor: money(self.orders),
            first_joined_at: self.first_joined_at,
            last_joined_at: self.last_joined_at,
        }
    }
}

/// Paid money as the API writes it. Sums past 9 × 10¹⁸ stay at that.
pub(super) fn money(orders: Orders) -> i64 {
    i64::try_from(orders.paid_minor).unwrap_or(i64::MAX)
}

fn circle_rows(circles: &[Circle]) -> Vec<CircleRow> {
    let rows = circles.iter().enumerate();
    rows.map(|(circle, count)| CircleRow { circle, people: count.people, fans: count.fans }).collect()
}

/// A campaign's cascade in numbers
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/cascade", tag = "network", operation_id = "network.cascade.read",
    params(("campaign" = String, Path), CascadeQuery),
    responses(
        (status = 200, body = CascadeView),
        (status = 404, description = "No such campaign"),
        (status = 503, description = "The offset to wait for did not arrive in time"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(campaign): Path<CampaignId>,
    Query(query): Query<CascadeQuery>,
) -> Result<Response, Problem> {
    let live = slice.live(caller.workspace, query.wait_offset).await?;
    let campaign = slice.campaign(caller.workspace, &campaign, &live).await?;
    let mut mentioned = Mentioned::default();
    let (offset, suspicious, totals, roots) = live.read(|network| {
        let (totals, roots) = numbers(network, &campaign.id, &caller.scope);
        roots.iter().for_each(|root| mentioned.add(network.people(), root.person));
        (network.next_offset(), network.suspicious_count(&campaign.id, &caller.scope), totals, roots)
    });
    let names = mentioned.look_up(&slice, caller.workspace).await?;
    let view = CascadeView { suspicious, ..view(campaign, slice.clock.now(), offset.0, totals, roots, &names) };
    Ok(match query.format {
        Format::Json => Json(view).into_response(),
        Format::Csv => csv(&view).into_response(),
    })
}

fn numbers(network: &Network, campaign: &CampaignId, scope: &Scope) -> (Totals, Vec<RootNumbers>) {
    let roots = network.roots(campaign, scope).unwrap_or_default();
    let mut roots: Vec<_> = roots.into_iter().map(RootNumbers::of).collect();
    roots.sort_by(|a, b| b.people.cmp(&a.people).then(a.person.cmp(&b.person)));
    (network.totals(campaign, scope).unwrap_or_default(), roots)
}

fn view(
    campaign: Campaign,
    as_of: Timestamp,
    offset: u64,
    totals: Totals,
    roots: Vec<RootNumbers>,
    names: &Names,
) -> CascadeView {
    let Anomalies { self_shares, repeats, unknown_parents, cycles, early_children } = totals.anomalies;
    CascadeView {
        campaign: CampaignBrief { id: campaign.id, name: campaign.name },
        as_of,
        offset,
        people: totals.people,
        fans: totals.fans,
        visitors: roots.iter().map(|root| u64::from(root.visitors())).sum(),
        suspicious: 0,
        hops: totals.hops,
        touches: totals.touches,
        depth_max: totals.depth_max,
        share_levels_max: if totals.roots == 0 { 0 } else { totals.depth_max + 1 },
        invites_max: totals.invites_max,
        structural_virality: totals.structural_virality,
        anomalies: AnomalyCounts { self_shares, repeats, unknown_parents, cycles, early_children },
        circles: circle_rows(&totals.circles),
        roots: roots.into_iter().map(|root| root.row(names)).collect(),
        unknown_root: UnknownRoot { people: totals.unknown_people },
    }
}

/// One line per root and circle.
fn csv(view: &CascadeView) -> Csv {
    let mut csv = Csv::new("cascade", &["root", "name", "unit", "staff", "channel", "circle", "people", "fans"]);
    for root in &view.roots {
        for circle in &root.circles {
            csv.line([
                root.person.to_string().into(),
                root.name.clone().into(),
                root.unit.as_ref().map(|unit| unit.name.clone()).into(),
                root.staff.clone().into(),
                root.channel.clone().into(),
                circle.circle.into(),
                circle.people.into(),
                circle.fans.into(),
            ]);
        }
    }
    csv
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{House, migrations};

    async fn spring(records: &Records) -> House {
        let house = House::new(records).await;
        house.root("spring", "m1", "store-1").await;
        house.root("spring", "m2", "nowhere").await;
        for (receiver, sharer) in [("a", "m1"), ("b", "a"), ("b", "b"), ("b", "m1"), ("c", "nobody")] {
            house.open("spring", receiver, sharer).await;
        }
        house.identify("b", json!({"phone": "1", "unionid": "o"})).await;
        house.identify("m1", json!({"name": "=1+1", "phone": "2", "openid": "p"})).await;
        house
    }

    #[db_test(migrations = migrations())]
    async fn a_cascade_in_numbers(records: Records) {
        let house = spring(&records).await;
        let told = house.get("all", "/api/v1/campaigns/spring/cascade").await.json;
        // The first root is a fan and staff at work, so neither of the two roots is a visitor.
        for (pointer, number) in [
            ("/people", 4),
            ("/fans", 2),
            ("/visitors", 1),
            ("/hops", 2),
            ("/touches", 5),
            ("/depth_max", 2),
            ("/share_levels_max", 3),
            ("/invites_max", 1),
            ("/anomalies/self_shares", 1),
            ("/anomalies/repeats", 1),
            ("/anomalies/unknown_parents", 1),
            ("/unknown_root/people", 1),
            ("/roots/0/people", 3),
            ("/roots/0/share_levels", 3),
            ("/roots/1/people", 1),
            ("/circles/0/people", 2),
            ("/circles/2/fans", 1),
            ("/offset", 10),
        ] {
            assert_eq!(told.pointer(pointer), Some(&json!(number)), "{pointer} of {told}");
        }
        assert_eq!(told["campaign"], json!({"id": "spring", "name": "spring"}), "only facts name it");
        assert_eq!(told["as_of"], "2026-09-21T14:13:20Z");
        assert_eq!(told["roots"][0]["unit"], json!({"id": "store-1", "name": "一店"}));
        assert_eq!(told["roots"][1]["unit"], json!({"id": "nowhere", "name": "nowhere"}));
        assert_eq!(told["roots"][0]["first_joined_at"], "2026-09-21T14:13:20Z");
        assert_eq!(told["roots"][0]["last_joined_at"], "2026-09-21T14:16:20Z");

        let nobody = house.get("own", "/api/v1/campaigns/spring/cascade").await.json;
        assert_eq!(
            (&nobody["people"], &nobody["share_levels_max"], &nobody["roots"]),
            (&json!(0), &json!(0), &json!([]))
        );
    }

    #[db_test(migrations = migrations())]
    async fn a_cascade_as_a_table_opens_in_a_spreadsheet(records: Records) {
        let house = spring(&records).await;
        let csv = house.get("one", "/api/v1/campaigns/spring/cascade?format=csv").await;
        assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"cascade.csv\"");
        let expected = "root,name,unit,staff,channel,circle,people,fans\n\
                        p1,'=1+1,一店,,,0,1,1\n\
                        p1,'=1+1,一店,,,1,1,0\n\
                        p1,'=1+1,一店,,,2,1,1\n";
        assert_eq!(csv.text(), expected);
        assert_eq!(house.get("one", "/api/v1/campaigns/spring/cascade?format=xls").await.status, 422);
    }
}
