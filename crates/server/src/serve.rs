//! Serving until told to stop.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::accounts::{self, DemoAccount};
use crate::app::App;
use crate::cli::Serve;
use crate::clock::{Clock, SystemClock};
use crate::connections;
use crate::failure::Failure;
use crate::metrics;
use crate::settings::{LiveTimes, Origin, Settings};

/// Serves until SIGTERM or SIGINT, then lets open requests finish.
///
/// # Errors
/// The first [`Failure`] met on the way to serving.
pub async fn serve(data_dir: &Path, flags: Serve) -> Result<(), Failure> {
    // First of all, so that a second start on a busy port touches nothing.
    let listener = listen(flags.listen, "--listen").await?;
    let metrics = match flags.metrics_listen {
        Some(address) => Some(listen(address, "--metrics-listen").await?),
        None => None,
    };
    let mut serving = Serving::open(listener, data_dir, flags, Arc::new(SystemClock::new())).await?;
    serving.metrics = metrics;
    // Before anybody is told that there is something to stop.
    let stopped = stop_signal()?;
    if let Some(demo) = &serving.demo {
        say(&format!("Demo account: {} password: {}", demo.email, demo.password))?;
    }
    if let Some(metrics) = &serving.metrics {
        let failed = |found| Failure::System { what: "the address of the metrics cannot be read", found };
        say(&format!("Metrics on http://{}/metrics", metrics.local_addr().map_err(failed)?))?;
    }
    say(&format!("Listening on http://{}", serving.address))?;
    serving.until(stopped).await
}

/// A backend whose door is open: what connects is answered as soon as [`Serving::until`] runs.
///
/// For programs that have the backend inside them and bring a listener, a clock and an end of their own.
#[expect(missing_debug_implementations, reason = "it holds a password")]
pub struct Serving {
    listener: TcpListener,
    address: SocketAddr,
    app: Arc<App>,
    demo: Option<DemoAccount>,
    drain_limit: Duration,
    metrics: Option<TcpListener>,
}

impl Serving {
    /// Opens what the data directory holds and takes up its jobs. The listener counts, whatever `flags.listen` says.
    ///
    /// # Errors
    /// The first [`Failure`] met.
    pub async fn open(
        listener: TcpListener,
        data_dir: &Path,
        flags: Serve,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Failure> {
        let address = listener.local_addr().map_err(|found| Failure::Listen {
            address: flags.listen,
            flag: "--listen",
            found,
        })?;
        let drain_limit = Duration::from_secs(flags.limits.drain_limit_s);
        let settings = Settings {
            public_origins: origins(flags.public_origins, address),
            connect_origins: flags.connect_origins,
            limits: flags.limits,
            static_dir: flags.static_dir,
            trust_forwarded_for: flags.trust_forwarded_for,
            signing_algorithm: flags.signing_algorithm,
            live_times: LiveTimes::default(),
        };
        for origin in settings.public_origins.iter().filter(|origin| origin.is_exposed()) {
            tracing::warn!(%origin, "passwords and tokens can be read on the way; put a proxy with TLS in front, and name its https origin");
        }
        let app = App::open(data_dir, settings, Arc::clone(&clock)).await?;
        let demo = if flags.demo {
            Some(accounts::open_demo(app.store(), data_dir, clock.now()).await?)
        } else {
            accounts::close_demo(app.store(), clock.now()).await?;
            None
        };
        app.start_jobs().await?;
        Ok(Self { listener, address, app, demo, drain_limit, metrics: None })
    }

    /// The backend behind the door.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Serves until `stopped` is ready, with the name of what stopped it, then lets open requests finish.
    ///
    /// # Errors
    /// A [`Failure`] of the machine, or the one that `stopped` ends with.
    pub async fn until(
        self,
        stopped: impl Future<Output = Result<&'static str, Failure>>,
    ) -> Result<(), Failure> {
        let Self { listener, address, app, demo: _, drain_limit, metrics } = self;
        tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "listening");
        let housekeeping = tokio::spawn(forget_now_and_then(Arc::clone(&app)));
        run((listener, metrics), &app, drain_limit, stopped).await?;
        housekeeping.abort();
        app.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn listen(address: SocketAddr, flag: &'static str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|found| Failure::Listen { address, flag, found })
}

fn origins(named: Vec<Origin>, address: SocketAddr) -> Vec<Origin> {
    if !named.is_empty() {
        return named;
    }
    let spellings = [format!("http://{address}"), format!("http://localhost:{}", address.port())];
    spellings.iter().filter_map(|spelling| spelling.parse().ok()).collect()
}

async fn run(
    (listener, metrics): (TcpListener, Option<TcpListener>),
    app: &Arc<App>,
    drain_limit: Duration,
    stopped: impl Future<Output = Result<&'static str, Failure>>,
) -> Result<(), Failure> {
    let (stop, stopping) = watch::channel(false);
    let counted = app.metrics.connections.clone();
    let of_people = connections::serve(listener, app.router(), &app.settings, counted, stopping.clone());
    let of_operator = async {
        if let Some(listener) = metrics {
            connections::serve_operator(listener, metrics::router(app), &app.settings, stopping).await;
        }
    };
    let mut serving = pin!(async { tokio::join!(of_people, of_operator) });
    tokio::select! {
        // It goes on until it is told to stop.
        _ = &mut serving => return Ok(()),
        signal = stopped => {
            tracing::info!(signal = signal?, "stopping");
            app.send_away();
        }
    }
    stop.send_replace(true);
    if timeout(drain_limit, serving).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
    Ok(())
}

/// Receives signals from now on; what is returned ends with the first that asks to stop.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = Result<&'static str, Failure>>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |found| Failure::System { what: "signals cannot be received", found };
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    Ok(async move {
        Ok(tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        })
    })
}

#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = Result<&'static str, Failure>>, Failure> {
    Ok(async {
        tokio::signal::ctrl_c()
            .await
            .map_err(|found| Failure::System { what: "signals cannot be received", found })?;
        Ok("Ctrl-C")
    })
}

async fn forget_now_and_then(app: Arc<App>) {
    let mut interval = tokio::time::interval(FORGET_EVERY);
    loop {
        interval.tick().await;
        match app.forget_ended_sessions().await {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, "ended sessions forgotten"),
            Err(error) => tracing::warn!(%error, "ended sessions could not be forgotten"),
        }
        match app.forget_ended_jobs().await {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, "ended jobs forgotten"),
            Err(error) => tracing::warn!(%error, "ended jobs could not be forgotten"),
        }
    }
}

/// Writes a line for the person who started the program; the one output that is not a log.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|found| Failure::System { what: "standard output cannot be written", found })
}

const FORGET_EVERY: Duration = Duration::from_secs(600);
