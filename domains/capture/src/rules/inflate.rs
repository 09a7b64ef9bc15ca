//! Compressed bodies, never larger than a door takes.

use std::io::Read;

use flate2::read::MultiGzDecoder;

/// Why a body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inflate {
    /// It is larger than the door takes.
    TooLarge,
    /// It is cut off, or no gzip at all.
    Broken,
}

/// The body behind gzip, of `bytes_max` bytes at most: what inflates beyond it is not inflated any further.
///
/// # Errors
/// [`Inflate`].
pub fn inflate(body: &[u8], bytes_max: usize) -> Result<Vec<u8>, Inflate> {
    let mut inflated = Vec::with_capacity(bytes_max.min(body.len().saturating_mul(4)));
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(body).take(limit).read_to_end(&mut inflated).map_err(|_| Inflate::Broken)?;
    if inflated.len() > bytes_max { Err(Inflate::TooLarge) } else { Ok(inflated) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_not_inflated_beyond_what_a_door_takes() {
        let bomb = gzip(&vec![b' '; 64 << 20]);
        assert!(bomb.len() < 512 << 10);
        assert_eq!(inflate(&bomb, 1 << 20), Err(Inflate::TooLarge));
    }

    proptest! {
        #[test]
        fn what_was_compressed_comes_back_and_what_is_cut_off_is_broken(
            bytes in prop::collection::vec(any::<u8>(), 0..2_000),
            cut in any::<prop::sample::Index>(),
        ) {
            let packed = gzip(&bytes);
            prop_assert_eq!(inflate(&packed, bytes.len()), Ok(bytes.clone()));
            prop_assert_eq!(inflate(&packed[..1 + cut.index(packed.len() - 1)], bytes.len()), Err(Inflate::Broken));
            if !bytes.is_empty() {
                prop_assert_eq!(inflate(&packed, bytes.len() - 1), Err(Inflate::TooLarge));
            }
        }

        #[test]
        fn no_bytes_make_it_stumble(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = inflate(&bytes, 1_000);
            let with_head = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], &*bytes].concat();
            let _ = inflate(&with_head, 1_000);
        }
    }
}
