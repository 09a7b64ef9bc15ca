//! Posters: a template of ours, filled with words, a colour and a code.

use std::fmt::Write as _;

use super::{qr::Qr, words::escaped};

/// Longest title, in characters.
pub(crate) const TITLE_MAX: usize = 40;
/// Longest note.
pub(crate) const NOTE_MAX: usize = 80;

/// Millimetres of an A5 sheet, times ten.
const WIDTH: usize = 1480;
const HEIGHT: usize = 2100;
/// Characters of a line of the title, and of the note; a Latin letter counts half.
const TITLE_LINE: usize = 10;
const NOTE_LINE: usize = 22;

/// What stands on a poster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Poster {
    /// Large, at the top.
    pub(crate) title: String,
    /// Under it.
    pub(crate) note: String,
    /// Beside the code: what to do with it.
    pub(crate) call: String,
    /// Who it is from.
    pub(crate) brand: String,
    /// The brand's colour.
    pub(crate) colour: Colour,
}

/// A colour, as `#F5A524`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour([u8; 3]);

impl Colour {
    /// Searchlight's amber, for brands without one.
    pub(crate) const AMBER: Self = Self([0xf5, 0xa5, 0x24]);

    /// Six hexadecimal digits, a `#` before them or not.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        if is_hex { Some(Self([part(0)?, part(2)?, part(4)?])) } else { None }
    }

    /// The colour words have on it: whichever can be read better.
    fn ink(self) -> &'static str {
        let [red, green, blue] = self.0.map(u32::from);
        if 299 * red + 587 * green + 114 * blue > 140_000 { "#14110a" } else { "#ffffff" }
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// A text in lines of at most so many wide characters; a Latin letter counts half.
fn lines(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for c in text.trim().chars() {
        let size = if c.is_ascii() { 1 } else { 2 };
        if used + size > 2 * width {
            lines.push(std::mem::take(&mut line).trim().to_owned());
            used = 0;
        }
        line.push(c);
        used += size;
    }
    lines.push(line.trim().to_owned());
    lines.retain(|line| !line.is_empty());
    lines
}

impl Poster {
    /// The poster around a code, as an SVG document.
    pub(crate) fn svg(&self, qr: &Qr) -> String {
        let (colour, ink) = (self.colour, self.colour.ink());
        let mut words = String::new();
        let mut y = 260;
        let mut write_lines = |text: &str, width: usize, size: usize, weight: usize, opacity: &str| {
            for line in lines(text, width) {
                // Memory takes everything.
                let _ = write!(
                    words,
                    "<text x=\"110\" y=\"{y}\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{ink}\" fill-opacity=\"{opacity}\">{}</text>",
                    escaped(&line)
                );
                y += size * 5 / 4;
            }
            y += 24;
        };
        write_lines(&self.title, TITLE_LINE, 122, 800, "1");
        write_lines(&self.note, NOTE_LINE, 54, 400, "0.82");
        let (side, size) = (qr.side(), 560);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             font-family=\"'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif\">\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{colour}\"/>\
             <path d=\"M0 1240 L{WIDTH} 760 V{HEIGHT} H0z\" fill=\"#ffffff\" fill-opacity=\"0.16\"/>\
             {words}\
             <rect x=\"90\" y=\"1360\" width=\"1300\" height=\"650\" rx=\"48\" fill=\"#ffffff\"/>\
             <svg x=\"120\" y=\"1405\" width=\"{size}\" height=\"{size}\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>\
             {call}\
             <text x=\"720\" y=\"1920\" font-size=\"46\" fill=\"#6b6459\">{brand}</text></svg>",
            path = qr.path(),
            call = self.call_lines(),
            brand = escaped(&self.brand),
        )
    }

    fn call_lines(&self) -> String {
        let line = |(place, line): (usize, String)| {
            let y = 1560 + 96 * place;
            format!(
                "<text x=\"720\" y=\"{y}\" font-size=\"72\" font-weight=\"700\" fill=\"#14110a\">{}</text>",
                escaped(&line)
            )
        };
        lines(&self.call, 8).into_iter().take(4).enumerate().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn poster(title: &str) -> Poster {
        Poster {
            title: title.into(),
            note: "0–6 岁，每天一本".into(),
            call: "扫码领取书单".into(),
            brand: "灯塔书店".into(),
            colour: Colour::AMBER,
        }
    }

    #[test]
    fn a_colour_is_six_digits_and_words_on_it_can_be_read() {
        assert_eq!(Colour::parse("#F5A524"), Some(Colour::AMBER));
        assert_eq!(Colour::parse("0b1220").map(|colour| colour.to_string()).as_deref(), Some("#0b1220"));
        assert_eq!(Colour::parse("0b1220").map(Colour::ink), Some("#ffffff"));
        assert_eq!(Colour::AMBER.ink(), "#14110a");
        for wrong in ["", "red", "#fff", "#12345g", "#1234567", "é1234"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn long_words_are_cut_into_lines_and_nothing_is_lost() {
        assert_eq!(lines("春季书单", 10), ["春季书单"]);
        assert_eq!(lines("给零到六岁孩子的十二本书", 10), ["给零到六岁孩子的十二", "本书"]);
        assert_eq!(lines("Twelve books for spring", 10), ["Twelve books for spr", "ing"]);
        assert!(lines("  ", 10).is_empty());
    }

    proptest! {
        #[test]
        fn whatever_is_written_stays_text(title in ".{0,60}") {
            let qr = Qr::of("https://brand.example/s/x").unwrap();
            let svg = poster(&title).svg(&qr);
            // As many tags as our own template has: each `<` is ours.
            let plain = poster("").svg(&qr).matches('<').count();
            let own = 2 * lines(&title, TITLE_LINE).len();
            prop_assert_eq!(svg.matches('<').count(), plain + own);
            prop_assert!(!svg.contains(char::from(0)));
        }
    }
}
