//! Chance as a parameter: secrets come from the machine in production and from a seed in tests and simulations.

use std::sync::{Mutex, PoisonError};

use rand::{Rng, SeedableRng, TryRng, rngs::SysRng};
use rand_chacha::ChaCha20Rng;

/// A source of unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator: the one place that asks it.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        // Without randomness no secret may be made: stopping is the only safe answer.
        SysRng.try_fill_bytes(buffer).expect("the operating system gives random bytes");
    }
}

/// The same bytes for the same seed: for tests and simulations, never for secrets that guard real data.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<ChaCha20Rng>);

impl SeededEntropy {
    /// A source that repeats itself for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer);
    }
}

/// Letters and digits without those that people confuse (0 O, 1 l I).
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";

/// A random token of `length` characters, 5 bits each.
#[must_use]
pub fn token(entropy: &dyn Entropy, length: usize) -> String {
    let mut bytes = vec![0; length];
    entropy.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

/// Scatters a number, one to one: the finaliser of SplitMix64.
#[must_use]
pub const fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself_and_the_machine_does_not() {
        assert_eq!(token(&SeededEntropy::new(7), 24), token(&SeededEntropy::new(7), 24));
        assert_ne!(token(&SeededEntropy::new(7), 24), token(&SeededEntropy::new(8), 24));
        assert_ne!(token(&OsEntropy, 24), token(&OsEntropy, 24));
    }
}
