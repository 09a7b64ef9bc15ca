//! `searchlight admin …`: looking after a data folder.

use access::{Founding, KeyFor, NewKey, NewStaff, Role};
use anyhow::Context;
use clap::Subcommand;
use kernel::OsEntropy;
use serde_json::json;

use super::{backup, serve::say};
use crate::{
    config::{Choice, Format, Level},
    house::{House, Settings},
    logging,
};

/// Characters of a password we make: 80 bits.
const PASSWORD_LENGTH: usize = 16;

/// Look after a data folder.
#[derive(Subcommand)]
pub enum Admin {
    /// Make a brand with its owner and its keys, and print them once.
    CreateBrand {
        #[command(flatten)]
        choice: Choice,
        /// The brand's name.
        #[arg(long)]
        brand: String,
        /// The owner's e-mail address.
        #[arg(long)]
        email: String,
        /// The owner's name.
        #[arg(long, default_value = "Owner")]
        name: String,
    },
    /// Make a new password for somebody who lost theirs, and print it once. They choose another when they sign in.
    ResetPassword {
        #[command(flatten)]
        choice: Choice,
        /// Their e-mail address.
        #[arg(long)]
        email: String,
    },
    /// Take a backup into a new folder, whether a server runs on the data folder or not.
    Backup(backup::Backup),
    /// Make a new data folder from a backup, and check all of it.
    Restore(backup::Restore),
}

impl Admin {
    pub async fn run(self) -> anyhow::Result<()> {
        logging::start(Level::Warn, Format::Text, None);
        match self {
            Self::Backup(backup) => backup.run().await,
            Self::Restore(restore) => restore.run().await,
            Self::CreateBrand { choice, brand, email, name } => {
                let house = House::open(Settings::of(&choice.load()?)?).await?;
                create_brand(&house, &brand, &email, &name).await
            }
            Self::ResetPassword { choice, email } => {
                let house = House::open(Settings::of(&choice.load()?)?).await?;
                let made = house.access.reset_password(&email).await;
                let password = made.with_context(|| format!("the password of {email} cannot be reset"))?;
                Ok(say(&json!({"email": email, "password": password}))?)
            }
        }
    }
}

async fn create_brand(house: &House, brand: &str, email: &str, name: &str) -> anyhow::Result<()> {
    let password = kernel::token(&OsEntropy, PASSWORD_LENGTH);
    let owner = NewStaff {
        id: None,
        name: name.try_into().context("--name")?,
        email: email.try_into().context("--email")?,
        password: password.clone().try_into()?,
        role: Role::Owner.into(),
        unit: None,
    };
    let founding = Founding {
        name: brand.try_into().context("--brand")?,
        units: Vec::new(),
        staff: vec![owner],
        keys: first_keys()?,
    };
    let founded = house.access.found(founding).await?;
    let key = |kind| founded.keys.iter().find(|key| key.kind == kind).map(|key| key.key.as_str());
    say(&json!({
        "workspace": founded.workspace,
        "email": email,
        "password": password,
        "write_key": key(KeyFor::Write),
        "secret_key": key(KeyFor::Secret),
    }))?;
    Ok(())
}

/// One key for pages and apps, one for the brand's own servers.
pub(super) fn first_keys() -> anyhow::Result<Vec<NewKey>> {
    Ok(vec![
        NewKey { kind: KeyFor::Write, name: "Web".try_into()? },
        NewKey { kind: KeyFor::Secret, name: "Server".try_into()? },
    ])
}
