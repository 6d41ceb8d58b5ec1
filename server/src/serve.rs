//! Starts the server: listens, opens what is kept, brings it up to date, answers, and stops in order.

use std::fs::File;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use leptos::config::LeptosOptions;
use platform::Platform;
use platform::clock::Clock;
use platform::db::Db;
use secrecy::ExposeSecret;

use crate::assets::Assets;
use crate::config::Config;
use crate::connections::Limits;
use crate::http::session_store::SessionStoreDb;
use crate::listen::Listener;
use crate::state::AppState;
use crate::streams::Streams;
use crate::{cli, connections, doors};

/// How long open answers may take when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// Runs until it is told to stop.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let clock = Clock::System;
    // First, so that a start where another program listens leaves no folder and no key behind. Who comes meanwhile waits.
    let listener = Listener::bind(config.listen, config.tls.as_ref()).await?;
    let address = listener.address()?;
    make_data(&config.data)?;
    // Replicas on PostgreSQL share the folder; their database tells them apart.
    let _lock = if config.database_url.is_none() { Some(lock_data(&config)?) } else { None };
    let db = open(&config).await?;
    db.migrate().await?;
    let platform = Arc::new(Platform::start(db.clone(), clock.clone(), config.platform()).await?);
    let config = Arc::new(config);
    let routes = doors::routes();
    let assets = Arc::new(Assets::load()?);
    let leptos = LeptosOptions::builder()
        .output_name("slipway")
        .site_pkg_dir(assets.names().pkg.trim_start_matches('/').to_owned())
        .site_addr(address)
        .build();
    let state = AppState {
        sessions: SessionStoreDb::new(db.clone(), clock.clone(), config.session),
        platform: platform.clone(),
        public_origin: config.public_url.origin().into(),
        config: config.clone(),
        assets,
        access: Arc::new(routes.access()),
        streams: Streams::default(),
        leptos,
    };
    let service = doors::service(routes, state);
    announce(&config, &platform).await?;
    let stopping = platform.stopping();
    tokio::spawn(async move {
        cli::stop_signal().await;
        tracing::info!("stopping");
        stopping.cancel();
    });
    let hard_stop = async {
        platform.stopping().cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = connections::serve(listener, service, Limits::default(), platform.stopping()) => {}
        () = hard_stop => tracing::warn!("some answers were cut off after {} s", GRACE.as_secs()),
    }
    platform.stop().await;
    db.close().await;
    Ok(())
}

/// Opens the database that the configuration names.
pub async fn open(config: &Config) -> anyhow::Result<Db> {
    match &config.database_url {
        Some(url) => Db::open_postgres(url.expose_secret())
            .await
            .context("PostgreSQL cannot be reached (database.url)"),
        None => {
            let file = config.data.join("slipway.db");
            Db::open_sqlite(&file)
                .await
                .with_context(|| format!("the database {} cannot be opened", file.display()))
        }
    }
}

/// What is in it (digests of passwords, sessions, logs) is for the server's own user alone.
pub fn make_data(folder: &Path) -> anyhow::Result<()> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
    let mode = std::fs::metadata(folder).map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o007 != 0) {
        tracing::warn!(folder = %folder.display(), "every user on this machine can read the data folder; run chmod o= on it");
    }
    Ok(())
}

/// One process at a time uses a data folder with a database in it: two would take each other's jobs for abandoned.
fn lock_data(config: &Config) -> anyhow::Result<File> {
    let path = config.data.join("lock");
    let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => bail!(
            "another Slipway is using the data folder {}; stop it, or give this one another folder (SLIPWAY_DATA)",
            config.data.display()
        ),
        Err(std::fs::TryLockError::Error(error)) => Err(error).context("the data folder cannot be locked"),
    }
}

/// Says on the terminal where Slipway is, and how the first administrator gets in.
#[expect(clippy::print_stdout, reason = "whoever starts the server reads this on the terminal")]
async fn announce(config: &Config, platform: &Platform) -> anyhow::Result<()> {
    let url = config.public_url.origin();
    println!("Slipway is ready at {url}");
    let now = platform.clock.now();
    if let Some(secret) = platform::people::service::first_link(&platform.db, now).await? {
        println!(
            "Nobody can sign in yet. Create the first administrator account here (the link works once, within 24 hours):"
        );
        println!("  {url}/welcome/{}", secret.reveal());
    }
    Ok(())
}
