//! `user add`, `key rotate` and `backup`.

use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use crate::accounts::{self, NewAccount};
use crate::backup;
use crate::cli::{Command, KeyCommand, UserCommand};
use crate::clock::{Clock, SystemClock};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::keys::KeyRing;
use crate::serve::say;

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
        Command::User(UserCommand::Add { email, name, roles }) => {
            if email.trim().eq_ignore_ascii_case(accounts::DEMO_EMAIL) {
                return Err(Failure::Account(
                    "this address is the demo account's; start with --demo to have it".to_owned(),
                ));
            }
            let store = data.open_store().await?;
            let password = read_password()?;
            let account = accounts::add(&*store, NewAccount { email, name, roles, password }, now).await?;
            store.close().await;
            say(&format!("Account {} made for {}", account.id, account.email))
        }
        Command::Key(KeyCommand::Rotate) => {
            let kid = KeyRing::rotate(&data.keys_path(), now)?;
            say(&format!("Key {kid} signs from the next start of the server on"))
        }
    }
}

fn read_password() -> Result<String, Failure> {
    let failed = |found| Failure::System { what: "the password cannot be read", found };
    if io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ").map_err(failed)?;
        let again = rpassword::prompt_password("Again: ").map_err(failed)?;
        if password != again {
            return Err(Failure::Account("the two passwords differ; try again".to_owned()));
        }
        return Ok(password);
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(failed)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
