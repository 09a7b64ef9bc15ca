//! The whole program, started as its users start it and asked over HTTP.

mod authorisation;
mod cascades;
mod cases;
mod clients;
mod coverage;
mod customers;
mod demo;
mod forms;
mod full_disk;
mod import;
mod imports;
mod isolation;
mod people;
mod picture;
mod privacy;
mod problems;
mod reach;
mod reminders;
mod restart;
mod scope;
mod segments;
mod server;
mod stories;
mod town;
mod upgrade;
mod who;
