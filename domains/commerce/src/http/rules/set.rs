//! `POST /api/v1/shop/price-rules` and `PUT /api/v1/shop/price-rules/{rule}`

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::{ErrorCode, Timestamp, token};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Asked, CanManageShop, Json, Origin, Path, Problem};

use super::RuleView;
use crate::{
    Slice,
    http::{products::wrong, refused},
    model::{
        price::{Buyers, Effect, Goods, PriceRule, PriceTerms},
        product::PRICE_MAX,
    },
    ops::{Command, Outcome, draft},
    store::prices::rules_in_workspace,
};

/// Rules of one brand: each is looked at for each price.
const RULES_MAX: usize = 200;
/// Ids a rule names.
const IDS_MAX: usize = 1000;

/// A rule as it is to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = PriceRuleDraft, example = json!({"name": "金卡八折", "buyers": {"level": "gold"}, "effect": {"kind": "percent", "off_bp": 2000}}))]
pub(in super::super) struct Draft {
    /// 1 to 100 characters.
    name: String,
    #[serde(default)]
    goods: Goods,
    #[serde(default)]
    buyers: Buyers,
    effect: Effect,
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    #[serde(default = "yes")]
    on: bool,
}

const fn yes() -> bool {
    true
}

impl Draft {
    fn rule(self, id: String, created_at: Timestamp) -> Result<PriceRule, Problem> {
        let name = draft::text("name", &self.name, 1).map_err(wrong)?;
        let (fits, message) = match self.effect {
            Effect::Percent { off_bp } => ((1..=10_000).contains(&off_bp), "1 to 10000 ten-thousandths".to_owned()),
            Effect::Minus { fen } => ((1..=PRICE_MAX).contains(&fen), format!("1 to {PRICE_MAX} fen")),
            Effect::Fixed { fen } => ((0..=PRICE_MAX).contains(&fen), format!("0 to {PRICE_MAX} fen")),
        };
        if !fits {
            return Err(Problem::invalid("effect", message));
        }
        if let Goods::Products { ids } | Goods::Variants { ids } = &self.goods
            && !((1..=IDS_MAX).contains(&ids.len()) && ids.iter().all(|id| id.len() <= 64 && !id.contains('\0')))
        {
            return Err(Problem::invalid("goods", format!("1 to {IDS_MAX} ids")));
        }
        let tidy = |field: &str, text: Option<String>| {
            let text = text.map(|text| draft::text(field, &text, 0)).transpose().map_err(wrong)?;
            Ok::<_, Problem>(text.filter(|text| !text.is_empty()))
        };
        let buyers = Buyers {
            level: tidy("buyers.level", self.buyers.level)?,
            channel: tidy("buyers.channel", self.buyers.channel)?,
            store: tidy("buyers.store", self.buyers.store)?,
        };
        if let (Some(from), Some(until)) = (self.from, self.until)
            && until <= from
        {
            return Err(Problem::invalid("until", "after the beginning"));
        }
        let terms = PriceTerms { goods: self.goods, buyers, effect: self.effect, from: self.from, until: self.until };
        Ok(PriceRule { id, name, terms, on: self.on, created_at })
    }
}

/// Make a rule of prices
#[utoipa::path(
    post, path = "/api/v1/shop/price-rules", tag = "commerce", operation_id = "commerce.price_rule.create",
    request_body = Draft,
    responses(
        (status = 201, body = RuleView),
        (status = 409, description = "There are too many rules"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_shop")), ("x-once" = json!(true))),
)]
pub(in super::super) async fn create(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body, once }: Asked<Draft>,
) -> Result<Response, Problem> {
    let now = slice.clock.now();
    if let Some(answer) = once.replay(slice.records.reads(), &caller.0, now).await? {
        return Ok(answer);
    }
    let known = rules_in_workspace(slice.records.reads(), caller.workspace).await.map_err(Problem::unavailable)?;
    if known.len() >= RULES_MAX {
        let detail = format!("There are {RULES_MAX} rules: remove some first");
        return Err(Problem::new(ErrorCode::Conflict).detail(detail));
    }
    let rule = body.rule(format!("r{}", token(&*slice.entropy, 10)), now)?;
    let (answer, sticky) = once.answer(&caller.0, StatusCode::CREATED, &RuleView::from(rule.clone()))?;
    match slice.submit(&caller, &origin, Command::Rule(Box::new(rule)), sticky).await? {
        Outcome::Done => Ok(answer),
        Outcome::Again => once.again(slice.records.reads(), &caller.0, now).await,
        other => Err(refused(&other)),
    }
}

/// Change a rule of prices
///
/// Orders that were placed keep the price they have.
#[utoipa::path(
    put, path = "/api/v1/shop/price-rules/{rule}", tag = "commerce", operation_id = "commerce.price_rule.update",
    params(("rule" = String, Path)),
    request_body = Draft,
    responses(
        (status = 200, body = RuleView),
        (status = 404, description = "No such rule"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_shop"))),
)]
pub(in super::super) async fn change(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Json(body): Json<Draft>,
) -> Result<Json<RuleView>, Problem> {
    let known = rules_in_workspace(slice.records.reads(), caller.workspace).await.map_err(Problem::unavailable)?;
    let before = known.into_iter().find(|rule| rule.id == id).ok_or(ErrorCode::NotFound)?;
    let rule = body.rule(id, before.created_at)?;
    match slice.submit(&caller, &origin, Command::Rule(Box::new(rule.clone())), None).await? {
        Outcome::Done => Ok(Json(rule.into())),
        other => Err(refused(&other)),
    }
}
