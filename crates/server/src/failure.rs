//! Why the backend could not start or a command could not be carried out, in one sentence each.
//!
//! Every sentence names the thing, what was found and what to do. Nothing found broken is ever changed.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::store::StoreError;

/// A reason to exit with a code other than 0.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The data directory cannot be made or written.
    #[error(
        "the data directory {path} cannot be used: {found}; name a directory this user may write to with --data-dir"
    )]
    DataDir {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        found: io::Error,
    },
    /// Others on this machine may read or change what is only for this program.
    #[error("{path} cannot be used: {found}; {remedy}, once you know that nobody has")]
    TooOpen {
        /// The file or directory.
        path: PathBuf,
        /// What was found.
        found: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The database file cannot be opened or is damaged.
    #[error(
        "the database {path} cannot be used: {found}; nothing was changed: restore it from a backup, or move it away to start with an empty one"
    )]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        found: String,
    },
    /// The database was written by a newer version of this program.
    #[error(
        "the database {path} was written by another version of this program (its migration {version} is not known here); nothing was changed: run the version that wrote it, or a newer one"
    )]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// The number of the migration.
        version: i64,
    },
    /// The key file cannot be used.
    #[error("the key file {path} cannot be used: {found}; {remedy}")]
    Keys {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The file with the demo account's password cannot be used.
    #[error("the demo password file {path} cannot be used: {found}; delete it to get a new password")]
    DemoPassword {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// A backup could not be made.
    #[error("the backup {path} was not made: {found}; nothing was changed")]
    Backup {
        /// Where it should be.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {found}; stop what uses it or name another address with {flag}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The flag that names it.
        flag: &'static str,
        /// What the system said.
        found: io::Error,
    },
    /// The directory of the built application is not one.
    #[error(
        "the static directory {path} cannot be served: {found}; build the application first or name another directory with --static-dir"
    )]
    StaticDir {
        /// The directory.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// An environment variable looks like a setting and is none.
    #[error(
        "the environment variable {name} is not a setting of this program; --help lists the variables it knows, unset or rename this one"
    )]
    UnknownVariable {
        /// Its name.
        name: String,
    },
    /// An account cannot be created as asked.
    #[error("the account was not created: {0}")]
    Account(String),
    /// A command cannot be carried out as asked.
    #[error("nothing was changed: {0}")]
    Command(String),
    /// The store failed after it was opened.
    #[error("the database failed: {0}; nothing was changed")]
    Store(#[from] StoreError),
    /// Something of the system failed.
    #[error("{what}: {found}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        found: io::Error,
    },
}
