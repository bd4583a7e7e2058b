//! `user`, `session`, `key` and `backup`: what is done beside serving, or while another process serves.

use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;

use uuid::Uuid;

use crate::accounts::{self, NewAccount};
use crate::backup;
use crate::cli::{Command, KeyCommand, SessionCommand, UserCommand};
use crate::clock::{Clock, Moment, SystemClock};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::keys::KeyRing;
use crate::new_password;
use crate::serve::say;
use crate::store::accounts::{PasswordChange, Spared};
use crate::store::{Account, RevokedWhy, Store};

/// Carries out a command and prints what was done.
///
/// # Errors
/// The first [`Failure`] met.
pub async fn run(data_dir: &Path, command: Command) -> Result<(), Failure> {
    let now = SystemClock::new().now();
    if let Command::Backup { directory } = &command {
        let made = backup::make(data_dir, directory).await?;
        let (bytes, files) = (made.database_bytes, made.files);
        return say(&format!(
            "Backup {} made: the keys, a database of {bytes} bytes, files that were sent: {files}",
            directory.display()
        ));
    }
    let data = DataDir::open(data_dir)?;
    match command {
        // Answered above, since it makes no data directory.
        Command::Backup { .. } => Ok(()),
        Command::User(command) => {
            let store = data.open_store().await?;
            let done = user(&*store, command, now).await;
            store.close().await;
            say_all(&done?)
        }
        Command::Session(command) => {
            let store = data.open_store().await?;
            let done = session(&*store, command, now).await;
            store.close().await;
            say_all(&done?)
        }
        Command::Key(KeyCommand::Rotate) => {
            let kid = KeyRing::rotate(&data.keys_path(), now)?;
            say(&format!("Key {kid} signs from the next start of the server on"))
        }
    }
}

/// Does something about accounts; the lines that say what.
async fn user(store: &dyn Store, command: UserCommand, now: Moment) -> Result<Vec<String>, Failure> {
    let line = match command {
        UserCommand::Add { email, name, roles } => {
            if accounts::address(&email) == accounts::DEMO_EMAIL {
                return Err(Failure::Account(
                    "this address is the demo account's; start with --demo to have it".to_owned(),
                ));
            }
            let password = read_password()?;
            let account = accounts::add(store, NewAccount { email, name, roles, password }, now).await?;
            format!("Account {} made for {}", account.id, account.email)
        }
        UserCommand::Password { email, keep_sessions } => {
            let account = find_but_demo(store, &email).await?;
            let spared = if keep_sessions { Spared::All } else { Spared::None };
            let ended = set_password(store, &account, spared, now).await?;
            format!("Password set for {}, {} ended", account.email, sessions(ended))
        }
        UserCommand::Disable { email } => {
            let account = find_but_demo(store, &email).await?;
            store.disable_account(account.id, now).await?;
            format!("Account of {} closed, its sessions ended", account.email)
        }
        UserCommand::Enable { email } => {
            let account = find_but_demo(store, &email).await?;
            store.enable_account(account.id, None).await?;
            format!("Account of {} open", account.email)
        }
        UserCommand::List => {
            let rows = store.accounts().await?.into_iter().map(|account| {
                let state = if account.disabled { "closed" } else { "open" };
                [
                    account.email,
                    state.to_owned(),
                    account.roles.join(","),
                    account.created_at.to_string(),
                    account.name,
                ]
            });
            return Ok(table(["EMAIL", "STATE", "ROLES", "MADE", "NAME"], rows.collect()));
        }
    };
    Ok(vec![line])
}

/// Does something about sessions; the lines that say what.
async fn session(store: &dyn Store, command: SessionCommand, now: Moment) -> Result<Vec<String>, Failure> {
    match command {
        SessionCommand::List { email } => {
            let account = find(store, &email).await?;
            let rows = store.live_sessions(account.id, now).await?.into_iter().map(|session| {
                [
                    session.id.to_string(),
                    session.dialect.as_str().to_owned(),
                    session.created_at.to_string(),
                    session.last_seen_at.to_string(),
                    session.expires_at.to_string(),
                    session.address,
                    session.device,
                ]
            });
            let head = ["ID", "DIALECT", "SIGNED IN", "LAST SEEN", "ENDS", "ADDRESS", "DEVICE"];
            Ok(table(head, rows.collect()))
        }
        SessionCommand::Revoke { email: Some(email), ids: _ } => {
            let account = find(store, &email).await?;
            let ended = store.revoke_all(account.id, RevokedWhy::ByOperator, now).await?;
            Ok(vec![format!("{} of {} ended", sessions(ended), account.email)])
        }
        SessionCommand::Revoke { email: None, ids } => revoke(store, &ids, now).await,
    }
}

/// Ends these sessions, or none where one of them is not known.
async fn revoke(store: &dyn Store, ids: &[Uuid], now: Moment) -> Result<Vec<String>, Failure> {
    for id in ids {
        if store.session(*id).await?.is_none() {
            return Err(Failure::Command(format!("no session is called {id}; session list lists them")));
        }
    }
    let mut lines = Vec::new();
    for id in ids {
        lines.push(match store.revoke(*id, RevokedWhy::ByOperator, now).await? {
            true => format!("Session {id} ended"),
            false => format!("Session {id} had ended before"),
        });
    }
    Ok(lines)
}

async fn set_password(
    store: &dyn Store,
    account: &Account,
    spared: Spared,
    now: Moment,
) -> Result<u64, Failure> {
    let password = read_password()?;
    new_password::check(&password, &[&account.email, &account.name])
        .map_err(|unfit| Failure::Command(unfit.to_string()))?;
    let password_hash = &accounts::hash(&password)?;
    let change = PasswordChange { account_id: account.id, password_hash, instead_of: None, spared, now };
    let ended = store.change_password(change).await?.unwrap_or_default();
    Ok(u64::try_from(ended.len()).unwrap_or(u64::MAX))
}

async fn find(store: &dyn Store, email: &str) -> Result<Account, Failure> {
    accounts::find(store, email).await?.ok_or_else(|| {
        Failure::Command("there is no account with this e-mail address; user list lists them".to_owned())
    })
}

/// An account that a start with or without `--demo` does not change.
async fn find_but_demo(store: &dyn Store, email: &str) -> Result<Account, Failure> {
    if accounts::address(email) == accounts::DEMO_EMAIL {
        return Err(Failure::Command(
            "this account is open while the server runs with --demo, and its password is in the data directory".to_owned(),
        ));
    }
    find(store, email).await
}

fn sessions(number: u64) -> String {
    if number == 1 { "1 session".to_owned() } else { format!("{number} sessions") }
}

/// Lines with columns under each other.
fn table<const N: usize>(head: [&str; N], rows: Vec<[String; N]>) -> Vec<String> {
    let head = head.map(str::to_owned);
    let all: Vec<_> = std::iter::once(head).chain(rows).collect();
    let widths: [usize; N] =
        std::array::from_fn(|n| all.iter().map(|row| row[n].chars().count()).max().unwrap_or_default());
    let line = |row: &[String; N]| {
        let padded: String = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  ")).collect();
        padded.trim_end().to_owned()
    };
    all.iter().map(line).collect()
}

fn say_all(lines: &[String]) -> Result<(), Failure> {
    lines.iter().try_for_each(|line| say(line))
}

fn read_password() -> Result<String, Failure> {
    let failed = |found| Failure::System { what: "the password cannot be read", found };
    if io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ").map_err(failed)?;
        let again = rpassword::prompt_password("Again: ").map_err(failed)?;
        if password != again {
            return Err(Failure::Command("the two passwords differ; try again".to_owned()));
        }
        return Ok(password);
    }
    let mut line = Vec::new();
    io::stdin().lock().take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(failed)?;
    // What is cut off is refused for its length, whatever it ends with.
    let line = String::from_utf8_lossy(&line);
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// In bytes: more than the longest password, so that a longer one is refused and not cut off.
const LONGEST_LINE: u64 = 4096;
