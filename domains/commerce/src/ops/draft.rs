//! What somebody wrote, made into a product or a rule.

use kernel::{Entropy, Timestamp, token};

use crate::model::product::{About, DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, PRICE_MAX, Product, VARIANTS_MAX, Variant};

/// Characters of an id we make.
const ID_LENGTH: usize = 10;

/// A product as somebody wrote it.
pub struct ProductDraft {
    /// For people.
    pub name: String,
    /// What is said of it.
    pub about: About,
    /// Whether customers can buy it.
    pub on_sale: bool,
    /// What there is to choose from.
    pub variants: Vec<VariantDraft>,
}

/// A variant as somebody wrote it.
pub struct VariantDraft {
    /// One there is already; a new one when missing.
    pub id: Option<String>,
    /// What tells it from the others.
    pub name: String,
    /// The brand's own number.
    pub sku: Option<String>,
    /// The price of one, in fen.
    pub price: i64,
    /// No rule makes it cheaper.
    pub floor: Option<i64>,
    /// Whether it can be chosen.
    pub on_sale: bool,
}

/// Why a draft is no product: the field, and what would be right.
pub type Wrong = (String, String);

/// Makes a product of a draft; `before` is the one that is changed. Pure: time and chance are handed in.
///
/// # Errors
/// [`Wrong`], to be told to whoever wrote it.
pub fn product(
    draft: ProductDraft,
    before: Option<&Product>,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Product, Wrong> {
    let name = text("name", &draft.name, 1)?;
    if draft.about.description.chars().count() > DESCRIPTION_CHARS_MAX || draft.about.description.contains('\0') {
        return Err(("description".to_owned(), format!("at most {DESCRIPTION_CHARS_MAX} characters")));
    }
    if let Some(image) = &draft.about.image
        && !((image.starts_with("https://") || image.starts_with("/f/")) && image.len() <= 1000)
    {
        return Err(("image".to_owned(), "an address that begins with https:// or /f/".to_owned()));
    }
    if !(1..=VARIANTS_MAX).contains(&draft.variants.len()) {
        return Err(("variants".to_owned(), format!("1 to {VARIANTS_MAX} variants")));
    }
    let mut variants = Vec::with_capacity(draft.variants.len());
    for (place, written) in draft.variants.into_iter().enumerate() {
        variants.push(variant(written, place, before, now, entropy)?);
    }
    let mut names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
    let mut ids: Vec<&str> = variants.iter().map(|variant| variant.id.as_str()).collect();
    for list in [&mut names, &mut ids] {
        list.sort_unstable();
        if list.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(("variants".to_owned(), "each variant has a name of its own".to_owned()));
        }
    }
    // One that was left out is for sale no more; orders name it, so it stays.
    let left = before.into_iter().flat_map(|before| &before.variants).filter(|old| !ids.contains(&old.id.as_str()));
    let left: Vec<Variant> = left.map(|old| Variant { on_sale: false, ..old.clone() }).collect();
    variants.extend(left);
    Ok(Product {
        id: before.map_or_else(|| format!("p{}", token(entropy, ID_LENGTH)), |before| before.id.clone()),
        name,
        about: draft.about,
        on_sale: draft.on_sale,
        variants,
        created_at: before.map_or(now, |before| before.created_at),
        changed_at: now,
    })
}

fn variant(
    written: VariantDraft,
    place: usize,
    before: Option<&Product>,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Variant, Wrong> {
    let field = |name: &str| format!("variants.{place}.{name}");
    let name = text(&field("name"), &written.name, 0)?;
    let sku = written.sku.map(|sku| text(&field("sku"), &sku, 0)).transpose()?.filter(|sku| !sku.is_empty());
    let prices = [("price", Some(written.price)), ("floor", written.floor)];
    if let Some((wrong, _)) =
        prices.iter().find(|(_, price)| price.is_some_and(|price| !(0..=PRICE_MAX).contains(&price)))
    {
        return Err((field(wrong), format!("0 to {PRICE_MAX} fen")));
    }
    if written.floor.is_some_and(|floor| floor > written.price) {
        return Err((field("floor"), "at most the price itself".to_owned()));
    }
    let known = |id: &String| before.is_some_and(|before| before.variants.iter().any(|variant| variant.id == *id));
    let id = match written.id {
        Some(id) if !known(&id) => return Err((field("id"), "there is no such variant of this product".to_owned())),
        Some(id) => id,
        None => format!("v{}", token(entropy, ID_LENGTH)),
    };
    let (price, floor, on_sale) = (written.price, written.floor, written.on_sale);
    Ok(Variant { id, name, sku, price, floor, on_sale, priced_at: now })
}

/// The product as it is stored: a price that did not change is in force since it began.
pub fn since(before: Option<&Product>, wanted: &Product, at: Timestamp) -> Product {
    let old = |id: &str| before.and_then(|before| before.variants.iter().find(|variant| variant.id == id));
    let variant = |variant: &Variant| {
        let kept = old(&variant.id).filter(|old| old.price == variant.price).map(|old| old.priced_at);
        Variant { priced_at: kept.unwrap_or(at), ..variant.clone() }
    };
    Product { variants: wanted.variants.iter().map(variant).collect(), ..wanted.clone() }
}

/// A text for people, without blanks around it.
pub fn text(field: &str, text: &str, least: usize) -> Result<String, Wrong> {
    let text = text.trim();
    let chars = text.chars().count();
    if chars < least || chars > NAME_CHARS_MAX || text.chars().any(char::is_control) {
        return Err((field.to_owned(), format!("{least} to {NAME_CHARS_MAX} characters in one line")));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use kernel::SeededEntropy;

    use super::*;

    fn draft(variants: Vec<VariantDraft>) -> ProductDraft {
        ProductDraft { name: " 绘本 ".into(), about: About::default(), on_sale: true, variants }
    }

    fn written(id: Option<&str>, name: &str, price: i64, floor: Option<i64>) -> VariantDraft {
        VariantDraft { id: id.map(str::to_owned), name: name.into(), sku: None, price, floor, on_sale: true }
    }

    #[test]
    fn a_draft_is_told_what_is_wrong_with_it_and_where() {
        let make = |draft| product(draft, None, Timestamp(1), &SeededEntropy::new(1));
        let field = |variants| make(draft(variants)).unwrap_err().0;
        assert_eq!(field(vec![]), "variants");
        assert_eq!(field(vec![written(None, "a", -1, None)]), "variants.0.price");
        assert_eq!(field(vec![written(None, "a", 5, Some(6))]), "variants.0.floor");
        assert_eq!(field(vec![written(None, "a", 5, None), written(None, "a", 5, None)]), "variants");
        assert_eq!(field(vec![written(Some("vother"), "a", 5, None)]), "variants.0.id");
        let mut image = draft(vec![written(None, "", 5, None)]);
        image.about.image = Some("javascript:alert(1)".into());
        assert_eq!(make(image).unwrap_err().0, "image");
        assert_eq!(make(draft(vec![written(None, "", 5, None)])).unwrap().name, "绘本");
    }

    #[test]
    fn a_variant_that_is_left_out_stays_and_a_price_that_stays_keeps_its_date() {
        let entropy = SeededEntropy::new(1);
        let first = draft(vec![written(None, "a", 5, None), written(None, "b", 6, None)]);
        let first = since(None, &product(first, None, Timestamp(1), &entropy).unwrap(), Timestamp(1));
        let ids: Vec<&str> = first.variants.iter().map(|variant| variant.id.as_str()).collect();
        let again = draft(vec![written(Some(ids[0]), "a", 5, None)]);
        let again = since(Some(&first), &product(again, Some(&first), Timestamp(9), &entropy).unwrap(), Timestamp(9));
        let told: Vec<(bool, Timestamp)> =
            again.variants.iter().map(|variant| (variant.on_sale, variant.priced_at)).collect();
        assert_eq!(told, [(true, Timestamp(1)), (false, Timestamp(1))]);
        assert_eq!((again.id, again.created_at), (first.id.clone(), Timestamp(1)));
    }
}
