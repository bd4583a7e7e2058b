//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand};
use tracing::level_filters::LevelFilter;
use uuid::Uuid;

use crate::failure::Failure;
use crate::settings::{Limits, Origin, SigningAlgorithm};

/// The reference backend of Perennial: accounts, sessions and their tokens in one SQLite file.
///
/// Without a command it serves: under /api the dialects perennial, exchange, cookie-pair and hybrid, as
/// /api/openapi.json describes them, beside it /healthz, and with --static-dir the built application too. A first
/// start makes the data directory with the database and a signing key; nobody can sign in until `user add` or --demo
/// makes an account.
///
/// Access tokens are JWTs; a revoked session is refused on its next request all the same. Refresh tokens in cookies
/// are HttpOnly and good for one use: one that comes back after its use ends the session as stolen, except within
/// the two windows below.
///
/// Every flag has an environment variable; a flag wins. Logs are JSON lines on standard error. SIGTERM and SIGINT
/// let open requests finish.
#[derive(Parser, Debug)]
#[command(name = "perennial-server", version, max_term_width = 110)]
pub struct Cli {
    /// What to do instead of serving
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The directory of the database, the keys and the demo password
    #[arg(long, env = "PERENNIAL_DATA_DIR", value_name = "DIR", default_value = "./data", global = true)]
    pub data_dir: PathBuf,

    /// Start nothing; say what is wrong with the flags, the variables and the data directory
    ///
    /// Takes the flags of serving. Nothing is listened on and nothing is written. Each finding is one line: an error keeps
    /// the server from starting, a warning does not. The exit code is 1 when there is an error, else 0.
    #[arg(long)]
    pub check: bool,

    /// How to serve
    #[command(flatten)]
    pub serve: Serve,
}

/// The flags of serving.
#[derive(Args, Debug)]
pub struct Serve {
    /// The address and port to listen on; port 0 takes a free one and prints it
    #[arg(long, env = "PERENNIAL_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:8081")]
    pub listen: SocketAddr,

    /// An origin of the application's pages; repeat it, or separate several by commas, the main one first
    ///
    /// Its pages may use cookies, live connections and, where they come from another address than this backend, read
    /// what it answers (CORS, with credentials). If the main one is https, cookies are Secure and their names
    /// begin with __Host-. Browsers are told to use nothing but https for
    /// its host and all below it. If it has a port, the name of each cookie ends with it, since browsers share
    /// cookies between the ports of a host. Without this flag it is the address listened on, with http, also spelled
    /// localhost.
    #[arg(
        long = "public-origin",
        env = "PERENNIAL_PUBLIC_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    pub public_origins: Vec<Origin>,

    /// An origin that the served pages may talk to beside this one; repeat it, or separate several by commas
    ///
    /// For an application that is served from here with --static-dir and configured for another backend or an OAuth
    /// provider. It is added to connect-src, also for live connections, and to form-action.
    #[arg(
        long = "connect-origin",
        env = "PERENNIAL_CONNECT_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    pub connect_origins: Vec<Origin>,

    /// The directory of the built application, to serve it beside the API
    #[arg(long, env = "PERENNIAL_STATIC_DIR", value_name = "DIR")]
    pub static_dir: Option<PathBuf>,

    /// Believe the last entry of X-Forwarded-For; only behind a proxy that writes it
    #[arg(long, env = "PERENNIAL_TRUST_FORWARDED_FOR", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub trust_forwarded_for: bool,

    /// The address and port of GET /metrics for Prometheus; without it there is none
    ///
    /// It asks for no password and has no TLS, so it belongs on this machine or into a network of the operator's own. No
    /// label holds an address, an account or a path as typed.
    #[arg(long, env = "PERENNIAL_METRICS_LISTEN", value_name = "ADDR")]
    pub metrics_listen: Option<SocketAddr>,

    /// What new access tokens are signed with
    ///
    /// With eddsa, other services can verify them by the public keys under /.well-known/jwks.json. Tokens in use stay
    /// good when this is changed.
    #[arg(
        long,
        env = "PERENNIAL_SIGNING_ALGORITHM",
        value_name = "ALG",
        value_enum,
        default_value_t = SigningAlgorithm::Hs256
    )]
    pub signing_algorithm: SigningAlgorithm,

    /// Make a demo account with a random password and print both at each start
    ///
    /// The password is kept in the data directory. A start without this flag closes the account and ends its sessions.
    #[arg(long, env = "PERENNIAL_DEMO", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub demo: bool,

    /// How much to log: error, warn, info (a line per request), debug or trace
    #[arg(long, env = "PERENNIAL_LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    pub log_level: LevelFilter,

    /// Lifetimes and bounds
    #[command(flatten, next_help_heading = "Lifetimes and bounds")]
    pub limits: Limits,
}

/// What the program does besides serving.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Manage accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Manage what people are signed in with
    #[command(subcommand)]
    Session(SessionCommand),
    /// Manage signing keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Copy the data directory to a new one while the server runs: the keys, the database as it is at one moment, and
    /// the files that wait to be read
    ///
    /// The copy is a data directory itself. It holds secrets, and only its owner may read it.
    Backup {
        /// Where; it must not exist yet
        directory: PathBuf,
    },
}

/// Commands about accounts.
#[derive(Subcommand, Debug)]
pub enum UserCommand {
    /// Make an account; the password is asked for, or read as one line from standard input
    Add {
        /// The address the person signs in with
        #[arg(long)]
        email: String,
        /// What the person is called
        #[arg(long)]
        name: String,
        /// What the person may do; repeat it for several
        #[arg(long = "role", value_name = "ROLE", default_value = "member")]
        roles: Vec<String>,
    },
    /// Set a password and sign the person out everywhere; it is asked for, or read as one line from standard input
    Password {
        /// The address the person signs in with
        #[arg(long)]
        email: String,
        /// Leave the person signed in
        #[arg(long)]
        keep_sessions: bool,
    },
    /// Let nobody sign in to an account and end its sessions; a running server refuses them from their next request on
    Disable {
        /// The address the person signs in with
        #[arg(long)]
        email: String,
    },
    /// Let the person sign in again, with the same password
    Enable {
        /// The address the person signs in with
        #[arg(long)]
        email: String,
    },
    /// List the accounts
    List,
}

/// Commands about sessions.
#[derive(Subcommand, Debug)]
pub enum SessionCommand {
    /// List what a person is signed in with
    List {
        /// The address the person signs in with
        #[arg(long)]
        email: String,
    },
    /// End sessions; a running server refuses them from their next request on
    Revoke {
        /// What `session list` calls them
        #[arg(value_name = "ID", required_unless_present = "email", conflicts_with = "email")]
        ids: Vec<Uuid>,
        /// End all sessions of the person who signs in with this address
        #[arg(long)]
        email: Option<String>,
    },
}

/// Commands about signing keys.
#[derive(Subcommand, Debug)]
pub enum KeyCommand {
    /// Put a new signing key in front; a running server uses it from its next start, and the two keys before it
    /// still verify
    Rotate,
}

/// Refuses environment variables that look like settings of this program and are none: a misspelt limit would
/// otherwise be no limit.
///
/// # Errors
/// [`Failure::UnknownVariable`] for the first one.
pub fn check_variables(names: impl IntoIterator<Item = String>) -> Result<(), Failure> {
    unknown_variables(names).into_iter().next().map_or(Ok(()), Err)
}

/// A [`Failure::UnknownVariable`] for each of them.
pub(crate) fn unknown_variables(names: impl IntoIterator<Item = String>) -> Vec<Failure> {
    let command = Cli::command();
    let known: Vec<_> = command.get_arguments().filter_map(|arg| arg.get_env()).collect();
    let is_unknown = |name: &String| {
        name.starts_with(PREFIX) && name != TOOLS && !known.contains(&std::ffi::OsStr::new(name))
    };
    names.into_iter().filter(is_unknown).map(|name| Failure::UnknownVariable { name }).collect()
}

const PREFIX: &str = "PERENNIAL_";

/// Where the developer commands, which also start this program, have their tools.
const TOOLS: &str = "PERENNIAL_TOOLS";
