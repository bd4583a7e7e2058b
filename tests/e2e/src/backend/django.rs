//! The project in `backends/django`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process::Process;
use crate::server::artifact;
use crate::world::{Account, secret};

#[derive(Debug)]
pub(crate) struct Django {
    pub(super) process: Process,
    pub(super) account: Account,
    data_dir: PathBuf,
}

impl Django {
    pub(super) fn new(data_dir: &Path) -> Result<Self> {
        let python = artifact("E2E_PYTHON", "python")?;
        let process = Process::new(python, data_dir.with_extension("log"))?;
        let email = "demo@django.example".to_owned();
        let account = Account { username: Some(USERNAME.to_owned()), email, password: secret() };
        Ok(Self { process, account, data_dir: data_dir.to_path_buf() })
    }

    /// Makes the database with its one person.
    pub(super) fn set_up(&mut self, page: &str, lifetime_s: u32) -> Result<()> {
        std::fs::create_dir_all(&self.data_dir)?;
        self.process.set_variables(vec![
            ("SECRET_KEY", format!("{}{}", secret(), secret()).into()),
            ("DATA_DIR", self.data_dir.clone().into()),
            ("PAGE_ORIGIN", page.into()),
            ("ACCESS_TOKEN_LIFETIME_S", lifetime_s.to_string().into()),
            ("DJANGO_SUPERUSER_PASSWORD", self.account.password.clone().into()),
            ("PYTHONDONTWRITEBYTECODE", "1".into()),
        ]);
        let listen = format!("127.0.0.1:{}", self.process.port());
        self.process.set_arguments(manage(&["runserver", "--noreload", &listen]));
        self.process.once(&manage(&["migrate", "--verbosity=0"]), "")?;
        let email = &self.account.email;
        let make = ["createsuperuser", "--noinput", "--username", USERNAME, "--email", email];
        self.process.once(&manage(&make), "")
    }

    pub(super) fn sign_out_everywhere(&self) -> Result<()> {
        self.process.once(&manage(&["sign_out_everywhere", USERNAME]), &self.account.password)
    }
}

fn manage(command: &[&str]) -> Vec<OsString> {
    // The tests of a package run in its directory.
    ["backends/django/manage.py"].iter().chain(command).map(OsString::from).collect()
}

/// No address, which is what most people of such a project have.
const USERNAME: &str = "demo";
