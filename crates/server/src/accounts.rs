//! Making and finding accounts, by hand with `user`, and the demo account with `--demo`.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::clock::Moment;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::keys;
use crate::new_password;
use crate::passwords;
use crate::private_file;
use crate::store::{Account, Store, StoreError};

/// An account to be made.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds a password")]
pub struct NewAccount {
    /// What the person signs in with.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// What the person may do.
    pub roles: Vec<String>,
    /// The password.
    pub password: String,
}

/// Makes an account.
///
/// # Errors
/// [`Failure::Account`] when what is asked for cannot be an account, or the address is taken.
pub async fn add(store: &dyn Store, wanted: NewAccount, now: Moment) -> Result<Account, Failure> {
    let refuse = |what: &str| Err(Failure::Account(what.to_owned()));
    let email = address(&wanted.email);
    let is_address = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !is_address || email.contains(char::is_whitespace) {
        return refuse("the e-mail address needs a name, an @ and a host, and no spaces");
    }
    if wanted.name.trim().is_empty() {
        return refuse("the name is empty; give it with --name");
    }
    if wanted.roles.iter().any(|role| role.is_empty() || role.contains(char::is_whitespace)) {
        return refuse("a role is one word; repeat --role for several");
    }
    if let Err(unfit) = new_password::check(&wanted.password, &[&email, &wanted.name]) {
        return refuse(&unfit.to_string());
    }
    let account = Account {
        id: Uuid::new_v4(),
        email,
        name: wanted.name.trim().to_owned(),
        roles: wanted.roles,
        password_hash: hash(&wanted.password)?,
        disabled: false,
        created_at: now,
    };
    if find(store, &account.email).await?.is_some() {
        return refuse(TAKEN);
    }
    match store.add_account(&account).await {
        Ok(()) => Ok(account),
        Err(StoreError::EmailTaken) => refuse(TAKEN),
        Err(other) => Err(other.into()),
    }
}

/// The account that a person means who types this address.
///
/// Versions before kept addresses as they were typed, so one with letters of two characters is looked for in these
/// forms as well.
pub(crate) async fn find(store: &dyn Store, typed: &str) -> Result<Option<Account>, StoreError> {
    let address = address(typed);
    let found = store.account_by_email(&address).await?;
    if found.is_some() || address.is_ascii() {
        return Ok(found);
    }
    match store.account_by_email(&passwords::decomposed(&address)).await? {
        Some(account) => Ok(Some(account)),
        None => store.account_by_email(&typed.trim().to_lowercase()).await,
    }
}

/// An address as all are compared: without space around it, in small letters, and each letter in one form.
pub(crate) fn address(typed: &str) -> String {
    passwords::composed(&passwords::composed(typed.trim()).to_lowercase())
}

/// The demo account as a person may be told it.
#[expect(missing_debug_implementations, reason = "it holds a password")]
pub struct DemoAccount {
    /// What to sign in with.
    pub email: &'static str,
    /// The password, the same at each start.
    pub password: String,
}

/// Makes or opens the demo account, with the password kept in the data directory.
///
/// # Errors
/// [`Failure::DemoPassword`] when the password file cannot be used.
pub async fn open_demo(store: &dyn Store, data_dir: &Path, now: Moment) -> Result<DemoAccount, Failure> {
    let password = demo_password(&DataDir::open(data_dir)?.demo_password_path())?;
    match store.account_by_email(DEMO_EMAIL).await? {
        None => {
            let wanted = NewAccount {
                email: DEMO_EMAIL.to_owned(),
                name: "Demo Person".to_owned(),
                roles: vec!["member".to_owned()],
                password: password.clone(),
            };
            add(store, wanted, now).await?;
        }
        Some(account) => {
            let is_same = passwords::is_matching(&password, &account.password_hash).unwrap_or(false);
            if account.disabled || !is_same {
                store.enable_account(account.id, Some(&hash(&password)?)).await?;
            }
        }
    }
    Ok(DemoAccount { email: DEMO_EMAIL, password })
}

/// Closes the demo account that an earlier start with `--demo` made, and ends its sessions.
///
/// # Errors
/// What the store said.
pub async fn close_demo(store: &dyn Store, now: Moment) -> Result<(), Failure> {
    if let Some(account) = store.account_by_email(DEMO_EMAIL).await?.filter(|account| !account.disabled) {
        store.disable_account(account.id, now).await?;
    }
    Ok(())
}

fn demo_password(path: &Path) -> Result<String, Failure> {
    let failed = |found: String| Failure::DemoPassword { path: path.to_owned(), found };
    if !path.exists() {
        let password = URL_SAFE_NO_PAD.encode(&keys::random_bytes()?[..12]);
        private_file::create(path, format!("{password}\n").as_bytes())
            .map_err(|error| failed(error.to_string()))?;
        return Ok(password);
    }
    if let Some(found) = private_file::too_open(path).map_err(|error| failed(error.to_string()))? {
        return Err(failed(found));
    }
    let password = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?.trim().to_owned();
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(failed("it holds no password".to_owned()));
    }
    Ok(password)
}

/// Hashes a password; slow on purpose.
pub(crate) fn hash(password: &str) -> Result<String, Failure> {
    passwords::hash(password).map_err(|error| Failure::Account(error.to_string()))
}

/// A name that no mail can reach (RFC 2606).
pub(crate) const DEMO_EMAIL: &str = "demo@perennial.example";

const TAKEN: &str = "there is one with this e-mail address already";

/// What is shorter was cut off.
const SHORTEST_PASSWORD: usize = 8;
