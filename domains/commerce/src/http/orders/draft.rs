//! What somebody orders.

use kernel::{CampaignId, token};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::Problem;

use facts::NamedId;
use kernel::WorkspaceId;

use crate::{
    Slice,
    http::{products::wrong, unpriced},
    model::{
        order::{Address, Handing, Order, State},
        price::{Buyer, Wanted},
        product::Delivery,
    },
    ops::{draft::text, place::priced},
    store,
};

/// How long an order can be paid.
const PAY_SECS: i64 = 30 * 60;
/// Longest note and address, in characters.
const WORDS_CHARS_MAX: usize = 300;
/// Characters of an order's id: nobody guesses one.
const ID_LENGTH: usize = 16;

/// What is ordered.
#[derive(Deserialize, ToSchema)]
#[schema(as = OrderDraft, example = json!({"lines": [{"variant": "v4k2m9x7qa", "quantity": 2}], "payable": 9800}))]
pub(in super::super) struct Draft {
    pub(in super::super) lines: Vec<Wanted>,
    /// What the buyer was shown, in fen: an order at another price is not placed. It is never what decides the price.
    payable: i64,
    /// Where it is sent; needed for what is sent.
    address: Option<Address>,
    note: Option<String>,
    /// The campaign it is booked to.
    #[schema(value_type = Option<String>)]
    campaign: Option<CampaignId>,
}

/// An order that was placed.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderPlaced)]
pub(in super::super) struct Placed {
    /// Its id.
    pub(in super::super) id: String,
    /// What is to be paid, in fen.
    payable: i64,
}

impl Placed {
    pub(in super::super) fn of(order: &Order) -> Self {
        Self { id: order.id.clone(), payable: order.quote.payable }
    }
}

impl Slice {
    /// An order at the price of this moment, not placed yet.
    pub(in super::super) async fn drafted(
        &self,
        workspace: WorkspaceId,
        (subject, buyer): (NamedId, Buyer),
        draft: Draft,
    ) -> Result<Order, Problem> {
        let at = self.clock.now();
        let reads = self.records.reads();
        let quote = priced(reads, workspace, (&draft.lines, &buyer), at).await.map_err(Problem::unavailable)?;
        let quote = quote.map_err(|no_price| unpriced(&no_price))?;
        if quote.payable != draft.payable {
            return Err(crate::http::refused(&crate::ops::Outcome::PriceChanged));
        }
        let products: Vec<&str> = quote.lines.iter().map(|line| line.product.as_str()).collect();
        let products = store::products::products_by_id(reads, workspace, &products).await;
        let mut kinds: Vec<Delivery> =
            products.map_err(Problem::unavailable)?.iter().map(|product| product.about.delivery).collect();
        kinds.sort_by_key(|kind| kind.as_str());
        kinds.dedup();
        let [delivery] = kinds[..] else {
            return Err(Problem::invalid(
                "lines",
                "配送方式不同的商品请分开下单 · Order what is sent and what is fetched apart",
            ));
        };
        let address = draft.address.map(tidy_address).transpose()?;
        if delivery == Delivery::Ship && address.is_none() {
            return Err(Problem::invalid("address", "请填写收货地址 · An address is needed"));
        }
        let note = draft.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
        if note.as_ref().is_some_and(|note| note.chars().count() > WORDS_CHARS_MAX || note.contains('\0')) {
            return Err(Problem::invalid("note", format!("at most {WORDS_CHARS_MAX} characters")));
        }
        Ok(Order {
            id: format!("o{}", token(&*self.entropy, ID_LENGTH)),
            subject,
            state: State::Unpaid,
            quote,
            buyer,
            delivery,
            address,
            note,
            campaign: draft.campaign,
            created_at: at,
            expires_at: at.plus_secs(PAY_SECS),
            paid_at: None,
            closed_at: None,
            handing: Handing::Waiting,
            given: None,
            payments: Vec::new(),
            refunds: Vec::new(),
        })
    }
}

fn tidy_address(address: Address) -> Result<Address, Problem> {
    let name = text("address.name", &address.name, 1).map_err(wrong)?;
    let phone: String = address.phone.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    if !(5..=20).contains(&phone.len()) || !phone.chars().all(|letter| letter.is_ascii_digit() || letter == '+') {
        return Err(Problem::invalid("address.phone", "请填写手机号 · A phone number"));
    }
    let place = address.text.trim().to_owned();
    if place.is_empty() || place.chars().count() > WORDS_CHARS_MAX || place.chars().any(char::is_control) {
        return Err(Problem::invalid("address.text", format!("1 to {WORDS_CHARS_MAX} characters")));
    }
    Ok(Address { name, phone, text: place })
}
