//! What the person who runs Searchlight meets: the real binary, its settings, its words when something is wrong, its lines,
//! its traces, its measurements, and how it stops.

mod doctor;
mod lines;
mod program;
mod refusals;
mod stopping;
mod tls;
mod traces;
mod watching;
