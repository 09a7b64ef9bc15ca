//! Text of an upload, whatever code page it was saved in.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

use super::open::Unreadable;

/// The text and what it was written in. Excel's plain "CSV" is GB18030 in China; what is neither that nor Unicode is refused,
/// for guessing wrong would turn names into others.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, &'static str), Unreadable> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return std::str::from_utf8(rest).map(|text| (text.into(), "UTF-8")).map_err(|_| Unreadable::Encoding);
    }
    for (mark, encoding) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let text = encoding.decode_without_bom_handling_and_without_replacement(rest);
            return text.map(|text| (text, encoding.name())).ok_or(Unreadable::Encoding);
        }
    }
    if bytes.contains(&0) {
        return Err(Unreadable::Kind);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((text.into(), "UTF-8"));
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes).ok_or(Unreadable::Encoding)?;
    // Any bytes are some private characters of GB18030; nobody writes those in a table.
    let private = text.chars().any(|letter| matches!(letter, '\u{e000}'..='\u{f8ff}'));
    if private { Err(Unreadable::Encoding) } else { Ok((text, "GB18030")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_excel_saves_is_read() {
        let text = "会员号,姓名\n17,林晓";
        let (gbk, _, lossy) = GB18030.encode(text);
        assert!(!lossy);
        assert_eq!(decode(&gbk).unwrap(), (text.into(), "GB18030"));
        assert_eq!(decode(text.as_bytes()).unwrap(), (text.into(), "UTF-8"));
        assert_eq!(decode(format!("\u{feff}{text}").as_bytes()).unwrap(), (text.into(), "UTF-8"));
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&wide).unwrap(), (text.into(), "UTF-16LE"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decode(b"a\0b"), Err(Unreadable::Kind));
        assert_eq!(decode(b"caf\xff,1"), Err(Unreadable::Encoding));
        assert_eq!(decode(b"\xef\xbb\xbf\xff"), Err(Unreadable::Encoding));
    }
}
