//! `searchlight demo`: 灯塔书店, a made-up brand whose campaign has just run, fed through the real doors.

mod feed;
mod keep;

use std::{
    io::{self, IsTerminal},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
};

use access::{Founding, KeyFor, NewStaff, NewUnit, Role, UnitKind};
use anyhow::Context;
use clap::Args;
use kernel::{Clock, Entropy, OsEntropy, SystemClock, UnitId};
use serde_json::json;
use simulator::{Brand, DEFAULT_SEED, Simulation};

use self::keep::Kept;
use super::{
    admin::first_keys,
    serve::{Stops, listen, say, url_of},
};
use crate::{
    config::{Format, Level},
    house::{House, Settings},
    logging,
    serving::Serving,
};

/// Characters of the password all staff of the demo share.
const PASSWORD_LENGTH: usize = 12;

/// Serve a made-up brand whose campaign has just run.
#[derive(Args)]
pub struct Demo {
    /// Where everything is kept. Started again on the same folder it goes on where it was.
    #[arg(long, default_value = "demo-data")]
    data_dir: PathBuf,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:7700")]
    listen: SocketAddr,
    /// Do not open a browser; print one JSON line with url, email, password, write_key and secret_key when ready.
    #[arg(long)]
    no_browser: bool,
}

impl Demo {
    pub async fn run(self) -> anyhow::Result<()> {
        logging::start(Level::Warn, Format::Text, None);
        let listener = listen(self.listen).await?;
        let url = url_of(&listener)?;
        let house = House::open(Settings::of_a_demo(&self.data_dir, self.listen)?).await?;
        let path = house.file("demo.json");
        let kept = match Kept::read(&path)? {
            Some(kept) => kept,
            None => {
                let kept = found(&house).await?;
                kept.write(&path)?;
                kept
            }
        };
        let rivers = house.rivers();
        let mut stops = Stops::listen()?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = tokio::spawn(Arc::new(house).serve(Serving::plain(listener), async {
            let _ = stopped.await;
        }));

        let fed = async {
            let kept = feed::feed(&url, kept, &path, &rivers).await?;
            feed::look(&url, &kept).await?;
            self.tell(&url, &kept)
        };
        // Ctrl-C while feeding stops at once; what was fed stays, and the rest follows at the next start.
        let told = tokio::select! {
            told = fed => told,
            () = stops.next() => { let _ = stop.send(()); return serving.await? }
        };
        if told.is_ok() {
            stops.next().await;
        }
        let _ = stop.send(());
        let served = serving.await?;
        told.and(served)
    }

    fn tell(&self, url: &str, kept: &Kept) -> anyhow::Result<()> {
        if self.no_browser {
            return Ok(say(&json!({
                "url": url,
                "email": kept.email,
                "password": kept.password,
                "write_key": kept.write_key,
                "secret_key": kept.secret_key,
            }))?);
        }
        let page = format!("{url}/network/{}", simulator::CAMPAIGN_ID);
        println!();
        println!("  灯塔书店已就绪 · Searchlight is ready");
        println!();
        println!("  看图 · look at      {page}");
        println!("  登录 · sign in      {}   密码 · password  {}", kept.email, kept.password);
        println!("  店长视角 · as a store manager   {}   (同一密码 · same password)", kept.manager_email);
        println!("  API 密钥 · keys     write {}   secret {}", kept.write_key, kept.secret_key);
        println!();
        println!("  Ctrl-C 停止，再次启动会继续 · stops it; started again it goes on");
        if io::stdout().is_terminal() {
            // Where there is no desktop the address above is enough.
            let _ = std::process::Command::new("xdg-open")
                .arg(&page)
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn();
        }
        Ok(())
    }
}

/// Founds the brand. The campaign ends at the last full hour, for ever: a later start does not move it.
async fn found(house: &House) -> anyhow::Result<Kept> {
    let until = SystemClock.now().floor_hour();
    let brand = Simulation::scaled(DEFAULT_SEED, until, 100).brand;
    let password = kernel::token(&OsEntropy as &dyn Entropy, PASSWORD_LENGTH);
    let founded = house.access.found(founding(&brand, &password)?).await?;
    house.start_river(founded.workspace).await?;
    let key = |kind| {
        let found = founded.keys.iter().find(|key| key.kind == kind);
        found.map(|key| key.key.clone()).context("a brand is founded with both kinds of key")
    };
    let email = |role| {
        let found = brand.staff.iter().find(|staff| staff.role == role);
        found.map(|staff| staff.email.clone()).context("the brand has staff of every role")
    };
    Ok(Kept {
        workspace: founded.workspace,
        until,
        seeded: false,
        email: email(simulator::Role::Owner)?,
        manager_email: email(simulator::Role::StoreManager)?,
        password,
        write_key: key(KeyFor::Write)?,
        secret_key: key(KeyFor::Secret)?,
    })
}

fn founding(brand: &Brand, password: &str) -> anyhow::Result<Founding> {
    let units = brand.units.iter().map(|unit| {
        Ok(NewUnit {
            id: Some(unit.id.clone()),
            parent: unit.parent.clone(),
            kind: match unit.kind {
                simulator::UnitKind::Group => UnitKind::Group,
                simulator::UnitKind::City => UnitKind::City,
                simulator::UnitKind::Store => UnitKind::Store,
            },
            name: unit.name.as_str().try_into()?,
        })
    });
    let staff = brand.staff.iter().map(|staff| {
        Ok(NewStaff {
            id: Some(staff.id.clone()),
            name: staff.name.try_into()?,
            email: staff.email.as_str().try_into()?,
            password: password.to_owned().try_into()?,
            role: match staff.role {
                simulator::Role::Owner => Role::Owner.into(),
                simulator::Role::Operator => Role::Operator.into(),
                simulator::Role::CityManager => Role::CityManager.into(),
                simulator::Role::StoreManager => Role::StoreManager.into(),
            },
            unit: Some(staff.unit.clone()) as Option<UnitId>,
        })
    });
    Ok(Founding {
        name: brand.name.try_into()?,
        units: units.collect::<anyhow::Result<_>>()?,
        staff: staff.collect::<anyhow::Result<_>>()?,
        keys: first_keys()?,
    })
}
