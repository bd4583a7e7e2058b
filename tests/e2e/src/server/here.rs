//! The backend on a thread of this process, with a runtime of its own, so that it ends and panics apart.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use anyhow::{Context, Result};
use clap::Parser;
use perennial_server::accounts::{self, NewAccount};
use perennial_server::app::App;
use perennial_server::cli::Cli;
use perennial_server::clock::Clock;
use perennial_server::failure::Failure;
use perennial_server::log;
use perennial_server::serve::Serving;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tracing::Dispatch;
use tracing::dispatcher::{DefaultGuard, set_default};

use crate::clock::WorldClock;

/// A backend that ends with this value.
#[derive(Debug)]
pub(super) struct Here {
    port: u16,
    /// Bound from the beginning, so that the port is nobody else's; the backend takes it when it starts.
    listener: Option<TcpListener>,
    arguments: Vec<OsString>,
    log: PathBuf,
    clock: WorldClock,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    thread: JoinHandle<()>,
    stop: oneshot::Sender<()>,
    app: Arc<App>,
    runtime: Handle,
}

impl Here {
    pub(super) fn new(log: PathBuf, clock: WorldClock) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port for the backend")?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        Ok(Self { port, listener: Some(listener), arguments: Vec::new(), log, clock, running: None })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn set_arguments(&mut self, arguments: Vec<OsString>) {
        self.arguments = arguments;
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(super) async fn start(&mut self) -> Result<()> {
        let name = OsString::from("perennial-server");
        let cli = Cli::try_parse_from([name].into_iter().chain(self.arguments.iter().cloned()))?;
        let listener = self.listener.take().context("a backend in this process starts once")?;
        let log = File::options().create(true).append(true).open(&self.log)?;
        let dispatch = Dispatch::new(log::subscriber(cli.serve.log_level, Arc::new(log)));
        let runtime = runtime(&dispatch)?;
        let handle = runtime.handle().clone();
        let clock = Arc::new(self.clock.clone());
        let (opened, is_open) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("backend".to_owned()).spawn(move || {
            listen_to_this_thread(&dispatch);
            let opening = async {
                let listener = tokio::net::TcpListener::from_std(listener)
                    .map_err(|found| Failure::System { what: "the listener cannot be used", found })?;
                Serving::open(listener, &cli.data_dir, cli.serve, clock).await
            };
            match runtime.block_on(opening) {
                Ok(serving) => {
                    // Nobody waits any more for a backend whose scenario is over.
                    opened.send(Ok(Arc::clone(serving.app()))).unwrap_or(());
                    runtime.block_on(serve(serving, stopped));
                }
                Err(failure) => opened.send(Err(failure)).unwrap_or(()),
            }
            // What is still being computed ends with its step.
            runtime.shutdown_background();
        })?;
        let app = is_open.await.context("the backend ended at its start")??;
        self.running = Some(Running { thread, stop, app, runtime: handle });
        Ok(())
    }

    pub(super) fn add_user(&self, email: &str, name: &str, password: &str, roles: &[&str]) -> Result<()> {
        let running = self.running.as_ref().context("the backend is not running")?;
        let roles = if roles.is_empty() { &["member"] } else { roles };
        let wanted = NewAccount {
            email: email.to_owned(),
            name: name.to_owned(),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
            password: password.to_owned(),
        };
        let (app, now) = (Arc::clone(&running.app), Clock::now(&self.clock));
        let (done, outcome) = mpsc::channel();
        running.runtime.spawn(async move {
            let added = accounts::add(app.store(), wanted, now).await;
            // The scenario waits for it.
            done.send(added.map(drop)).unwrap_or(());
        });
        Ok(outcome.recv().context("the backend has ended")??)
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        let Some(Running { thread, stop, .. }) = self.running.take() else { return };
        // It may have ended already, which its log tells of.
        stop.send(()).unwrap_or(());
        if thread.join().is_err() {
            eprintln!("the backend on port {} has panicked", self.port);
        }
    }
}

/// Serves until told to stop, and not a moment longer: whatever is open then breaks off.
async fn serve(serving: Serving, stopped: oneshot::Receiver<()>) {
    let for_ever = std::future::pending();
    tokio::select! {
        ended = serving.until(for_ever) => {
            if let Err(failure) = ended {
                eprintln!("the backend has ended: {failure}");
            }
        }
        // An error means that nobody is left to say so.
        told = stopped => told.unwrap_or(()),
    }
}

/// A runtime whose threads log to one place.
fn runtime(dispatch: &Dispatch) -> Result<Runtime> {
    let dispatch = dispatch.clone();
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().thread_name("backend");
    Ok(builder.on_thread_start(move || listen_to_this_thread(&dispatch)).build()?)
}

/// Logs what this thread does, as long as it lives.
fn listen_to_this_thread(dispatch: &Dispatch) {
    thread_local!(static GUARD: RefCell<Option<DefaultGuard>> = const { RefCell::new(None) });
    GUARD.with(|guard| *guard.borrow_mut() = Some(set_default(dispatch)));
}
