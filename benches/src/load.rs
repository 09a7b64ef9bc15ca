//! Made-up facts of a known size, cheap to write: the client shares the machine with the server.

use std::io::Write;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Bytes of a fact's JSON.
pub const FACT_BYTES: usize = 500;
/// The campaign the hops belong to.
pub const CAMPAIGN: &str = "spring";
/// People at the beginning; their number grows by one with every tenth fact.
const PEOPLE_FIRST: u64 = 20_000;

/// Facts of one client, one after the other: six in ten are pages seen, two are hops, one lets us know somebody, one is an
/// order. One in ten is by somebody never seen before.
pub struct Load {
    chance: ChaCha8Rng,
    client: u64,
    clients: u64,
    sent: u64,
}

impl Load {
    /// The facts of client number `client` of `clients`; other seeds give other facts.
    pub fn new(seed: u64, client: u64, clients: u64) -> Self {
        Self { chance: ChaCha8Rng::seed_from_u64(seed ^ (client << 32)), client, clients, sent: 0 }
    }

    /// Writes the next facts as the items of a JSON array.
    pub fn batch(&mut self, facts: usize, body: &mut Vec<u8>) {
        body.clear();
        body.push(b'[');
        for index in 0..facts {
            if index > 0 {
                body.push(b',');
            }
            self.fact(body);
        }
        body.push(b']');
    }

    /// Writes the next fact, of [`FACT_BYTES`].
    pub fn fact(&mut self, body: &mut Vec<u8>) {
        let start = body.len();
        let (client, number) = (self.client, self.sent);
        self.sent += 1;
        let newcomer = number.is_multiple_of(10);
        let known = PEOPLE_FIRST + number / 10;
        let who = if newcomer { known } else { self.chance.random_range(0..known) } * self.clients + client;
        // Squaring favours the few: hubs.
        let skew: f64 = self.chance.random::<f64>().powi(2);
        let sharer = ((known as f64 * skew) as u64) * self.clients + client;
        let at = format_args!("2026-11-20T{:02}:{:02}:{:02}Z", number / 3600 % 24, number / 60 % 60, number % 60);
        let written = match number % 10 {
            0..6 => write!(
                body,
                r#"{{"event":"Page Seen","anonymous_id":"h5-{who:010}","message_id":"b-{client}-{number}","timestamp":"{at}","context":{{"library":{{"name":"h5","version":"1.4.2"}},"page":{{"path":"/spring/detail","referrer":"https://mp.example.cn/s/9f2c"}}}},"properties":{{"campaign":"{CAMPAIGN}","sku":"B{number:08}","price_minor":5990,"note":""#
            ),
            6..8 => write!(
                body,
                r#"{{"event":"Spread Opened","anonymous_id":"h5-{who:010}","message_id":"b-{client}-{number}","timestamp":"{at}","context":{{"library":{{"name":"h5","version":"1.4.2"}}}},"properties":{{"campaign":"{CAMPAIGN}","sharer_anonymous_id":"h5-{sharer:010}","note":""#
            ),
            8 => write!(
                body,
                r#"{{"type":"identify","user_id":"u-{who:010}","anonymous_id":"h5-{who:010}","message_id":"b-{client}-{number}","timestamp":"{at}","traits":{{"name":"林晓","phone":"17000001234","city":"杭州","note":""#
            ),
            _ => write!(
                body,
                r#"{{"event":"Order Paid","user_id":"u-{who:010}","message_id":"b-{client}-{number}","timestamp":"{at}","properties":{{"order_id":"o-{client}-{number}","amount_minor":5990,"currency":"CNY","campaign":"{CAMPAIGN}","note":""#
            ),
        };
        written.expect("memory takes what is written");
        let end = br#""}}"#;
        body.resize((start + FACT_BYTES).max(body.len() + end.len()) - end.len(), b'x');
        body.extend_from_slice(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_have_their_size_and_are_json() {
        let mut body = Vec::new();
        let mut load = Load::new(1, 3, 16);
        for _ in 0..40 {
            body.clear();
            load.fact(&mut body);
            assert_eq!(body.len(), FACT_BYTES, "{}", String::from_utf8_lossy(&body));
            assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
        }
    }
}
