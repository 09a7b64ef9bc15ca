//! Columns of numbers as bytes: how what is large goes into a snapshot and comes out of it, without a look at each number.
//!
//! A column is how many bytes it takes (eight bytes, the lowest first), and the numbers one after the other, each the lowest
//! byte first. What mostly grows is written as steps from one number to the next, which compress to nearly nothing.

use std::marker::PhantomData;

use serde::{Serialize, de::DeserializeOwned};

/// A number of a fixed width.
pub(crate) trait Number: Copy + Default {
    /// Its width.
    const BYTES: usize;
    /// Writes it where there is room for exactly it.
    fn put(self, room: &mut [u8]);
    /// Reads it.
    fn get(bytes: &[u8]) -> Self;
    /// The step from another number to this one.
    fn step_from(self, other: Self) -> Self;
    /// What is a step away.
    fn step(self, step: Self) -> Self;
}

macro_rules! number {
    ($($number:ty),*) => {$(
        impl Number for $number {
            const BYTES: usize = size_of::<Self>();

            fn put(self, room: &mut [u8]) {
                room.copy_from_slice(&self.to_le_bytes());
            }

            fn get(bytes: &[u8]) -> Self {
                bytes.try_into().map_or(0, Self::from_le_bytes)
            }

            fn step_from(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            fn step(self, step: Self) -> Self {
                self.wrapping_add(step)
            }
        }
    )*};
}

number!(u8, u16, u32, i64);

/// Appends a column.
pub(crate) fn put<N: Number>(bytes: &mut Vec<u8>, column: impl ExactSizeIterator<Item = N>) {
    let length = column.len() * N::BYTES;
    bytes.extend((length as u64).to_le_bytes());
    let begin = bytes.len();
    bytes.resize(begin + length, 0);
    for (room, number) in bytes[begin..].chunks_exact_mut(N::BYTES).zip(column) {
        number.put(room);
    }
}

/// Appends a column as steps from 0.
pub(crate) fn put_steps<N: Number>(bytes: &mut Vec<u8>, column: impl ExactSizeIterator<Item = N>) {
    let mut before = N::default();
    put(bytes, column.map(|number| number.step_from(std::mem::replace(&mut before, number))));
}

/// Appends what is small, or has no columns.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn put_rest(bytes: &mut Vec<u8>, rest: &impl Serialize) -> Result<(), postcard::Error> {
    let written = postcard::to_allocvec(rest)?;
    bytes.extend((written.len() as u64).to_le_bytes());
    bytes.extend(written);
    Ok(())
}

/// A column that was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'a, N> {
    bytes: &'a [u8],
    number: PhantomData<N>,
}

impl<'a, N: Number> Column<'a, N> {
    /// How many numbers it has.
    pub fn len(&self) -> usize {
        self.bytes.len() / N::BYTES
    }

    /// The numbers as they were written.
    pub fn numbers(&self) -> impl ExactSizeIterator<Item = N> + use<'a, N> {
        self.bytes.chunks_exact(N::BYTES).map(N::get)
    }

    /// The numbers that were written as steps.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = N> + use<'a, N> {
        let mut at = N::default();
        self.numbers().map(move |step| {
            at = at.step(step);
            at
        })
    }
}

/// Reads columns in the order in which they were written. Nothing when the bytes end before.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (bytes, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    /// The next column. Each has to be asked for by the width it was written with.
    pub fn column<N: Number>(&mut self) -> Option<Column<'a, N>> {
        let bytes = self.bytes()?;
        bytes.len().is_multiple_of(N::BYTES).then_some(Column { bytes, number: PhantomData })
    }

    /// What [`put_rest`] wrote.
    pub fn rest<T: DeserializeOwned>(&mut self) -> Option<T> {
        postcard::from_bytes(self.bytes()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_written_is_read_and_what_was_cut_is_not(
            times in prop::collection::vec(any::<i64>(), 0..20),
            names in prop::collection::vec(any::<u32>(), 0..20),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = Vec::new();
            put_steps(&mut bytes, times.iter().copied());
            put(&mut bytes, names.iter().copied());
            put_rest(&mut bytes, &(7_u8, "rest")).unwrap();
            let read = |bytes| {
                let mut reader = Reader(bytes);
                let times: Vec<i64> = reader.column()?.steps().collect();
                let names: Vec<u32> = reader.column()?.numbers().collect();
                Some((times, names, reader.rest::<(u8, String)>()?))
            };
            prop_assert_eq!(read(&bytes), Some((times, names, (7, "rest".to_owned()))));
            prop_assert_eq!(read(&bytes[..cut.index(bytes.len())]), None);
        }
    }
}
