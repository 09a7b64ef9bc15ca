use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::model::price::{Buyers, Goods, PriceTerms};

const NOW: Timestamp = Timestamp(1_790_000_000_000_000);

fn offer(variant: &str, base: i64, floor: Option<i64>) -> Offer {
    Offer { product: format!("p-{variant}"), variant: variant.to_owned(), name: variant.to_owned(), base, floor }
}

fn want(variant: &str, quantity: i64) -> Wanted {
    Wanted { variant: variant.to_owned(), quantity }
}

fn rule(id: &str, buyers: Buyers, effect: Effect) -> PriceRule {
    let terms = PriceTerms { goods: Goods::All, buyers, effect, from: None, until: None };
    PriceRule { id: id.to_owned(), name: id.to_owned(), terms, on: true, created_at: NOW }
}

fn coupon(id: &str, effect: CouponEffect, threshold: i64) -> Laid {
    let terms = CouponTerms { effect, threshold, goods: Goods::All, group: id.to_owned(), app_only: false };
    Laid { id: id.to_owned(), name: id.to_owned(), terms }
}

fn asked_by(
    wanted: &[Wanted],
    offers: &[Offer],
    rules: &[PriceRule],
    coupons: &[Laid],
    buyer: &Buyer,
) -> Result<Quote, NoPrice> {
    quote(wanted, &Given { offers, rules, coupons, buyer, at: NOW })
}

fn asked(wanted: &[Wanted], offers: &[Offer], rules: &[PriceRule], coupons: &[Laid]) -> Result<Quote, NoPrice> {
    asked_by(wanted, offers, rules, coupons, &Buyer::default())
}

#[test]
fn a_member_at_a_store_pays_the_best_rule_that_means_them_and_never_less_than_the_floor() {
    let gold = Buyers { level: Some("gold".into()), ..Buyers::default() };
    let online = Buyers { channel: Some("app".into()), ..Buyers::default() };
    let store = Buyers { store: Some("store-1".into()), ..Buyers::default() };
    let rules = [
        rule("gold", gold, Effect::Percent { off_bp: 2000 }),
        rule("online", online, Effect::Minus { fen: 100 }),
        rule("store", store, Effect::Fixed { fen: 1 }),
    ];
    let offers = [offer("tea", 1000, Some(750))];
    let unit = |buyer: &Buyer| asked_by(&[want("tea", 2)], &offers, &rules, &[], buyer).unwrap().lines[0].unit;
    assert_eq!(unit(&Buyer::default()), 1000);
    assert_eq!(unit(&Buyer { level: Some("gold".into()), ..Buyer::default() }), 800);
    assert_eq!(
        unit(&Buyer { level: Some("gold".into()), channel: Some("app".into()), ..Buyer::default() }),
        800,
        "the best"
    );
    assert_eq!(unit(&Buyer { store: Some("store-1".into()), ..Buyer::default() }), 750, "the floor");
    let told =
        asked_by(&[want("tea", 2)], &offers, &rules, &[], &Buyer { store: Some("store-1".into()), ..Buyer::default() });
    let kinds: Vec<(StepKind, i64)> = told.unwrap().lines[0].steps.iter().map(|step| (step.kind, step.price)).collect();
    assert_eq!(kinds, [(StepKind::Rule, 1), (StepKind::Floor, 750)], "the ladder tells both");
}

#[test]
fn a_rule_makes_nothing_dearer_and_holds_in_its_time_alone() {
    let offers = [offer("tea", 1000, None)];
    let dearer = rule("dearer", Buyers::default(), Effect::Fixed { fen: 2000 });
    let mut over = rule("over", Buyers::default(), Effect::Fixed { fen: 1 });
    over.terms.until = Some(NOW);
    let off = PriceRule { on: false, ..rule("off", Buyers::default(), Effect::Fixed { fen: 1 }) };
    let told = asked(&[want("tea", 1)], &offers, &[dearer, over, off], &[]).unwrap();
    assert_eq!((told.payable, told.lines[0].steps.len()), (1000, 0));
}

#[test]
fn mall_127_and_998_a_negative_or_impossible_quantity_is_refused_and_the_price_is_the_shops() {
    let offers = [offer("tea", 1000, None)];
    for quantity in [0, -1, i64::MIN, i64::MAX, QUANTITY_MAX + 1] {
        let refused = asked(&[want("tea", quantity)], &offers, &[], &[]);
        assert_eq!(refused, Err(NoPrice::Quantity("tea".into())), "{quantity}");
    }
    let twice = asked(&[want("tea", QUANTITY_MAX), want("tea", 1)], &offers, &[], &[]);
    assert_eq!(twice, Err(NoPrice::Quantity("tea".into())), "nor in two lines");
    assert_eq!(asked(&[], &offers, &[], &[]), Err(NoPrice::Lines));
    assert_eq!(asked(&[want("gold", 1)], &offers, &[], &[]), Err(NoPrice::NotForSale("gold".into())));
    assert_eq!(asked(&[want("tea", 1), want("tea", 2)], &offers, &[], &[]).unwrap().payable, 3000);
}

#[test]
fn mall_1002_and_spree_7734_a_coupon_of_more_than_the_order_leaves_nothing_to_pay_and_no_more() {
    let offers = [offer("tea", 1000, None), offer("cup", 500, None)];
    let mut tea_only = coupon("big", CouponEffect::Face { fen: 100_000 }, 0);
    tea_only.terms.goods = Goods::Variants { ids: BTreeSet::from(["tea".to_owned()]) };
    let told = asked(&[want("tea", 1), want("cup", 1)], &offers, &[], &[tea_only]).unwrap();
    assert_eq!((told.discount, told.payable), (1000, 500), "what it is not good for is paid");
    let all = coupon("all", CouponEffect::Face { fen: 100_000 }, 0);
    assert_eq!(asked(&[want("tea", 1), want("cup", 1)], &offers, &[], &[all]).unwrap().payable, 0);
}

#[test]
fn a_coupon_is_used_where_it_is_good_for_and_once_a_group() {
    let offers = [offer("tea", 1000, None)];
    let three = coupon("three", CouponEffect::Face { fen: 300 }, 1000);
    assert_eq!(
        asked(&[want("tea", 1)], &offers, &[], std::slice::from_ref(&three)).unwrap().payable,
        700,
        "reached means at least"
    );
    let far = coupon("far", CouponEffect::Face { fen: 300 }, 1001);
    let below = NoPrice::BelowThreshold { coupon: "far".into(), threshold: 1001, eligible: 1000 };
    assert_eq!(asked(&[want("tea", 1)], &offers, &[], &[far]), Err(below));
    let tenth = coupon("tenth", CouponEffect::Percent { off_bp: 1000, cap: 50 }, 0);
    assert_eq!(
        asked(&[want("tea", 1)], &offers, &[], std::slice::from_ref(&tenth)).unwrap().discount,
        50,
        "never above its cap"
    );
    assert_eq!(asked(&[want("tea", 1)], &offers, &[], &[tenth.clone(), three.clone()]).unwrap().discount, 350);
    let mut same = three.clone();
    same.id = "again".into();
    assert_eq!(asked(&[want("tea", 1)], &offers, &[], &[three, same]), Err(NoPrice::OneOfGroup("again".into())));
    let mut app = tenth;
    app.terms.app_only = true;
    assert_eq!(asked(&[want("tea", 1)], &offers, &[], &[app.clone()]), Err(NoPrice::AppOnly("tenth".into())));
    let in_app = Buyer { in_app: true, ..Buyer::default() };
    assert_eq!(asked_by(&[want("tea", 1)], &offers, &[], &[app], &in_app).unwrap().discount, 50);
}

fn effects() -> impl Strategy<Value = CouponEffect> {
    prop_oneof![
        (0..3_000_000_i64).prop_map(|fen| CouponEffect::Face { fen }),
        (0..=10_000_i64, 0..3_000_000_i64).prop_map(|(off_bp, cap)| CouponEffect::Percent { off_bp, cap }),
    ]
}

proptest! {
    #[test]
    fn every_sum_holds_whatever_is_asked_and_in_whatever_order(
        lines in prop::collection::vec((0..=PRICE_MAX, 1..=QUANTITY_MAX, prop::option::of(0..=PRICE_MAX)), 1..8),
        coupons in prop::collection::vec(effects(), 0..4),
        rules in prop::collection::vec(prop_oneof![
            (0..=10_000_i64).prop_map(|off_bp| Effect::Percent { off_bp }),
            (0..PRICE_MAX).prop_map(|fen| Effect::Minus { fen }),
            (0..PRICE_MAX).prop_map(|fen| Effect::Fixed { fen }),
        ], 0..4),
    ) {
        let name = |index: usize| format!("v{index}");
        let offers: Vec<Offer> = lines.iter().enumerate().map(|(i, (base, _, floor))| offer(&name(i), *base, *floor)).collect();
        let mut wanted: Vec<Wanted> = lines.iter().enumerate().map(|(i, (_, quantity, _))| want(&name(i), *quantity)).collect();
        let laid: Vec<Laid> = coupons.iter().enumerate().map(|(i, effect)| coupon(&format!("c{i}"), *effect, 0)).collect();
        let rules: Vec<PriceRule> =
            rules.iter().enumerate().map(|(i, effect)| rule(&format!("r{i}"), Buyers::default(), *effect)).collect();
        let told = asked(&wanted, &offers, &rules, &laid).unwrap();
        prop_assert!(told.payable >= 0);
        prop_assert_eq!(told.payable, told.lines.iter().map(|line| line.payable).sum::<i64>());
        prop_assert_eq!(told.discount, told.lines.iter().map(|line| line.off).sum::<i64>());
        prop_assert_eq!(told.goods, told.payable + told.discount);
        for (discount, effect) in told.discounts.iter().zip(&coupons) {
            prop_assert!((0..=effect.most()).contains(&discount.amount));
        }
        for (line, offer) in told.lines.iter().zip(&offers) {
            prop_assert!(line.unit <= line.base && line.payable >= 0 && line.off >= 0);
            prop_assert!(line.unit >= offer.floor.unwrap_or(0).min(offer.base));
            prop_assert_eq!(line.amount, line.unit * line.quantity);
        }
        wanted.reverse();
        prop_assert_eq!(&asked(&wanted, &offers, &rules, &laid).unwrap(), &told);
        let kept = serde_json::to_string(&told).unwrap();
        prop_assert_eq!(serde_json::from_str::<Quote>(&kept).unwrap(), told);
    }
}
