//! Pure functions of the network: no IO, no clock, no chance of their own. Whoever needs the time hands in `as_of`.

pub mod cascade;
pub mod graph;
pub mod koc;
pub mod people;
pub mod picture;
pub mod reach;
pub mod record;
pub mod seeds;
pub mod ties;
pub mod words;
