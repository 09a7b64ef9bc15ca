//! The first sheet of a workbook that has something in it.
//!
//! A workbook is a packed file from anybody: it is unpacked once only to be measured, and its cells are read one after the
//! other, for a single cell in the last corner would make a dense table larger than any machine.

use std::{
    collections::BTreeSet,
    io::{self, Cursor, Read},
};

use calamine::{DataRef, Dimensions, Reader, Xlsx, XlsxError};
use zip::ZipArchive;

use super::open::{COLUMNS_MAX, Opened, RowRead, Unreadable, bounded, columns, row};

/// What a workbook may unpack to.
const UNPACKED_BYTES_MAX: u64 = 400 << 20;
/// Parts a workbook may have: sheets, pictures, styles.
const PARTS_MAX: usize = 10_000;
/// Rows that merged cells may touch before the sheet is taken for no table.
const MERGED_MAX: usize = 1_000_000;

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

pub(super) fn open(bytes: &[u8]) -> Result<Opened, Unreadable> {
    measure(bytes, UNPACKED_BYTES_MAX)?;
    let mut workbook: Workbook<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => Unreadable::Locked,
        _ => Unreadable::Damaged,
    })?;
    for name in workbook.sheet_names() {
        if let Some(opened) = sheet(&mut workbook, &name)? {
            return Ok(opened);
        }
    }
    Err(Unreadable::Empty)
}

/// Unpacks everything into nothing and counts: what the file says of its own sizes is no promise.
fn measure(bytes: &[u8], most: u64) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    if archive.len() > PARTS_MAX {
        return Err(Unreadable::Bomb);
    }
    let mut left = most;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| Unreadable::Damaged)?;
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|_| Unreadable::Damaged)?;
        left = left.checked_sub(unpacked).ok_or(Unreadable::Bomb)?;
    }
    Ok(())
}

/// A sheet as a table; nothing when it is empty.
fn sheet(workbook: &mut Workbook<'_>, name: &str) -> Result<Option<Opened>, Unreadable> {
    let merged = workbook.merge_cells_by_sheet_name(name).unwrap_or_default();
    let Ok(mut cells) = workbook.worksheet_cells_reader(name) else { return Ok(None) };
    let mut header: Option<(u32, Vec<String>)> = None;
    let mut rows: Vec<RowRead> = Vec::new();
    let mut open: (u32, Vec<String>, bool) = (0, Vec::new(), false);
    loop {
        let cell = cells.next_cell().map_err(|_| Unreadable::Damaged)?;
        let at = cell.as_ref().map(calamine::Cell::get_position);
        if at.is_none_or(|(row, _)| row != open.0) {
            close(&mut header, &mut rows, std::mem::take(&mut open))?;
            open.0 = at.map_or(0, |(row, _)| row);
        }
        let (Some(cell), Some((_, column))) = (cell, at) else { break };
        let column = column as usize;
        let (text, error) = shown(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if column >= COLUMNS_MAX {
            return Err(Unreadable::Columns);
        }
        if open.1.len() <= column {
            open.1.resize(column + 1, String::new());
        }
        open.1[column] = text;
        open.2 |= error;
    }
    let Some((first, names)) = header else { return Ok(None) };
    spoil_merged(&mut rows, first, &merged)?;
    Ok(Some(Opened { written: "XLSX", columns: names, rows }))
}

/// A row is over: it is the header, or one of the table.
fn close(
    header: &mut Option<(u32, Vec<String>)>,
    rows: &mut Vec<RowRead>,
    (at, mut cells, error): (u32, Vec<String>, bool),
) -> Result<(), Unreadable> {
    if cells.is_empty() {
        return Ok(());
    }
    let Some((_, names)) = header else {
        *header = Some((at, columns(cells)?));
        return Ok(());
    };
    bounded(rows.len() + 1, names.len())?;
    cells.resize(cells.len().max(names.len()), String::new());
    let mut read = row(at.saturating_add(1), cells, names.len());
    if error && read.flaw.is_none() {
        read.flaw = Some(("单元格里是 Excel 的错误值".to_owned(), "a cell shows an error of Excel".to_owned()));
    }
    rows.push(read);
    Ok(())
}

/// Only the first of merged cells has a value: whether the others mean it too, nobody can know.
fn spoil_merged(rows: &mut [RowRead], header: u32, merged: &[Dimensions]) -> Result<(), Unreadable> {
    let mut touched: BTreeSet<u32> = BTreeSet::new();
    for area in merged {
        let (from, to) = (area.start.0.max(header + 1), area.end.0);
        if to.saturating_sub(from) as usize + touched.len() > MERGED_MAX {
            return Err(Unreadable::Damaged);
        }
        touched.extend(from..=to);
    }
    for row in rows.iter_mut().filter(|row| touched.contains(&(row.line - 1)) && row.flaw.is_none()) {
        row.flaw = Some((
            "有合并单元格，请先在 Excel 中取消合并并填满".to_owned(),
            "merged cells: unmerge them in Excel and fill each".to_owned(),
        ));
    }
    Ok(())
}

/// A cell as text, and whether it shows an error. A formula is what it came to when the file was saved.
fn shown(value: &DataRef<'_>) -> (String, bool) {
    let text = match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, hour, minute, second, millis) = at.to_ymd_hms_milli();
            // What is shown as a whole second may lie a hair beside it.
            let second = if millis >= 500 && second < 59 { second + 1 } else { second };
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
        DataRef::DateTime(duration) => number_text(duration.as_f64()),
        DataRef::Error(error) => return (error.to_string(), true),
    };
    (text, false)
}

/// A number as Excel shows it: fifteen digits, of which those that are noise of fractions of two are none.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    if !number.is_finite() || number.abs() >= 1e15 || number.abs() < 1e-9 {
        // Digits are lost already: whoever reads an id out of it must see that.
        return format!("{number:E}");
    }
    let whole_digits = (number.abs().log10().floor() as i32).max(0) + 1;
    let places = usize::try_from(15 - whole_digits).unwrap_or(0);
    let text = format!("{number:.places$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;
    use crate::rules::import::open::open;

    /// A workbook as Excel writes it, with one sheet of this XML.
    fn workbook(sheet: &str) -> Vec<u8> {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let packages = "http://schemas.openxmlformats.org/package/2006";
        let parts = [
            ("[Content_Types].xml", format!(r#"<Types xmlns="{packages}/content-types"/>"#)),
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="{packages}/relationships"><Relationship Id="r1" Type="{of}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook xmlns="{main}" xmlns:r="{of}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    r#"<Relationships xmlns="{packages}/relationships"><Relationship Id="r1" Type="{of}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{of}/styles" Target="styles.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/styles.xml",
                format!(
                    r#"<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"#
                ),
            ),
            ("xl/worksheets/sheet1.xml", format!(r#"<worksheet xmlns="{main}">{sheet}</worksheet>"#)),
        ];
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn text(at: &str, text: &str) -> String {
        format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
    }

    #[test]
    fn a_sheet_is_read_as_it_is_seen() {
        let header = [text("A1", "会员号"), text("B1", "时间"), text("C1", "金额")].concat();
        let sheet = format!(
            r#"<sheetData><row r="1">{header}</row>
            <row r="3"><c r="A3"><v>13800138000</v></c><c r="B3" s="1"><v>46346.378472222</v></c><c r="C3"><f>A1*2</f><v>0.30000000000000004</v></c></row>
            <row r="4">{}<c r="C4" t="e"><v>#N/A</v></c></row>
            <row r="5">{}</row><row r="6">{}{}</row></sheetData>
            <mergeCells count="1"><mergeCell ref="A5:A6"/></mergeCells>"#,
            text("A4", "u4"),
            text("A5", "u5"),
            text("B6", "2026-01-01"),
            text("D6", "more"),
        );
        let opened = open(&workbook(&sheet)).unwrap();
        assert_eq!((opened.written, opened.columns), ("XLSX", vec!["会员号".into(), "时间".into(), "金额".into()]));
        let told: Vec<(u32, String, &str)> = opened
            .rows
            .iter()
            .map(|row| (row.line, row.cells.join("|"), row.flaw.as_ref().map_or("", |(_, en)| en.as_str())))
            .collect();
        assert_eq!(
            told,
            [
                (3, "13800138000|2026-11-20 09:05:00|0.3".to_owned(), ""),
                (4, "u4||#N/A".to_owned(), "a cell shows an error of Excel"),
                (5, "u5||".to_owned(), "merged cells: unmerge them in Excel and fill each"),
                (6, "|2026-01-01|".to_owned(), "more cells than columns"),
            ]
        );
    }

    #[test]
    fn hostile_workbooks_are_refused_and_take_no_room() {
        let far = format!(
            "<sheetData><row r=\"1\">{}</row><row r=\"1048576\">{}</row></sheetData>",
            text("A1", "id"),
            text("A1048576", "7")
        );
        assert_eq!(open(&workbook(&far)).unwrap().rows[0].line, 1_048_576);
        let wide = format!("<sheetData><row r=\"1\">{}</row></sheetData>", text("XFD1", "id"));
        assert_eq!(open(&workbook(&wide)), Err(Unreadable::Columns));
        let bomb = workbook(&format!("<sheetData>{}</sheetData>", " ".repeat(8 << 20)));
        assert!(bomb.len() < 100_000);
        assert_eq!(measure(&bomb, 4 << 20), Err(Unreadable::Bomb));
        assert_eq!(open(&bomb[..bomb.len() / 2]), Err(Unreadable::Damaged));
        let merged = format!(
            "<sheetData><row r=\"1\">{}</row><row r=\"2\">{}</row></sheetData><mergeCells><mergeCell ref=\"A2:XFD1048576\"/></mergeCells>",
            text("A1", "id"),
            text("A2", "7")
        );
        assert_eq!(open(&workbook(&merged)), Err(Unreadable::Damaged));
    }

    #[test]
    fn numbers_are_what_excel_shows() {
        for (number, text) in [
            (12.3, "12.3"),
            (0.1 + 0.2, "0.3"),
            (39.9, "39.9"),
            (13_800_138_000.0, "13800138000"),
            (1234.56, "1234.56"),
            (-5.1, "-5.1"),
            (0.0, "0"),
            (1.005, "1.005"),
            (410_102_199_001_011_234.0, "4.1010219900101126E17"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }
}
