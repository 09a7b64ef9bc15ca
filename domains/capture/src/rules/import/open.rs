//! An upload as a table: whatever it was, columns and rows of text come out, within bounds.

use std::{collections::BTreeMap, io, str};

use super::{decode::decode, sheet};
use crate::rules::table::{Line, LineSource, Rows, cells};

/// Largest upload.
pub(crate) const UPLOAD_BYTES_MAX: usize = 50 << 20;
/// Most rows of a table.
const ROWS_MAX: usize = 500_000;
/// Most columns.
pub(super) const COLUMNS_MAX: usize = 200;
/// Most cells, for each takes room of its own while the table is read.
const CELLS_MAX: usize = 5_000_000;
/// Longest cell that is kept, in bytes; a row with a longer one is refused.
pub(super) const CELL_BYTES_MAX: usize = 4096;
/// Longest line of text.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Why an upload is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// Neither text nor a workbook.
    #[error("this is neither CSV nor XLSX; in Excel choose “Save as” and one of these two")]
    Kind,
    /// An old workbook.
    #[error("this is an old Excel file (.xls); open it in Excel and save it as .xlsx")]
    OldWorkbook,
    /// A workbook behind a password.
    #[error("this workbook has a password; save it without one")]
    Locked,
    /// Text in an unknown code page.
    #[error("the text is neither UTF-8 nor GB18030 (GBK); in Excel save it as “CSV UTF-8”")]
    Encoding,
    /// A broken workbook.
    #[error("the workbook is damaged; open it in Excel and save it again")]
    Damaged,
    /// A workbook that unpacks to more than is read.
    #[error("the workbook unpacks to more than 400 MB; split it, or save it as CSV")]
    Bomb,
    /// No header, or nothing below it.
    #[error("the table is empty: the first line names the columns, each further one is a row")]
    Empty,
    /// Too many columns.
    #[error("the table has more than 200 columns")]
    Columns,
    /// Too many rows.
    #[error("the table has more than 500,000 rows; split it")]
    Rows,
    /// Too many cells.
    #[error("the table has more than 5,000,000 cells; leave out columns that nobody needs, or split it")]
    Cells,
}

/// A row as it was read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct RowRead {
    /// Where it stands in the file, from 1.
    pub(crate) line: u32,
    /// As many cells as there are columns.
    pub(crate) cells: Vec<String>,
    /// What is wrong with it as a row, in Chinese and English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) flaw: Option<(String, String)>,
}

/// A table that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    /// How it was written: `UTF-8`, `GB18030`, `XLSX`.
    pub(crate) written: &'static str,
    /// Names of the columns, no two alike.
    pub(crate) columns: Vec<String>,
    /// The rows below, without empty ones.
    pub(crate) rows: Vec<RowRead>,
}

/// Reads an upload.
pub(crate) fn open(bytes: &[u8]) -> Result<Opened, Unreadable> {
    let opened = match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => sheet::open(bytes)?,
        // The envelope of .xls, and of a workbook behind a password.
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(envelope(bytes)),
        _ => open_text(bytes)?,
    };
    if opened.rows.is_empty() { Err(Unreadable::Empty) } else { Ok(opened) }
}

fn envelope(bytes: &[u8]) -> Unreadable {
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = bytes.windows(locked.len()).any(|window| window == locked);
    if found { Unreadable::Locked } else { Unreadable::OldWorkbook }
}

struct Text<'a> {
    rest: &'a str,
    number: u64,
}

impl LineSource for Text<'_> {
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.number += 1;
        let line = line.strip_suffix('\r').unwrap_or(line).as_bytes();
        let too_long = line.len() > LINE_BYTES_MAX;
        let shown = line.len().min(if too_long { CELL_BYTES_MAX } else { line.len() });
        Ok(Some(Line { number: self.number, bytes: line[..shown].to_vec(), too_long }))
    }
}

fn open_text(bytes: &[u8]) -> Result<Opened, Unreadable> {
    let (text, written) = decode(bytes)?;
    let mut lines = Rows::new(Text { rest: &text, number: 0 });
    let header = loop {
        match lines.next_row() {
            Ok(Some((line, ..))) if line.bytes.iter().all(u8::is_ascii_whitespace) => {}
            Ok(Some((line, ..))) => break line,
            _ => return Err(Unreadable::Empty),
        }
    };
    let delimiter = delimiter(&header.bytes);
    let columns = columns(cells(&header.bytes, delimiter).map_err(|_| Unreadable::Kind)?)?;
    let mut rows = Vec::new();
    while let Ok(Some((line, _, open))) = lines.next_row() {
        if line.bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let row = text_row(&line, open, delimiter, columns.len());
        if row.flaw.is_none() && row.cells.iter().all(String::is_empty) {
            continue;
        }
        bounded(rows.len() + 1, columns.len())?;
        rows.push(row);
    }
    Ok(Opened { written, columns, rows })
}

/// Whether a table may have so many rows and columns.
pub(super) const fn bounded(rows: usize, columns: usize) -> Result<(), Unreadable> {
    match rows {
        ..=ROWS_MAX if rows * columns <= CELLS_MAX => Ok(()),
        ..=ROWS_MAX => Err(Unreadable::Cells),
        _ => Err(Unreadable::Rows),
    }
}

fn text_row(line: &Line, open: bool, delimiter: u8, columns: usize) -> RowRead {
    let number = u32::try_from(line.number).unwrap_or(u32::MAX);
    let spoilt = |zh: &str, en: &str| {
        let shown: String = String::from_utf8_lossy(&line.bytes).chars().take(200).collect();
        let cells = std::iter::once(shown).chain(std::iter::repeat_n(String::new(), columns.saturating_sub(1)));
        RowRead { line: number, cells: cells.collect(), flaw: Some((zh.to_owned(), en.to_owned())) }
    };
    if line.too_long {
        return spoilt("这一行过长", "the line is too long");
    }
    if open {
        return spoilt("引号没有成对出现", "a quote is opened and never closed");
    }
    let Ok(cells) = cells(&line.bytes, delimiter) else {
        return spoilt("无法读取这一行", "the row cannot be read");
    };
    row(number, cells, columns)
}

/// A row of as many cells as there are columns; one with more in it says so.
pub(super) fn row(line: u32, mut cells: Vec<String>, columns: usize) -> RowRead {
    for cell in &mut cells {
        let trimmed = cell.trim();
        if trimmed.len() != cell.len() {
            *cell = trimmed.to_owned();
        }
    }
    let beyond = cells.iter().skip(columns).any(|cell| !cell.is_empty());
    let missing = cells.len() < columns;
    cells.resize(columns, String::new());
    let long = cells.iter().any(|cell| cell.len() > CELL_BYTES_MAX);
    for cell in cells.iter_mut().filter(|cell| cell.len() > CELL_BYTES_MAX) {
        *cell = cell.chars().take(200).collect();
    }
    let flaw = if beyond {
        Some(("单元格比列名多", "more cells than columns"))
    } else if missing {
        Some(("单元格比列名少", "fewer cells than columns"))
    } else if long {
        Some(("有单元格超过 4096 字节", "a cell is longer than 4,096 bytes"))
    } else {
        None
    };
    RowRead { line, cells, flaw: flaw.map(|(zh, en)| (zh.to_owned(), en.to_owned())) }
}

/// Names no two of which are alike; those that are missing are named after their place.
pub(super) fn columns(mut names: Vec<String>) -> Result<Vec<String>, Unreadable> {
    while names.last().is_some_and(|name| name.trim().is_empty()) {
        names.pop();
    }
    if names.is_empty() {
        return Err(Unreadable::Empty);
    }
    if names.len() > COLUMNS_MAX {
        return Err(Unreadable::Columns);
    }
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let named = names.into_iter().enumerate().map(|(at, name)| {
        let name: String = name.trim().chars().filter(|letter| !letter.is_control()).take(80).collect();
        let name = if name.is_empty() { format!("#{}", at + 1) } else { name };
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        if *times > 1 { format!("{name} ({times})") } else { name }
    });
    Ok(named.collect())
}

/// What parts the cells of the header: whatever is in it most often outside quotes.
fn delimiter(header: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b'\t', 0), (b';', 0)];
    for byte in header {
        if *byte == b'"' {
            quoted = !quoted;
        }
        for (delimiter, count) in &mut counts {
            if !quoted && byte == delimiter {
                *count += 1;
            }
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u32, Vec<String>, bool)> {
        let opened = open(text.as_bytes()).unwrap();
        opened.rows.into_iter().map(|row| (row.line, row.cells, row.flaw.is_some())).collect()
    }

    fn strings(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn a_table_of_text_is_rows_with_their_lines() {
        let text = "\n会员号,姓名\r\n 17 ,\"林\n晓\"\r\n\r\n,\n18,a,b\n19\n20,\"x\n21,y";
        let expected = [
            (3, strings(&["17", "林\n晓"]), false),
            (7, strings(&["18", "a"]), true),
            (8, strings(&["19", ""]), true),
            (9, strings(&["20,\"x", ""]), true),
            (10, strings(&["21", "y"]), false),
        ];
        assert_eq!(lines(text), expected);
    }

    #[test]
    fn columns_are_parted_as_they_are_and_named_apart() {
        let opened = open(b"id;name;;id;\n1;a,b;;2;\n").unwrap();
        assert_eq!(opened.columns, strings(&["id", "name", "#3", "id (2)"]));
        assert_eq!(opened.rows[0].cells, strings(&["1", "a,b", "", "2"]));
        assert_eq!(open(b"id\tname\n1\tx").unwrap().columns, strings(&["id", "name"]));
        assert_eq!(open(b"id\n1").unwrap().columns, strings(&["id"]));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]

        #[test]
        fn whatever_is_brought_is_a_table_or_a_refusal(pieces in proptest::collection::vec(0_usize..14, 0..60)) {
            const PIECES: [&[u8]; 14] = [
                b",", b"\"", b"\n", b"\r\n", b";", b"\t", b"a", "林".as_bytes(), b"\xc1\xd6", b"\xff", b" ", b"1.5", b"\"\"", b"PK\x03\x04",
            ];
            let bytes: Vec<u8> = pieces.into_iter().flat_map(|piece| PIECES[piece]).copied().collect();
            if let Ok(opened) = open(&bytes) {
                proptest::prop_assert!(!opened.rows.is_empty());
                let mut line = 0;
                for row in opened.rows {
                    proptest::prop_assert_eq!(row.cells.len(), opened.columns.len());
                    proptest::prop_assert!(row.line > line);
                    line = row.line;
                }
            }
        }
    }

    #[test]
    fn what_is_no_table_says_what_to_do() {
        assert_eq!(open(b""), Err(Unreadable::Empty));
        assert_eq!(open(b"a,b\n"), Err(Unreadable::Empty));
        assert_eq!(open(b"a,b\n,\n"), Err(Unreadable::Empty));
        assert_eq!(open(b"\x89PNG\0\0"), Err(Unreadable::Kind));
        assert_eq!(open(b"PK\x03\x04 and no more"), Err(Unreadable::Damaged));
        assert_eq!(open(b"\xd0\xcf\x11\xe0 and no more"), Err(Unreadable::OldWorkbook));
        assert_eq!(open(format!("a{}\n1", ",b".repeat(300)).as_bytes()), Err(Unreadable::Columns));
        assert_eq!(open(format!("a\n{}", "1\n".repeat(ROWS_MAX + 1)).as_bytes()), Err(Unreadable::Rows));
        assert_eq!((bounded(50_000, 100), bounded(50_001, 100)), (Ok(()), Err(Unreadable::Cells)));
    }
}
