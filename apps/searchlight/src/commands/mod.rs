//! One file per subcommand.

mod admin;
mod backup;
mod config;
mod demo;
mod doctor;
mod import;
mod lab;
mod openapi;
mod serve;

use std::process::ExitCode;

use clap::Subcommand;

/// What the binary can do.
#[derive(Subcommand)]
pub enum Command {
    /// Serve a data folder.
    Serve(serve::Serve),
    /// Serve a made-up brand whose campaign has just run: 灯塔书店.
    Demo(demo::Demo),
    /// Hand in facts from files to a running server.
    Import(import::Import),
    /// Experiments on files that reproduce known numbers, without a server.
    #[command(subcommand)]
    Lab(lab::Lab),
    /// Look at everything an installation rests on, and say what to do.
    Doctor(doctor::Doctor),
    /// See what can be set, and what applies.
    #[command(subcommand)]
    Config(config::Config),
    /// Look after a data folder.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Print the OpenAPI document.
    Openapi(openapi::Openapi),
}

impl Command {
    /// How the process is to end.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Doctor(doctor) => return doctor.run().await,
            Self::Import(import) => return import.run().await,
            Self::Serve(serve) => serve.run().await,
            Self::Demo(demo) => demo.run().await,
            Self::Lab(lab) => lab.run(),
            Self::Config(config) => config.run(),
            Self::Admin(admin) => admin.run().await,
            Self::Openapi(openapi) => openapi.run().await,
        }
        .map(|()| ExitCode::SUCCESS)
    }
}
