//! `searchlight admin …`: looking after a data folder.

use std::path::PathBuf;

use access::{Founding, KeyFor, NewKey, NewStaff, Role};
use anyhow::Context;
use clap::Subcommand;
use kernel::OsEntropy;
use serde_json::json;

use super::serve::{log_to_stderr, say};
use crate::house::{House, Settings};

/// Characters of a password we make: 80 bits.
const PASSWORD_LENGTH: usize = 16;

/// Look after a data folder.
#[derive(Subcommand)]
pub enum Admin {
    /// Make a brand with its owner and its keys, and print them once.
    CreateBrand {
        /// Where everything is kept.
        #[arg(long, env = "SEARCHLIGHT_DATA_DIR", default_value = "data")]
        data_dir: PathBuf,
        /// Records in PostgreSQL instead of in the data folder.
        #[arg(long, env = "SEARCHLIGHT_RECORDS", value_name = "URL", hide_env_values = true)]
        records: Option<String>,
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
}

impl Admin {
    pub async fn run(self) -> anyhow::Result<()> {
        log_to_stderr("warn");
        let Self::CreateBrand { data_dir, records, brand, email, name } = self;
        let house = House::open(Settings::of_this_process(&data_dir, records)?).await?;
        let password = kernel::token(&OsEntropy, PASSWORD_LENGTH);
        let owner = NewStaff {
            id: None,
            name: name.as_str().try_into().context("--name")?,
            email: email.as_str().try_into().context("--email")?,
            password: password.clone().try_into()?,
            role: Role::Owner,
            unit: None,
        };
        let founding = Founding {
            name: brand.as_str().try_into().context("--brand")?,
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
}

/// One key for pages and apps, one for the brand's own servers.
pub(super) fn first_keys() -> anyhow::Result<Vec<NewKey>> {
    Ok(vec![
        NewKey { kind: KeyFor::Write, name: "Web".try_into()? },
        NewKey { kind: KeyFor::Secret, name: "Server".try_into()? },
    ])
}
