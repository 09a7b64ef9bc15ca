//! Tables that people bring, whoever reads them: the command line from a file, the console from an upload.

mod rows;
mod values;

pub use rows::{Line, LineSource, Rows, cells};
pub use values::{Reading, minor, stable_id, time, value};
