//! The bytes of a segment. All numbers little endian.
//!
//! ```text
//! segment  magic "SL-FACTS", version u32, base offset u64, crc32 u32 of the above; then groups
//! group    mark u32, crc32 u32, first offset u64, records u32, bytes u32 of the records; then the records
//! record   payload length u32, crc32 u32, payload
//! start    magic "SL-START", version u32, first offset u64, crc32 u32 of the above: a file of its own, once trimmed
//! ```
//!
//! A group's crc covers the segment's base and its own last 16 bytes, a record's crc its offset and its payload: a record
//! read in a wrong place is a bad record. The mark is larger than any length, so a group head and a record are told apart
//! by their first four bytes, and one may start reading at any of them. The first 24 bytes of a segment keep this layout
//! in all later versions.

use crc32fast::Hasher;
use kernel::Offset;

pub(crate) const VERSION: u32 = 1;
pub(crate) const SEGMENT_HEAD_BYTES: usize = 24;
pub(crate) const GROUP_HEAD_BYTES: usize = 24;
pub(crate) const RECORD_HEAD_BYTES: usize = 8;
/// No group, head included, has ever been larger: recovery makes this much of a log's tail durable anew.
pub(crate) const GROUP_BYTES_CEILING: usize = 16 << 20;
/// No UTF-8 text contains these bytes.
pub(crate) const GROUP_MARK: [u8; 4] = [0xff, b'S', b'L', 0xfe];

const MAGIC: &[u8; 8] = b"SL-FACTS";
const START_MAGIC: &[u8; 8] = b"SL-START";
pub(crate) const START_BYTES: usize = SEGMENT_HEAD_BYTES;

/// File name of the segment that begins at an offset: sorts like the offset.
pub(crate) fn segment_name(base: Offset) -> String {
    format!("{:020}.seg", base.0)
}

/// The offset a segment's file name says it begins at.
pub(crate) fn segment_base(name: &str) -> Option<Offset> {
    let digits = name.strip_suffix(".seg")?;
    let well_formed = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|base| well_formed && *base > 0).map(Offset)
}

/// Whether a file is meant for a segment, well named or not.
pub(crate) fn looks_like_segment(name: &str) -> bool {
    name.ends_with(".seg")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHead {
    pub version: u32,
    pub base: Offset,
}

pub(crate) fn encode_segment_head(base: Offset) -> [u8; SEGMENT_HEAD_BYTES] {
    encode_head(MAGIC, base)
}

/// What the file says that tells where a trimmed log begins.
pub(crate) fn encode_start(start: Offset) -> [u8; START_BYTES] {
    encode_head(START_MAGIC, start)
}

/// Where a trimmed log begins, unless the file is not as it was written.
pub(crate) fn decode_start(bytes: &[u8]) -> Option<Offset> {
    let start = Offset(u64_at(bytes.get(..START_BYTES)?, 12));
    (bytes == encode_start(start) && start >= Offset::FIRST).then_some(start)
}

fn encode_head(magic: &[u8; 8], base: Offset) -> [u8; SEGMENT_HEAD_BYTES] {
    let mut head = [0; SEGMENT_HEAD_BYTES];
    head[..8].copy_from_slice(magic);
    head[8..12].copy_from_slice(&VERSION.to_le_bytes());
    head[12..20].copy_from_slice(&base.0.to_le_bytes());
    let crc = crc32fast::hash(&head[..20]);
    head[20..].copy_from_slice(&crc.to_le_bytes());
    head
}

/// The head of a segment, unless it is short or bad.
pub(crate) fn decode_segment_head(bytes: &[u8]) -> Option<SegmentHead> {
    let head = bytes.first_chunk::<SEGMENT_HEAD_BYTES>()?;
    let sound = &head[..8] == MAGIC && u32_at(head, 20) == crc32fast::hash(&head[..20]);
    sound.then(|| SegmentHead { version: u32_at(head, 8), base: Offset(u64_at(head, 12)) })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupHead {
    pub first: Offset,
    pub records: u32,
    /// Of the records with their heads, without the group's head.
    pub bytes: u32,
}

pub(crate) fn encode_group_head(base: Offset, group: GroupHead) -> [u8; GROUP_HEAD_BYTES] {
    let mut head = [0; GROUP_HEAD_BYTES];
    head[..4].copy_from_slice(&GROUP_MARK);
    head[8..16].copy_from_slice(&group.first.0.to_le_bytes());
    head[16..20].copy_from_slice(&group.records.to_le_bytes());
    head[20..].copy_from_slice(&group.bytes.to_le_bytes());
    let crc = crc(base, &head[8..]);
    head[4..8].copy_from_slice(&crc.to_le_bytes());
    head
}

/// The head of a group in the segment that begins at `base`, unless it is short or bad.
pub(crate) fn decode_group_head(base: Offset, bytes: &[u8]) -> Option<GroupHead> {
    let head = bytes.first_chunk::<GROUP_HEAD_BYTES>()?;
    let sound = head[..4] == GROUP_MARK && u32_at(head, 4) == crc(base, &head[8..]);
    sound.then(|| GroupHead { first: Offset(u64_at(head, 8)), records: u32_at(head, 16), bytes: u32_at(head, 20) })
}

/// What a payload takes in a segment.
pub(crate) const fn record_bytes(payload: usize) -> usize {
    RECORD_HEAD_BYTES + payload
}

/// Appends a record to a buffer. The payload fits a group, so its length fits 32 bits.
pub(crate) fn encode_record(offset: Offset, payload: &[u8], buffer: &mut Vec<u8>) {
    buffer.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    buffer.extend_from_slice(&crc(offset, payload).to_le_bytes());
    buffer.extend_from_slice(payload);
}

/// The payload length a record's head claims, unless no record can be that long.
pub(crate) fn record_length(head: &[u8; RECORD_HEAD_BYTES]) -> Option<usize> {
    let length = u32_at(head, 0) as usize;
    (length < GROUP_BYTES_CEILING).then_some(length)
}

/// Whether a payload is the one its record's head was written for, at this offset.
pub(crate) fn record_is_sound(head: &[u8; RECORD_HEAD_BYTES], offset: Offset, payload: &[u8]) -> bool {
    u32_at(head, 4) == crc(offset, payload)
}

fn crc(offset: Offset, bytes: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(&offset.0.to_le_bytes());
    hasher.update(bytes);
    hasher.finalize()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes were sliced"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes were sliced"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn heads_survive_the_round_and_no_flipped_bit_does(base in 1u64.., first in 1u64.., records: u32, bytes: u32, bit in 0usize..192) {
            let group = GroupHead { first: Offset(first), records, bytes };
            let mut head = encode_group_head(Offset(base), group);
            prop_assert_eq!(decode_group_head(Offset(base), &head), Some(group));
            head[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(decode_group_head(Offset(base), &head), None);

            let mut head = encode_segment_head(Offset(base));
            prop_assert_eq!(decode_segment_head(&head), Some(SegmentHead { version: VERSION, base: Offset(base) }));
            head[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(decode_segment_head(&head), None);

            let mut start = encode_start(Offset(base));
            prop_assert_eq!(decode_start(&start), Some(Offset(base)));
            prop_assert_eq!(decode_start(&start[..bit / 8]), None);
            start[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(decode_start(&start), None);
        }

        #[test]
        fn a_record_is_sound_only_at_its_own_offset(offset in 1u64.., elsewhere in 1u64.., payload: Vec<u8>) {
            let mut bytes = Vec::new();
            encode_record(Offset(offset), &payload, &mut bytes);
            let (head, rest) = bytes.split_first_chunk().expect("a head");
            prop_assert_eq!(record_length(head), Some(payload.len()));
            prop_assert!(record_is_sound(head, Offset(offset), rest));
            prop_assert_eq!(record_is_sound(head, Offset(elsewhere), rest), elsewhere == offset);
        }
    }

    #[test]
    fn a_segment_is_named_after_its_first_offset() {
        assert_eq!(segment_name(Offset(42)), "00000000000000000042.seg");
        assert_eq!(segment_base("00000000000000000042.seg"), Some(Offset(42)));
        assert_eq!(segment_base(&segment_name(Offset(u64::MAX))), Some(Offset(u64::MAX)));
        for wrong in [
            "42.seg",
            "00000000000000000000.seg",
            "0000000000000000004x.seg",
            "00000000000000000042",
            "+0000000000000000042.seg",
        ] {
            assert_eq!(segment_base(wrong), None, "{wrong}");
        }
    }
}
