//! Django projects: both run in one Python.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;

use crate::process::Process;
use crate::server::artifact;
use crate::world::{Account, secret};

/// A project as a child process.
pub(super) fn process(data_dir: &Path) -> Result<Process> {
    Process::new(artifact("E2E_PYTHON", "python")?, data_dir.with_extension("log"))
}

/// Makes the database of the project in this folder, with its one person.
pub(super) fn set_up(
    process: &mut Process,
    folder: &str,
    data_dir: &Path,
    (page, lifetime_s): (&str, u32),
    account: &Account,
) -> Result<()> {
    std::fs::create_dir_all(data_dir)?;
    process.set_variables(vec![
        ("SECRET_KEY", format!("{}{}", secret(), secret()).into()),
        ("DATA_DIR", data_dir.into()),
        ("PAGE_ORIGIN", page.into()),
        ("ACCESS_TOKEN_LIFETIME_S", lifetime_s.to_string().into()),
        ("DJANGO_SUPERUSER_PASSWORD", account.password.clone().into()),
        ("PYTHONDONTWRITEBYTECODE", "1".into()),
    ]);
    let listen = format!("127.0.0.1:{}", process.port());
    process.set_arguments(manage(folder, &["runserver", "--noreload", &listen]));
    process.once(&manage(folder, &["migrate", "--verbosity=0"]), "")?;
    let make = ["createsuperuser", "--noinput", "--username", USERNAME, "--email", &account.email];
    process.once(&manage(folder, &make), "")
}

/// A command line of the project.
pub(super) fn manage(folder: &str, command: &[&str]) -> Vec<OsString> {
    // The tests of a package run in its directory.
    let script = format!("backends/{folder}/manage.py");
    [&*script].iter().chain(command).map(OsString::from).collect()
}

/// What Django itself calls the person.
pub(super) const USERNAME: &str = "demo";
