//! Rows of a table: lines, put together where a quoted cell goes over several.

use std::{collections::VecDeque, io};

/// Longest row, and how far a quote may be open before it counts as a stray one.
const ROW_BYTES_MAX: usize = 64 << 10;

/// A line without its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u64,
    /// Its bytes; the beginning of them when it is too long.
    pub bytes: Vec<u8>,
    /// Whether it is longer than whoever reads it takes.
    pub too_long: bool,
}

/// Where lines come from.
pub trait LineSource {
    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// When the rest cannot be read.
    fn next_line(&mut self) -> io::Result<Option<Line>>;
}

/// Lines as rows.
pub struct Rows<L> {
    lines: L,
    /// Lines behind a stray quote, to be read as rows after all.
    ahead: VecDeque<Line>,
}

impl<L: LineSource> Rows<L> {
    /// Rows of these lines.
    pub const fn new(lines: L) -> Self {
        Self { lines, ahead: VecDeque::new() }
    }

    /// The next row under the number of its first line, the number of its last line, and whether a quote in it is never
    /// closed: then it is one line, and what follows stands for itself.
    ///
    /// # Errors
    /// When the rest cannot be read.
    pub fn next_row(&mut self) -> io::Result<Option<(Line, u64, bool)>> {
        let Some(mut row) = self.line()? else { return Ok(None) };
        let mut last = row.number;
        let mut open = is_open(&row.bytes);
        if row.too_long || !open {
            return Ok(Some((row, last, false)));
        }
        let alone = row.bytes.len();
        let mut taken = Vec::new();
        while open {
            match self.line()? {
                Some(line) if !line.too_long && row.bytes.len() + line.bytes.len() < ROW_BYTES_MAX => {
                    open ^= is_open(&line.bytes);
                    row.bytes.push(b'\n');
                    row.bytes.extend_from_slice(&line.bytes);
                    last = line.number;
                    taken.push(line);
                }
                beyond => {
                    taken.extend(beyond);
                    for line in taken.into_iter().rev() {
                        self.ahead.push_front(line);
                    }
                    row.bytes.truncate(alone);
                    let number = row.number;
                    return Ok(Some((row, number, true)));
                }
            }
        }
        Ok(Some((row, last, false)))
    }

    /// The next line, whatever is in it.
    ///
    /// # Errors
    /// When the rest cannot be read.
    pub fn line(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next_line(),
        }
    }
}

/// Whether a quote is still open at the end: a doubled one opens and closes nothing.
fn is_open(row: &[u8]) -> bool {
    !row.iter().filter(|byte| **byte == b'"').count().is_multiple_of(2)
}

/// The cells of a row.
///
/// # Errors
/// A sentence: the row is empty, or no UTF-8.
pub fn cells(row: &[u8], delimiter: u8) -> Result<Vec<String>, String> {
    // Most rows have no quote, and a reader for a single row costs more than the row.
    if !row.is_empty() && !row.iter().any(|byte| matches!(byte, b'"' | b'\n' | b'\r')) {
        let text = std::str::from_utf8(row).map_err(|error| error.to_string())?;
        return Ok(text.split(char::from(delimiter)).map(str::to_owned).collect());
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(512)
        .from_reader(row);
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => Ok(record.iter().map(str::to_owned).collect()),
        Ok(false) => Err("the row is empty".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Text<'a>(std::iter::Enumerate<std::str::Lines<'a>>);

    impl LineSource for Text<'_> {
        fn next_line(&mut self) -> io::Result<Option<Line>> {
            let line = self.0.next();
            Ok(line.map(|(at, text)| Line { number: at as u64 + 1, bytes: text.into(), too_long: false }))
        }
    }

    #[test]
    fn cells_are_the_same_with_and_without_quotes() {
        for (row, parts) in
            [("a,b,", vec!["a", "b", ""]), ("\"a\",b,", vec!["a", "b", ""]), (",", vec!["", ""]), ("a", vec!["a"])]
        {
            assert_eq!(cells(row.as_bytes(), b',').unwrap(), parts, "{row}");
        }
        assert_eq!(cells(b"a;\"b;c\"", b';').unwrap(), ["a", "b;c"]);
        assert!(cells(b"", b',').is_err() && cells(b"\xff", b',').is_err());
    }

    #[test]
    fn a_quoted_cell_goes_over_lines_and_a_stray_quote_spoils_one() {
        let rows = |text: &str| {
            let mut rows = Rows::new(Text(text.lines().enumerate()));
            std::iter::from_fn(|| rows.next_row().unwrap())
                .map(|(line, last, open)| (line.number, last, String::from_utf8(line.bytes).unwrap(), open))
                .collect::<Vec<_>>()
        };
        let text = |row: &str| row.to_owned();
        assert_eq!(rows("a,\"b\r\nc\",d\ne\n"), [(1, 2, text("a,\"b\nc\",d"), false), (3, 3, text("e"), false)]);
        assert_eq!(rows("a\"\nb\nc"), [(1, 1, text("a\""), true), (2, 2, text("b"), false), (3, 3, text("c"), false)]);
        let far = format!("a\"\n{}", "x\n".repeat(40_000));
        assert_eq!(rows(&far).len(), 40_001, "a stray quote swallows nothing");
    }
}
