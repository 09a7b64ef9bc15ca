//! Servers are killed at hundreds of seeded points: while clients hand in facts and commands, while lake files are written
//! and compacted, while the log is trimmed and snapshots are taken, right after a start, and while a backup is taken. After every
//! restart each acknowledged fact is there exactly once, nothing is there twice, and every acknowledged command stands; what
//! lies on the disk is what was told; and what a finished backup was restored to has all that was acknowledged before.
//!
//! The servers run with bounds so small that all parts of the storage are at work all the time. Several houses are killed side
//! by side. `SEARCHLIGHT_KILLS` sets the number of points of each, `SEARCHLIGHT_SEED` the seed.

mod backups;
mod clients;
mod disk;
mod program;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::{
    backups::Backups,
    clients::{Client, Promised, Town},
    program::{Server, create_brand},
};

/// Houses that are killed side by side.
const HOUSES: u64 = 3;
/// How many clients hand in facts at once.
const CLIENTS: usize = 3;
/// What lies on the disk is read through by the test itself every so many kills.
const INSPECT_EVERY: u64 = 20;
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// One house that is killed again and again.
struct House {
    folder: TempDir,
    key: String,
    rng: ChaCha8Rng,
    promised: Promised,
    /// Every fact that was told: its id, and where it stands.
    told: BTreeMap<String, u64>,
    after: u64,
    backups: Backups,
}

/// What a life of a server is like.
enum Life {
    /// Killed while it restores, compacts and trims, before anybody asks for anything.
    Early,
    /// Killed while clients hand in.
    Busy,
    /// Killed while clients hand in and a backup is taken, which may be killed first.
    BackedUp,
}

impl House {
    async fn found(seed: u64) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let key = create_brand(folder.path()).await?;
        let (promised, told, backups) = Default::default();
        let mut house = Self { folder, key, rng: ChaCha8Rng::seed_from_u64(seed), promised, told, after: 0, backups };
        let server = house.serve().await?;
        let campaign = json!({"id": "spring", "name": "春"});
        server.client(&house.key).post("/api/v1/campaigns", &campaign).await?;
        house.promised.campaigns.insert("spring".into());
        server.kill().await?;
        Ok(house)
    }

    async fn serve(&self) -> anyhow::Result<Server> {
        Server::start(self.folder.path()).await
    }

    async fn live(&mut self, kill: u64) -> anyhow::Result<()> {
        let server = self.serve().await?;
        let life = match self.rng.random_range(0..100) {
            0..12 => Life::Early,
            12..28 => Life::BackedUp,
            _ => Life::Busy,
        };
        if matches!(life, Life::Early) {
            // Wherever it is by then.
            tokio::time::sleep(Duration::from_micros(self.rng.random_range(0..40_000))).await;
            return server.kill().await;
        }
        self.check(&server.client(&self.key)).await?;
        let town = Arc::new(Town::default());
        let clients = self.send_clients(&server, &town, kill);
        match life {
            Life::BackedUp => self.back_up(&server, &town).await?,
            _ => self.wait_for_a_point(&town).await?,
        }
        server.kill().await?;
        for client in clients {
            client.await?;
        }
        self.promised.add(town.promised());
        self.backups.finish(&self.key, false).await
    }

    fn send_clients(&mut self, server: &Server, town: &Arc<Town>, kill: u64) -> Vec<JoinHandle<()>> {
        let clients = (0..CLIENTS).map(|number| {
            let client =
                Client { api: server.client(&self.key), town: Arc::clone(town), name: format!("{kill}-{number}") };
            tokio::spawn(client.hand_in(self.rng.random()))
        });
        clients.collect()
    }

    async fn wait_for_a_point(&mut self, town: &Town) -> anyhow::Result<()> {
        let point = self.rng.random_range(1..25);
        tokio::time::timeout(PATIENCE, town.answered(point)).await.context("the clients were not answered")?;
        // A few more turns of the scheduler, so that the point lies anywhere between two answers.
        for _ in 0..self.rng.random_range(0..2000) {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn back_up(&mut self, server: &Server, town: &Town) -> anyhow::Result<()> {
        tokio::time::timeout(PATIENCE, town.answered(1)).await.context("the clients were not answered")?;
        let mut before = self.promised.clone();
        before.add(town.promised());
        self.backups.begin(self.folder.path(), before)?;
        match self.rng.random_range(0..3) {
            0 => tokio::time::timeout(PATIENCE, self.backups.finish(&self.key, true)).await?,
            1 => {
                self.wait_for_a_point(town).await?;
                self.backups.kill().await?;
                ensure!(server.answers().await, "a server outlives a backup that is killed");
                Ok(())
            }
            // The server is killed next, and the backup has nobody who takes it.
            _ => self.wait_for_a_point(town).await,
        }
    }

    /// Everything that was promised is told once.
    async fn check(&mut self, api: &program::Api) -> anyhow::Result<()> {
        api.wait_ready().await?;
        for (offset, id) in api.facts(&mut self.after).await? {
            ensure!(self.told.insert(id.clone(), offset).is_none(), "{id} is there twice");
        }
        self.promised.are_in(|id| self.told.contains_key(id))?;
        let campaigns = api.campaigns().await?;
        for id in &self.promised.campaigns {
            ensure!(campaigns.contains(id), "campaign {id} was acknowledged and is lost");
        }
        Ok(())
    }

    async fn live_and_die(mut self, kills: u64) -> anyhow::Result<Self> {
        for kill in 0..kills {
            self.live(kill).await.with_context(|| format!("life {kill}"))?;
            if kill % INSPECT_EVERY == INSPECT_EVERY - 1 {
                disk::inspect(self.folder.path(), &self.told).await.with_context(|| format!("after kill {kill}"))?;
            }
        }
        let server = self.serve().await?;
        self.check(&server.client(&self.key)).await?;
        // Once more from the beginning: by now most of it comes from the lake.
        let mut again = BTreeMap::new();
        for (offset, id) in server.client(&self.key).facts(&mut 0).await? {
            ensure!(again.insert(id.clone(), offset).is_none(), "{id} is there twice");
        }
        ensure!(again == self.told, "what is told has changed");
        server.kill().await?;
        disk::inspect(self.folder.path(), &self.told).await?;
        Ok(self)
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_fact_survives_hundreds_of_kills_exactly_once() -> anyhow::Result<()> {
    let (kills, seed) = (number("SEARCHLIGHT_KILLS", 100), number("SEARCHLIGHT_SEED", 66));
    let houses: Vec<_> = (0..HOUSES)
        .map(|house| tokio::spawn(async move { House::found(seed + house).await?.live_and_die(kills).await }))
        .collect();
    let mut restored = 0;
    for (number, house) in houses.into_iter().enumerate() {
        let house = house.await?.with_context(|| format!("seed {seed}, house {number}"))?;
        let start = disk::log_start(house.folder.path())?;
        println!(
            "house {number}: {kills} kills, {} facts promised, {} there, the log begins at {start}, backups: {}",
            house.promised.facts.len(),
            house.told.len(),
            house.backups
        );
        ensure!(house.promised.facts.len() as u64 > kills, "the clients got something done");
        ensure!(kills < 50 || start > 1, "the log was trimmed");
        restored += house.backups.restored;
    }
    ensure!(kills < 50 || restored > 0, "backups were restored");
    Ok(())
}
