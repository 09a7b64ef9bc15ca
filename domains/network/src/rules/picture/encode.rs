//! The wire form of the picture ("SLP2"): columns of small integers, little endian.
//!
//! ```text
//!  0  4 bytes  "SLP2"
//!  4  u32      n        people, breadth first
//!  8  u32      roots    the first `roots` of them are roots
//! 12  f32      scale    world units a step: x = (ux - 32768) * scale, y alike
//! 16  i64      t0       first joining time, microseconds since 1970
//! 24  i64      span     last minus first, microseconds; time = t0 + ut * span / 65535
//! 32  u64      offset   state of the log the picture shows
//! 40  x, y, ut          n × u16 each
//!     fan               ceil(n / 8) bytes, bit i % 8 of byte i / 8
//!     kids              n × LEB128
//!     person            n × LEB128 of zigzag(handle - handle before), the first against 0
//!     out               LEB128 of how many do not count, then for each LEB128 of place - place before, the first against 0
//! ```

use super::Picture;

/// The first four bytes.
const MAGIC: &[u8; 4] = b"SLP2";
/// Steps of the centre from the lower edge.
const MIDDLE: f32 = 32_768.0;

impl Picture {
    /// The picture as bytes. `offset` says which state of the log it shows.
    #[must_use]
    pub fn encode(&self, offset: u64) -> Vec<u8> {
        let n = self.order.len();
        let reach = self.x.iter().chain(&self.y).fold(0.0_f32, |reach, v| reach.max(v.abs()));
        let scale = if reach > 0.0 { reach / (MIDDLE - 1.0) } else { 1.0 };
        let t0 = self.joined_at.iter().copied().min().unwrap_or(0);
        let span = self.joined_at.iter().copied().max().unwrap_or(0).saturating_sub(t0);

        let mut bytes = Vec::with_capacity(48 + n * 10);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(&u32::try_from(self.roots).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(&scale.to_le_bytes());
        bytes.extend_from_slice(&t0.to_le_bytes());
        bytes.extend_from_slice(&span.to_le_bytes());
        bytes.extend_from_slice(&offset.to_le_bytes());
        for column in [&self.x, &self.y] {
            for v in column {
                let step = (v / scale).round() + MIDDLE;
                bytes.extend_from_slice(&(step as u16).to_le_bytes());
            }
        }
        for &at in &self.joined_at {
            bytes.extend_from_slice(&time_step(at, t0, span).to_le_bytes());
        }
        for eight in self.fan.chunks(8) {
            bytes.push(eight.iter().enumerate().fold(0, |byte, (i, &fan)| byte | (u8::from(fan) << i)));
        }
        for &kids in &self.kids {
            varint(&mut bytes, u64::from(kids));
        }
        let mut before = 0_i64;
        for &handle in &self.handle {
            let step = i64::from(handle) - before;
            before = i64::from(handle);
            varint(&mut bytes, ((step << 1) ^ (step >> 63)).cast_unsigned());
        }
        varint(&mut bytes, self.out.iter().filter(|out| **out).count() as u64);
        let mut before = 0;
        for (place, _) in self.out.iter().enumerate().filter(|(_, out)| **out) {
            varint(&mut bytes, (place - before) as u64);
            before = place;
        }
        bytes
    }
}

/// A joining time as one of 65,536 steps of the span, rounded to the nearest.
fn time_step(at: i64, t0: i64, span: i64) -> u16 {
    if span <= 0 {
        return 0;
    }
    let since = i128::from(at.saturating_sub(t0));
    let step = (since * 65_535 + i128::from(span) / 2) / i128::from(span);
    u16::try_from(step).unwrap_or(u16::MAX)
}

fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}
