//! QR codes as pictures.

use std::{fmt::Write as _, io::Write as _};

use flate2::{Compression, write::ZlibEncoder};
use qrcode::{Color, EcLevel, QrCode, types::QrError};

/// White modules around a code, which scanners need.
const QUIET: usize = 4;

/// A code as a square of modules, its quiet zone included.
#[derive(Clone, Debug)]
pub(crate) struct Qr {
    side: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// The code of a text. A quarter of it may be covered or torn.
    pub(crate) fn of(text: &str) -> Result<Self, QrError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::Q)?;
        let (inner, colours) = (code.width(), code.to_colors());
        let side = inner + 2 * QUIET;
        let mut dark = vec![false; side * side];
        for (place, colour) in colours.into_iter().enumerate() {
            dark[(place / inner + QUIET) * side + place % inner + QUIET] = colour == Color::Dark;
        }
        Ok(Self { side, dark })
    }

    /// The dark modules as the `d` of an SVG path in units of modules: a stroke for each run in a row.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for (y, row) in self.dark.chunks(self.side).enumerate() {
            let mut x = 0;
            while x < self.side {
                let run = row[x..].iter().take_while(|dark| **dark).count();
                if run > 0 {
                    // Memory takes everything.
                    let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
                }
                x += run.max(1);
            }
        }
        path
    }

    /// The code as an SVG document.
    pub(crate) fn svg(&self) -> String {
        let (side, path) = (self.side, self.path());
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path d=\"{path}\"/></svg>"
        )
    }

    /// The code as a PNG of at least so many pixels a side, black and white.
    pub(crate) fn png(&self, pixels: usize) -> Vec<u8> {
        let scale = pixels.div_ceil(self.side).max(1);
        let pixels = self.side * scale;
        let mut lines = Vec::with_capacity((pixels / 8 + 2) * pixels);
        for row in self.dark.chunks(self.side) {
            let mut line = vec![0_u8; 1 + pixels.div_ceil(8)];
            for x in (0..pixels).filter(|x| !row[x / scale]) {
                line[1 + x / 8] |= 0x80 >> (x % 8);
            }
            (0..scale).for_each(|_| lines.extend_from_slice(&line));
        }
        png(pixels as u32, &lines)
    }
}

/// A PNG of one bit a pixel out of its filtered lines.
fn png(pixels: u32, lines: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    // Memory takes everything.
    let _ = packed.write_all(lines);
    let packed = packed.finish().unwrap_or_default();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], body: &[u8]| {
        file.extend((body.len() as u32).to_be_bytes());
        let begin = file.len();
        file.extend(kind);
        file.extend(body);
        let sum = crc32fast::hash(&file[begin..]);
        file.extend(sum.to_be_bytes());
    };
    let side = pixels.to_be_bytes();
    // One bit, greyscale, deflate, the usual filters, not interlaced.
    chunk(b"IHDR", &[&side[..], &side[..], &[1, 0, 0, 0, 0]].concat());
    chunk(b"IDAT", &packed);
    chunk(b"IEND", &[]);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_corners_and_white_around_it() {
        let qr = Qr::of("https://brand.example/s/k7m2p9qw").unwrap();
        let at = |x: usize, y: usize| qr.dark[y * qr.side + x];
        assert!((0..qr.side).all(|n| !at(n, QUIET - 1) && !at(QUIET - 1, n)));
        let far = qr.side - QUIET - 1;
        assert!(at(QUIET, QUIET) && at(far, QUIET) && at(QUIET, far), "three finders");
        assert_eq!(qr.path().matches('M').count(), qr.dark.chunks(qr.side).map(runs).sum::<usize>());
    }

    fn runs(row: &[bool]) -> usize {
        row.chunk_by(|a, b| a == b).filter(|run| run[0]).count()
    }

    #[test]
    fn a_png_has_a_head_a_body_and_right_sums() {
        let png = Qr::of("https://brand.example/s/k7m2p9qw").unwrap().png(600);
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        let (mut at, mut kinds) = (8, Vec::new());
        while at < png.len() {
            let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
            let sum = u32::from_be_bytes(png[at + 8 + length..at + 12 + length].try_into().unwrap());
            assert_eq!(crc32fast::hash(&png[at + 4..at + 8 + length]), sum);
            kinds.push(String::from_utf8_lossy(&png[at + 4..at + 8]).into_owned());
            at += 12 + length;
        }
        assert_eq!(kinds, ["IHDR", "IDAT", "IEND"]);
        let side = u32::from_be_bytes(png[16..20].try_into().unwrap());
        assert!((600..700).contains(&side));
    }
}
