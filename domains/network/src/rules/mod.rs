//! Pure functions of the network: no IO, no clock, no chance of their own. Whoever needs the time hands in `as_of`.

pub mod board;
pub mod bonds;
pub mod cascade;
pub(crate) mod columns;
pub mod ego;
pub mod flags;
pub mod forecast;
pub mod fraud;
pub mod graph;
pub mod ground;
pub mod koc;
pub mod lights;
pub mod marks;
pub mod people;
pub mod picture;
pub mod reach;
pub mod record;
pub mod seeds;
pub mod shrink;
pub mod speed;
pub mod stability;
pub mod ties;
pub mod words;
