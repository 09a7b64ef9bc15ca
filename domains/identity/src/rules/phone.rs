//! Phone numbers as they are compared and shown.
//!
//! The last four digits are shown to everybody who may see the person, so they may be asked for by themselves. Any other
//! part may not: who could ask for five, then six digits would soon have read what is hidden.

use crate::model::Matched;

/// The digits that are shown.
const TAIL_DIGITS: usize = 4;
/// Fewer are no whole number.
const WHOLE_DIGITS_MIN: usize = 7;
/// With so many the country may be left out.
const NATIONAL_DIGITS_MIN: usize = 10;
/// More do not fit, and no number has them.
const DIGITS_MAX: usize = 18;

/// The digits of a number as one number; nothing when there is none, or it is no number.
pub(crate) fn digits(phone: &str) -> Option<u64> {
    let digits = stripped(phone)?;
    digits.parse().ok().filter(|number| *number != 0)
}

/// Digits alone, without what people write between them.
fn stripped(text: &str) -> Option<String> {
    let narrow = super::fold(text);
    let digits: String = narrow.chars().filter(|c| !matches!(c, '+' | '-' | '(' | ')' | '.')).collect();
    let whole = (1..=DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    whole.then_some(digits)
}

/// A number, or its end, that somebody is looked for by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PhoneAsked {
    number: u64,
    digits: usize,
}

impl PhoneAsked {
    /// Nothing when it is neither the last four digits nor a whole number.
    pub(crate) fn new(typed: &str) -> Option<Self> {
        let digits = stripped(typed)?;
        let asked = digits.len() == TAIL_DIGITS || digits.len() >= WHOLE_DIGITS_MIN;
        asked.then(|| Some(Self { number: digits.parse().ok()?, digits: digits.len() })).flatten()
    }

    /// How a number answers, if it does.
    pub(crate) fn answer(&self, phone: u64) -> Option<Matched> {
        if phone == 0 {
            return None;
        }
        let ends_so = |phone: u64, number: u64, digits: usize| phone % 10_u64.pow(digits as u32) == number;
        if self.digits == TAIL_DIGITS {
            let whole = phone >= 10_u64.pow(WHOLE_DIGITS_MIN as u32 - 1);
            return (whole && ends_so(phone, self.number, TAIL_DIGITS)).then_some(Matched::Phone);
        }
        let same =
            phone == self.number || (self.digits >= NATIONAL_DIGITS_MIN && ends_so(phone, self.number, self.digits));
        same.then_some(Matched::Id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(typed: &str, phone: &str) -> Option<Matched> {
        PhoneAsked::new(typed)?.answer(digits(phone).unwrap_or(0))
    }

    #[test]
    fn a_number_answers_whole_or_by_the_digits_that_are_shown() {
        for (typed, phone, expected) in [
            ("5678", "17012345678", Some(Matched::Phone)),
            ("0005", "17012340005", Some(Matched::Phone)),
            ("17012345678", "+86 170-1234-5678", Some(Matched::Id)),
            ("+86 170 1234 5678", "+86 170-1234-5678", Some(Matched::Id)),
            ("１７０１２３４５６７８", "17012345678", Some(Matched::Id)),
            ("5679", "17012345678", None),
            ("45678", "17012345678", None),
            ("2345678", "17012345678", None),
            ("012345678", "17012345678", None),
            ("678", "17012345678", None),
            ("1234", "1234", None),
            ("5678", "none", None),
            ("wx5678", "17012345678", None),
            ("", "17012345678", None),
            ("99999999999999999999", "17012345678", None),
        ] {
            assert_eq!(answer(typed, phone), expected, "{typed} {phone}");
        }
    }
}
