//! Lists as CSV that opens rightly in Excel and cannot make it run anything.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a list is wanted: `?format=csv`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// The API's own form.
    #[default]
    Json,
    /// A table to download.
    Csv,
}

/// One field of a line. Text is guarded, numbers are not: a negative number must stay one.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text from anywhere, also from customers.
    Text(String),
    /// A number, or nothing, written as it is.
    Plain(String),
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                Self::Plain(value.to_string())
            }
        }
    )*};
}
plain!(i32, i64, u16, u32, u64, usize, f32, f64, bool, kernel::Timestamp);

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(|| Self::Plain(String::new()), Into::into)
    }
}

/// A table on its way to the client as a download.
#[derive(Debug)]
pub struct Csv {
    name: &'static str,
    writer: ::csv::Writer<Vec<u8>>,
}

impl Csv {
    /// A table with these columns, to be saved as `<name>.csv`.
    #[must_use]
    pub fn new(name: &'static str, columns: &[&str]) -> Self {
        // Without the mark Excel takes UTF-8 for the machine's old code page.
        let writer = ::csv::WriterBuilder::new().flexible(true).from_writer("\u{feff}".as_bytes().to_vec());
        let mut table = Self { name, writer };
        table.write(columns.iter().map(|column| (*column).to_owned()));
        table
    }

    /// Adds a line.
    pub fn line<const N: usize>(&mut self, cells: [Cell; N]) {
        self.cells(cells);
    }

    /// Adds a line of a table whose columns are not known beforehand.
    pub fn cells(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.write(cells.into_iter().map(|cell| match cell {
            Cell::Text(text) => guarded(text),
            Cell::Plain(text) => text,
        }));
    }

    fn write(&mut self, fields: impl Iterator<Item = String>) {
        // Memory takes everything, and the lines may have any length.
        self.writer.write_record(fields).expect("writing to memory");
    }
}

/// A spreadsheet takes text that begins like a formula for one and runs it; a leading quote keeps it text.
fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        let body = self.writer.into_inner().expect("writing to memory");
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        let disposition = HeaderValue::try_from(format!("attachment; filename=\"{}.csv\"", self.name));
        headers.insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn a_formula_stays_text_and_a_number_a_number() {
        let mut csv = Csv::new("kocs", &["name", "reach", "score"]);
        csv.line(["=HYPERLINK(\"x\")".into(), 12_u32.into(), (-1.5).into()]);
        csv.line(["李雷, 北京".into(), None::<u32>.into(), Some(3_u32).into()]);
        csv.line(["@me".into(), "+86".into(), "-".into()]);
        let response = csv.into_response();
        assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"kocs.csv\"");
        let body = to_bytes(response.into_body(), 4096).await.unwrap();
        let expected =
            "\u{feff}name,reach,score\n\"'=HYPERLINK(\"\"x\"\")\",12,-1.5\n\"李雷, 北京\",,3\n'@me,'+86,'-\n";
        assert_eq!(std::str::from_utf8(&body).unwrap(), expected);
    }
}
