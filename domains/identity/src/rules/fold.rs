//! Text as it is compared: traditional or simplified, wide or narrow, upper or lower case, with or without blanks.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Characters of a name that are looked at.
const CHARS_MAX: usize = 64;

static SIMPLIFIED: LazyLock<FxHashMap<char, char>> = LazyLock::new(|| {
    let lines = include_str!("traditional.txt").lines().filter(|line| !line.starts_with('#'));
    let mut pairs = FxHashMap::default();
    for line in lines {
        let mut characters = line.chars();
        while let (Some(traditional), Some(simplified)) = (characters.next(), characters.next()) {
            pairs.insert(traditional, simplified);
        }
    }
    pairs
});

/// The text as it is compared. Two texts that a person would call the same fold to the same.
pub(crate) fn fold(text: &str) -> String {
    let heard = text.chars().filter(|c| !c.is_whitespace() && !c.is_control());
    heard.map(narrow).flat_map(char::to_lowercase).map(simplified).take(CHARS_MAX).collect()
}

fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn simplified(c: char) -> char {
    if c < '\u{3400}' { c } else { SIMPLIFIED.get(&c).copied().unwrap_or(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_in_other_characters_is_the_same_name() {
        for (written, folded) in [
            ("張偉", "张伟"),
            ("  张 伟\u{3000}", "张伟"),
            ("ＴＯＭ　Lee", "tomlee"),
            ("葉·乾坤", "叶·乾坤"),
            ("Éva", "éva"),
            ("🐟小鱼", "🐟小鱼"),
            ("", ""),
        ] {
            assert_eq!(fold(written), folded);
        }
        assert_eq!(fold(&"长".repeat(1000)).chars().count(), CHARS_MAX);
    }

    #[test]
    fn what_is_folded_stays() {
        assert!(SIMPLIFIED.len() > 2900);
        for (traditional, simplified) in SIMPLIFIED.iter() {
            let once = fold(&traditional.to_string());
            assert_eq!(once, simplified.to_string());
        }
    }
}
