//! The house put together: records, logs, rivers and slices of one data folder.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use access::{Access, Hashing};
use anyhow::Context;
use audience::Audiences;
use axum::{
    Extension, Router,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    routing::get,
};
use capture::{Doors, Imports, Register};
use commerce::{Payments, Sandbox};
use db::{Migration, Records};
use factlog::{FactLog, RealDisk};
use identity::{Customers, People, StandIn, WeChatSignIn};
use kernel::{Clock, Entropy, OsEntropy, SystemClock, WorkspaceId};
use metrics_exporter_prometheus::PrometheusHandle;
use network::{Networks, Recognising, Roots};
use river::{Digest, Relay, River, Rivers, Stage};
use tokio::sync::{Notify, watch};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use web::{
    Authenticate, Limits, TrustedProxies,
    openapi::{self, Tag},
};

use crate::{
    backup::{self, Book, Teller},
    bounds::Bounds,
    config::{self, Config, FanSignIn, ShopPayments},
    console, fan,
    folder::DataFolder,
    health::{self, Health, MetricsReaders},
    lakes::Lakes,
    measurements,
    ports::{
        Campaigns, Circles, Deeds, Directory, Owners, Persons, Players, Seen, Sources, Speaking, Surroundings,
        Timelines, Visitors,
    },
    serving::Serving,
    system::{self, System},
    traces,
};

/// The groups of operations in the OpenAPI document.
const TAGS: &[Tag] = &[
    access::TAG,
    capture::TAG,
    identity::TAG,
    network::TAG,
    journey::TAG,
    audience::TAG,
    play::TAG,
    commerce::TAG,
    content::TAG,
    bookkeeping::TAG,
    Tag { name: "system", zh: "运行", en: "For the person who runs it" },
];

/// Every slice's tables, in the order they are made.
pub fn migrations() -> Vec<Migration> {
    [
        river::MIGRATIONS,
        access::MIGRATIONS,
        capture::MIGRATIONS,
        identity::MIGRATIONS,
        network::MIGRATIONS,
        journey::MIGRATIONS,
        audience::MIGRATIONS,
        play::MIGRATIONS,
        commerce::MIGRATIONS,
        content::MIGRATIONS,
        ledger::MIGRATIONS,
    ]
    .concat()
}

/// What a house is opened with.
pub struct Settings {
    /// The data folder.
    pub folder: DataFolder,
    /// Records elsewhere than in the folder.
    pub records_url: Option<String>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Where `/metrics` reads.
    pub metrics: PrometheusHandle,
    /// Whose word about the client counts.
    pub proxies: TrustedProxies,
    /// How often one client may ask.
    pub limits: Limits,
    /// How much goes into one file.
    pub bounds: Bounds,
    /// What the person who runs it has set.
    pub config: Arc<Config>,
}

impl Settings {
    /// What the commands use: the machine's clock and chance, the process's recorder of metrics, and defaults for the rest.
    pub fn of_this_process(data_dir: &Path, records_url: Option<String>) -> anyhow::Result<Self> {
        let mut config = Config::builtin();
        data_dir.clone_into(&mut config.data.folder);
        Ok(Self { records_url, ..Self::of(&config)? })
    }

    /// What the demo uses: customers sign in as whom they like, and pay without money. Nobody else reaches it.
    pub fn of_a_demo(data_dir: &Path, listen: SocketAddr) -> anyhow::Result<Self> {
        let mut settings = Self::of_this_process(data_dir, None)?;
        if listen.ip().is_loopback() {
            let fan = config::Fan { sign_in: FanSignIn::StandIn };
            let shop = config::Shop { payments: ShopPayments::Sandbox };
            let config = Config { fan, shop, ..Config::clone(&settings.config) };
            settings.config = Arc::new(config);
        }
        Ok(settings)
    }

    /// What a configuration says.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            folder: DataFolder::open(&config.data.folder)?,
            records_url: config.records.url.as_ref().map(|url| url.reveal().to_owned()),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
            metrics: measurements::start()?,
            config: Arc::new(config.clone()),
            proxies: config.server.trusted_proxies.clone(),
            limits: Limits::per_sec(config.server.requests_per_second),
            bounds: Bounds::default(),
        })
    }
}

#[cfg(test)]
impl Settings {
    /// What a test opens a house with; its metrics are its own.
    pub fn of_a_test(folder: &Path, records_url: Option<String>) -> Self {
        let builtin = Config::builtin();
        let data = crate::config::Data { folder: folder.to_owned(), ..builtin.data };
        Self {
            folder: DataFolder::open(folder).expect("a folder of ours"),
            records_url,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
            metrics: metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle(),
            config: Arc::new(Config { data, ..builtin }),
            proxies: TrustedProxies::default(),
            limits: Limits::default(),
            bounds: Bounds::default(),
        }
    }
}

/// Everything of one data folder, open.
pub struct House {
    folder: DataFolder,
    records: Records,
    people: People,
    customers: Customers,
    stand_in: Option<Arc<StandIn>>,
    payments: Option<Arc<dyn Payments>>,
    networks: Arc<Networks>,
    audiences: Arc<Audiences>,
    rivers: Arc<Rivers>,
    lakes: Lakes,
    stages: Vec<Arc<dyn Stage>>,
    register: Arc<Register>,
    imports: Arc<Imports>,
    signal: Arc<Notify>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    health: Health,
    proxies: TrustedProxies,
    limits: Limits,
    bounds: Bounds,
    system: System,
    /// Who may come in.
    pub access: Access,
}

impl House {
    /// Opens records and slices, and starts the river of every brand there is.
    pub async fn open(settings: Settings) -> anyhow::Result<Self> {
        let Settings { folder, records_url, clock, entropy, metrics, config, proxies, limits, bounds } = settings;
        let url = records_url.unwrap_or_else(|| folder.records_url());
        let records = Records::open(&url, &migrations())
            .await
            .with_context(|| format!("the records at {} cannot be opened", db::without_password(&url)))?;
        let engine = records.engine();
        let people = People::new(records.clone());
        let stages: Vec<Arc<dyn Stage>> = vec![
            people.stage(),
            Arc::new(journey::Hearing::new(Arc::new(Persons))),
            Arc::new(content::Counting::new(Arc::new(Persons))),
        ];
        let rivers: Arc<Rivers> = Arc::default();
        let register = Arc::new(Register::new(&records, Arc::clone(&clock)));
        let imports = Arc::new(Imports::new(&records));
        let signal: Arc<Notify> = Arc::default();
        let stand_in = (config.fan.sign_in == FanSignIn::StandIn).then(|| Arc::new(StandIn::new(Arc::clone(&entropy))));
        let sandbox = || Arc::new(Sandbox::new(&*entropy)) as Arc<dyn Payments>;
        let payments = (config.shop.payments == ShopPayments::Sandbox).then(sandbox);
        let wechat = stand_in.clone().map(|stand_in| stand_in as Arc<dyn WeChatSignIn>);
        let house = Self {
            customers: Customers::new(&records, wechat, Arc::clone(&clock), Arc::clone(&entropy), Arc::clone(&signal)),
            stand_in,
            payments,
            access: Access::new(&records, Arc::clone(&clock), Arc::clone(&entropy), Hashing::Owasp),
            lakes: Lakes::new(folder.file("lake"), bounds.lake, Arc::clone(&clock)),
            folder,
            audiences: Arc::new(Audiences::new(records.clone(), Arc::clone(&clock))),
            records,
            people,
            networks: Arc::default(),
            health: Health::new(Arc::clone(&rivers), metrics, MetricsReaders::of(&config)),
            system: System {
                started: clock.now(),
                config,
                clock: Arc::clone(&clock),
                engine,
                rivers: Arc::clone(&rivers),
            },
            rivers,
            stages,
            register,
            imports,
            signal,
            clock,
            entropy,
            proxies,
            limits,
            bounds,
        };
        for brand in house.access.workspaces().await? {
            house.start_river(brand.id).await?;
        }
        Ok(house)
    }

    /// Opens a brand's log and lets its river flow.
    pub async fn start_river(&self, workspace: WorkspaceId) -> anyhow::Result<()> {
        let path = self.folder.log(workspace);
        let options = self.bounds.log;
        let opened = tokio::task::spawn_blocking(move || FactLog::open(Arc::new(RealDisk), &path, options));
        self.people.open(workspace);
        let log = opened.await?.with_context(|| format!("the fact log of workspace {workspace} cannot be opened"))?;
        let lake = self.lakes.open(workspace).await?;
        let river = Arc::new(River::start(river::Wiring {
            workspace,
            log: Arc::new(log),
            lake: lake.clone(),
            records: self.records.clone(),
            // A group each: commands of one group succeed and fail together, brands must not.
            digest: self.records.group(Digest::new(self.stages.clone())),
            stages: self.stages.clone(),
            lives: vec![self.networks.open(workspace), self.audiences.open(workspace).await?],
            snapshots: self.folder.live(workspace),
            snapshot_every: self.bounds.snapshot_every,
            reach: self.bounds.reach,
        }));
        self.rivers.insert(workspace, Arc::clone(&river));
        self.lakes.keep(workspace, lake, &river).await;
        Ok(())
    }

    /// All endpoints, and their description.
    pub fn router(&self) -> (Router, OpenApi) {
        let slices = std::iter::once(self.access.router()).chain(self.slices(&self.access.gate()));
        let (router, api) = openapi::assemble("Searchlight", env!("CARGO_PKG_VERSION"), TAGS, slices);
        let edge = web::Edge {
            proxies: self.proxies.clone(),
            limits: self.limits,
            ..web::Edge::new(&*self.entropy, Arc::clone(&self.clock))
        };
        // What is written about the API is no secret, and `/docs` reads it here.
        let document: Arc<str> = api.to_json().expect("a document of strings and numbers").into();
        let json = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
        let router = router.route("/openapi.json", get(move || async move { (json, document.to_string()) }));
        let pages = fan::Pages {
            inside: router.clone(),
            access: self.access.clone(),
            customers: self.customers.clone(),
            clock: Arc::clone(&self.clock),
            stand_in: self.stand_in.clone(),
        };
        let router = router.merge(fan::router(pages));
        let router = web::layers(router.fallback(console::serve), edge);
        (router.layer(Extension(web::Join(traces::join))), api)
    }

    /// The endpoints of every slice but access, behind this gate.
    fn slices(&self, gate: &Arc<dyn Authenticate>) -> [OpenApiRouter; 11] {
        let identity = identity::Wiring {
            people: self.people.clone(),
            rivers: Arc::clone(&self.rivers),
            circles: Arc::new(Circles { networks: Arc::clone(&self.networks), access: self.access.clone() }),
            timelines: Arc::new(Deeds(Arc::clone(&self.rivers))),
            customers: self.customers.clone(),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            signal: Arc::clone(&self.signal),
        };
        [
            capture::router(self.doors(), Arc::clone(gate)),
            identity::router(identity, Arc::clone(gate)),
            network::router(self.network(), Arc::clone(gate)),
            journey::router(self.journey(), Arc::clone(gate)),
            audience::router(self.audience(), Arc::clone(gate), Arc::new(self.customers.clone())),
            commerce::router(self.commerce(), Arc::clone(gate)),
            content::router(self.content(), Arc::clone(gate), Arc::new(self.customers.clone())),
            bookkeeping::router(self.bookkeeping(), Arc::clone(gate)),
            play::router(self.play(), Arc::clone(gate), Arc::new(self.customers.clone())),
            health::router(self.health.clone()),
            system::router(self.system.clone(), Arc::clone(gate)),
        ]
    }

    /// What the doors are wired to.
    fn doors(&self) -> Doors {
        Doors {
            rivers: Arc::clone(&self.rivers),
            people: Arc::new(Timelines(self.people.clone())),
            sources: Arc::new(Sources(self.access.clone())),
            register: Arc::clone(&self.register),
            imports: Arc::clone(&self.imports),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }

    /// What the network is wired to.
    fn network(&self) -> network::Wiring {
        network::Wiring {
            records: self.records.clone(),
            rivers: Arc::clone(&self.rivers),
            networks: Arc::clone(&self.networks),
            directory: Arc::new(Directory {
                people: self.people.clone(),
                access: self.access.clone(),
                audiences: Arc::clone(&self.audiences),
            }),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            signal: Arc::clone(&self.signal),
        }
    }

    /// What reminders are wired to.
    fn journey(&self) -> journey::Wiring {
        journey::Wiring {
            records: self.records.clone(),
            rivers: Arc::clone(&self.rivers),
            persons: Arc::new(Persons),
            directory: Arc::new(Surroundings {
                people: self.people.clone(),
                access: self.access.clone(),
                networks: Arc::clone(&self.networks),
            }),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            signal: Arc::clone(&self.signal),
        }
    }

    /// What the shop is wired to.
    fn commerce(&self) -> commerce::Wiring {
        commerce::Wiring {
            records: self.records.clone(),
            fans: Arc::new(self.customers.clone()),
            payments: self.payments.clone(),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            signal: Arc::clone(&self.signal),
        }
    }

    /// What the audience is wired to.
    fn audience(&self) -> audience::Wiring {
        audience::Wiring {
            records: self.records.clone(),
            rivers: Arc::clone(&self.rivers),
            audiences: Arc::clone(&self.audiences),
            directory: Arc::new(Seen { people: self.people.clone(), networks: Arc::clone(&self.networks) }),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            signal: Arc::clone(&self.signal),
        }
    }

    /// What plays are wired to.
    fn play(&self) -> play::Wiring {
        play::Wiring {
            records: self.records.clone(),
            persons: Arc::new(Players(Arc::clone(&self.networks))),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            signal: Arc::clone(&self.signal),
        }
    }

    /// What links and pages are wired to.
    fn content(&self) -> content::Wiring {
        let (clock, entropy) = (Arc::clone(&self.clock), Arc::clone(&self.entropy));
        let roots = Roots::new(self.records.clone(), Arc::clone(&clock), Arc::clone(&entropy));
        content::Wiring {
            records: self.records.clone(),
            rivers: Arc::clone(&self.rivers),
            visitors: Arc::new(Visitors(self.customers.clone())),
            campaigns: Arc::new(Campaigns(roots)),
            directory: Arc::new(Owners(self.access.clone())),
            clock,
            entropy,
            signal: Arc::clone(&self.signal),
        }
    }

    /// What staff see of the ledger is wired to.
    fn bookkeeping(&self) -> bookkeeping::Wiring {
        bookkeeping::Wiring {
            records: self.records.clone(),
            persons: Arc::new(Speaking(self.people.clone())),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }

    /// Serves until `stop` ends, then lets go of everything in order: requests, rivers (with their snapshots), records.
    pub async fn serve(self: Arc<Self>, serving: Serving, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let relay = Relay::new(self.records.clone(), Arc::clone(&self.rivers), Arc::clone(&self.signal));
        let relay = tokio::spawn(relay.run());
        let (networks, signal) = (Arc::clone(&self.networks), Arc::clone(&self.signal));
        let recognising = Recognising::new(&self.records, networks, signal, Arc::clone(&self.clock));
        let recognising = tokio::spawn(recognising.run());
        let (stop_register, stopped) = watch::channel(false);
        let register = tokio::spawn(Arc::clone(&self.register).keep(stopped));
        let control = tokio::spawn(backup::serve(Arc::clone(&self)));
        let watching = tokio::spawn(network::watch(self.network()));
        let reminding = tokio::spawn(journey::keep(self.journey()));
        let selling = tokio::spawn(commerce::keep(self.commerce()));
        let telling = tokio::spawn(audience::keep(self.audience()));
        let settling = tokio::spawn(bookkeeping::keep(self.records.clone(), Arc::clone(&self.clock)));
        let playing = tokio::spawn(play::keep(self.play()));
        let importing = tokio::spawn(capture::work_on_imports(self.doors()));
        let System { config, started, .. } = &self.system;
        let measuring = tokio::spawn(measurements::keep(self.health.metrics(), config.data.folder.clone(), *started));
        let (router, _) = self.router();
        let served = serving.serve(router, self.health.draining.clone(), stop).await;
        measuring.abort();
        watching.abort();
        reminding.abort();
        telling.abort();
        settling.abort();
        playing.abort();
        selling.abort();
        importing.abort();
        recognising.abort();
        relay.abort();
        control.abort();
        stop_register.send_replace(true);
        if register.await.is_err() {
            tracing::error!("the register of the doors ended in a panic");
        }
        self.close().await;
        Ok(served?)
    }

    /// Lets go of lakes, rivers (with their snapshots) and records.
    pub async fn close(&self) {
        self.lakes.stop().await;
        for river in self.rivers.all() {
            river.stop().await;
        }
        self.records.clone().close().await;
    }

    /// Takes a backup into a new folder, while everything goes on.
    pub async fn back_up(&self, target: &Path, teller: &Teller) -> anyhow::Result<Book> {
        let book = backup::take(&self.records, &self.rivers, self.clock.now(), target, teller).await?;
        backup::Last::of(&book).note(&self.folder.file(backup::Last::NAME))?;
        Ok(book)
    }

    /// The networks that live on the facts, for those who look at them without a request.
    pub fn rivers(&self) -> Arc<Rivers> {
        Arc::clone(&self.rivers)
    }

    /// What the person who runs it may ask.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// A file of the data folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.file(name)
    }
}

#[cfg(test)]
mod tests {
    use web::testing::check_authorisation;

    use super::*;

    async fn empty(folder: &Path) -> House {
        House::open(Settings::of_a_test(folder, None)).await.unwrap()
    }

    #[tokio::test]
    async fn every_handler_asks_for_the_permission_its_operation_names() {
        let folder = tempfile::tempdir().unwrap();
        let house = empty(folder.path()).await;
        let slices = |gate| house.slices(&gate).into_iter().fold(OpenApiRouter::new(), OpenApiRouter::merge);
        assert_eq!(check_authorisation(slices).await, [""; 0]);
    }

    #[tokio::test]
    async fn the_document_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let (_, api) = empty(folder.path()).await.router();
        assert_eq!(openapi::complaints(&api), [""; 0]);
    }

    #[test]
    fn both_engines_make_the_same_tables() {
        db::testing::one_schema("all slices", migrations());
    }
}
