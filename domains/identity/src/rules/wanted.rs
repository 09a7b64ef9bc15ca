//! Does a name answer what somebody typed? By its characters, by pinyin, by first letters, or by a mixture: 张伟 answers to
//! 张, zhangwei, zw, zhangw and 张w.

use memchr::memmem::Finder;
use pinyin::ToPinyinMulti;

use super::fold;
use crate::model::Matched;

/// Which letters the characters of a text can begin with, as a set: what lacks a letter of the question cannot answer it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Letters(u32);

impl Letters {
    /// Those of a folded text.
    pub(crate) fn of(text: &str) -> Self {
        text.chars().map(Self::of_char).fold(Self::default(), Self::with)
    }

    fn of_char(c: char) -> Self {
        if is_letter(c) {
            return Self::letter(c);
        }
        let mut letters = Self::default();
        each_reading(c, |reading| letters = letters.with(reading.chars().next().map_or(Self::default(), Self::letter)));
        if letters == Self::default() { Self(1 << (26 + u32::from(c) % 6)) } else { letters }
    }

    fn letter(c: char) -> Self {
        if c.is_ascii_lowercase() { Self(1 << (u32::from(c) - u32::from('a'))) } else { Self(1 << 31) }
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What somebody typed, ready to be compared with very many names.
pub(crate) struct Wanted {
    text: String,
    chars: Vec<char>,
    inside: Finder<'static>,
    needed: Letters,
    by_sound: bool,
}

impl Wanted {
    /// Nothing when nothing was typed.
    pub(crate) fn new(typed: &str) -> Option<Self> {
        let text = fold(typed);
        let chars: Vec<char> = text.chars().collect();
        let first = *chars.first()?;
        // A letter behind the first may stand inside a syllable; every other character has to be there itself.
        let rest = chars[1..].iter().copied().filter(|c| !is_letter(*c)).map(Letters::of_char);
        Some(Self {
            inside: Finder::new(text.as_bytes()).into_owned(),
            needed: rest.fold(Letters::of_char(first), Letters::with),
            by_sound: chars.iter().copied().any(is_letter),
            text,
            chars,
        })
    }

    /// How a folded name answers, if it does.
    pub(crate) fn answer(&self, name: &str, letters: Letters) -> Option<Matched> {
        if !letters.has(self.needed) {
            return None;
        }
        if let Some(at) = self.inside.find(name.as_bytes()) {
            return Some(match at {
                0 if name.len() == self.text.len() => Matched::Name,
                0 => Matched::NamePrefix,
                // By sound it may still begin so: 文w answers w.
                _ if self.by_sound && sounds_like(name, &self.chars) => Matched::Pinyin,
                _ => Matched::Inside,
            });
        }
        if !self.by_sound {
            return None;
        }
        let mut from = name.char_indices().map(|(at, _)| &name[at..]);
        if sounds_like(from.next()?, &self.chars) {
            return Some(Matched::Pinyin);
        }
        from.any(|rest| sounds_like(rest, &self.chars)).then_some(Matched::Inside)
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_lowercase() || c == 'ü'
}

fn each_reading(c: char, mut each: impl FnMut(&'static str)) {
    if c < '\u{3007}' {
        return;
    }
    let mut last = "";
    for reading in c.to_pinyin_multi().into_iter().flatten().map(pinyin::Pinyin::plain) {
        if reading != last {
            each(reading);
        }
        last = reading;
    }
}

/// Whether a text begins with what was typed: each character by itself or by the beginning of one of its readings.
fn sounds_like(text: &str, typed: &[char]) -> bool {
    let Some(wanted) = typed.first() else { return true };
    let mut characters = text.chars();
    let Some(c) = characters.next() else { return false };
    let rest = characters.as_str();
    if c == *wanted && sounds_like(rest, &typed[1..]) {
        return true;
    }
    let mut found = false;
    each_reading(c, |reading| {
        let same = reading.chars().zip(typed).take_while(|(said, typed)| is_typed(*said, **typed)).count();
        found = found || (1..=same).rev().any(|taken| sounds_like(rest, &typed[taken..]));
    });
    found
}

/// ü is typed as v, and often as u.
fn is_typed(said: char, typed: char) -> bool {
    said == typed || (said == 'ü' && matches!(typed, 'v' | 'u'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(typed: &str, name: &str) -> Option<Matched> {
        let name = fold(name);
        Wanted::new(typed)?.answer(&name, Letters::of(&name))
    }

    #[test]
    fn a_name_answers_to_characters_and_to_sound() {
        use Matched::{Inside, Name, NamePrefix, Pinyin};
        for (typed, name, expected) in [
            ("张伟", "张伟", Some(Name)),
            ("張偉", "张伟", Some(Name)),
            ("张", "张伟", Some(NamePrefix)),
            ("伟", "张伟", Some(Inside)),
            ("zhangwei", "张伟", Some(Pinyin)),
            ("ZHANG wei", "張偉", Some(Pinyin)),
            ("zw", "张伟", Some(Pinyin)),
            ("zhw", "张伟", Some(Pinyin)),
            ("zhangw", "张伟", Some(Pinyin)),
            ("张w", "张伟", Some(Pinyin)),
            ("z伟", "张伟", Some(Pinyin)),
            ("wei", "张伟", Some(Inside)),
            ("wz", "张伟", None),
            ("zhangweii", "张伟", None),
            ("伟张", "张伟", None),
            ("lv", "吕布", Some(Pinyin)),
            ("lu", "吕布", Some(Pinyin)),
            ("lvbu", "吕布", Some(Pinyin)),
            ("shan", "单雄信", Some(Pinyin)),
            ("dxx", "单雄信", Some(Pinyin)),
            ("tom", "Tom Lee", Some(NamePrefix)),
            ("lee", "Tom Lee", Some(Inside)),
            ("tomw", "Tom王", Some(Pinyin)),
            ("w", "文w", Some(Pinyin)),
            ("138", "小鱼138", Some(Inside)),
            ("鱼1", "小鱼138", Some(Inside)),
            ("ouyang", "欧阳娜娜", Some(Pinyin)),
            ("oynn", "欧阳娜娜", Some(Pinyin)),
        ] {
            assert_eq!(answer(typed, name), expected, "{typed} {name}");
        }
        assert!(Wanted::new(" \t").is_none());
    }
}
