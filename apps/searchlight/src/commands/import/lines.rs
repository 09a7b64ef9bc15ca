//! Lines of a file: packed or not, of bounded length, with their numbers.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Context;
use capture::rules::table::{Line, LineSource};
use flate2::bufread::MultiGzDecoder;

/// Longest line that is read; a fact has at most 32 KiB.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// What is kept of a longer line, to show which it is.
const SHOWN_BYTES: usize = 1000;

const BUFFER_BYTES: usize = 256 << 10;
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Lines, one after the other.
pub struct Lines {
    reader: Box<dyn BufRead + Send>,
    number: u64,
}

impl Lines {
    /// Opens a file, or standard input for `-`; gzip and zstd are known by their first bytes. `read` counts the bytes of
    /// the file as they are read, unpacked or not.
    pub fn open(path: &Path, read: Arc<AtomicU64>) -> anyhow::Result<Self> {
        let raw: Box<dyn Read + Send> = if path == Path::new("-") {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?)
        };
        Self::of(Counted { inner: raw, read }).with_context(|| format!("{} cannot be read", path.display()))
    }

    fn of(raw: impl Read + Send + 'static) -> io::Result<Self> {
        let mut raw = BufReader::with_capacity(BUFFER_BYTES, raw);
        // A pipe may hand over its first bytes one by one.
        let mut head = Vec::new();
        raw.by_ref().take(ZSTD.len() as u64).read_to_end(&mut head)?;
        let (gzip, zstd) = (head.starts_with(GZIP), head.starts_with(ZSTD));
        let whole = io::Cursor::new(head).chain(raw);
        let mut reader: Box<dyn BufRead + Send> = if gzip {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(whole)))
        } else if zstd {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, zstd::Decoder::with_buffer(whole)?))
        } else {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, whole))
        };
        if reader.fill_buf()?.starts_with(BOM) {
            reader.consume(BOM.len());
        }
        Ok(Self { reader, number: 0 })
    }

    /// Passes over what is left of a line.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let (length, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), false),
            };
            self.reader.consume(length);
            if ended {
                return Ok(());
            }
        }
    }
}

impl LineSource for Lines {
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        self.reader.by_ref().take(LINE_BYTES_MAX as u64 + 2).read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let whole = bytes.ends_with(b"\n");
        if whole {
            bytes.pop();
        }
        let too_long = bytes.len() > LINE_BYTES_MAX;
        if too_long {
            if !whole {
                self.skip_line()?;
            }
            bytes.truncate(SHOWN_BYTES);
        } else if bytes.ends_with(b"\r") {
            bytes.pop();
        }
        Ok(Some(Line { number: self.number, bytes, too_long }))
    }
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn lines(bytes: &[u8]) -> Vec<String> {
        let mut lines = Lines::of(io::Cursor::new(bytes.to_vec())).unwrap();
        std::iter::from_fn(|| lines.next_line().unwrap())
            .map(|line| format!("{} {}", line.number, String::from_utf8_lossy(&line.bytes)))
            .collect()
    }

    #[test]
    fn lines_are_the_same_however_they_are_packed_and_ended() {
        let expected = ["1 a", "2 ", "3 灯塔", "4 d"];
        let plain = "\u{feff}a\r\n\r\n灯塔\nd";
        assert_eq!(lines(plain.as_bytes()), expected);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(plain.as_bytes()).unwrap();
        assert_eq!(lines(&gzip.finish().unwrap()), expected);
        assert_eq!(lines(&zstd::encode_all(plain.as_bytes(), 1).unwrap()), expected);
        assert_eq!(lines(b""), [""; 0]);
        assert_eq!(lines(b"\n"), ["1 "]);
    }

    #[test]
    fn packed_pieces_one_behind_the_other_are_one_file() {
        let piece = |text: &str| {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(text.as_bytes()).unwrap();
            gzip.finish().unwrap()
        };
        assert_eq!(lines(&[piece("a\nb"), piece("c\n")].concat()), ["1 a", "2 bc"]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_counted() {
        for (length, too_long) in [(LINE_BYTES_MAX, false), (LINE_BYTES_MAX + 1, true), (3 * LINE_BYTES_MAX, true)] {
            let text = format!("{}\nnext", "x".repeat(length));
            let mut lines = Lines::of(io::Cursor::new(text.into_bytes())).unwrap();
            let line = lines.next_line().unwrap().unwrap();
            assert_eq!((line.too_long, line.bytes.len()), (too_long, if too_long { SHOWN_BYTES } else { length }));
            assert_eq!(lines.next_line().unwrap().unwrap().bytes, b"next");
            assert_eq!(lines.next_line().unwrap(), None);
        }
    }

    #[test]
    fn a_packed_file_that_breaks_off_is_an_error_behind_its_whole_lines() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        for number in 0..100_000 {
            writeln!(gzip, "line {number}").unwrap();
        }
        let mut packed = gzip.finish().unwrap();
        packed.truncate(packed.len() / 2);
        let mut lines = Lines::of(io::Cursor::new(packed)).unwrap();
        let mut read = 0;
        let error = loop {
            match lines.next_line() {
                Ok(line) => read = line.unwrap().number,
                Err(error) => break error,
            }
        };
        assert!(read > 10_000, "{read}");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
