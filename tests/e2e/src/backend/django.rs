//! The project in `backends/django`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::manage::{self, USERNAME, manage};
use crate::process::Process;
use crate::world::{Account, secret};

#[derive(Debug)]
pub(crate) struct Django {
    pub(super) process: Process,
    pub(super) account: Account,
    data_dir: PathBuf,
}

impl Django {
    pub(super) fn new(data_dir: &Path) -> Result<Self> {
        let process = manage::process(data_dir)?;
        let email = "demo@django.example".to_owned();
        // No address, which is what most people of such a project have.
        let account = Account { username: Some(USERNAME.to_owned()), email, password: secret() };
        Ok(Self { process, account, data_dir: data_dir.to_path_buf() })
    }

    /// Makes the database with its one person.
    pub(super) fn set_up(&mut self, page: &str, lifetime_s: u32) -> Result<()> {
        manage::set_up(&mut self.process, FOLDER, &self.data_dir, (page, lifetime_s), &self.account)
    }

    pub(super) fn sign_out_everywhere(&self) -> Result<()> {
        self.process.once(&manage(FOLDER, &["sign_out_everywhere", USERNAME]), &self.account.password)
    }
}

const FOLDER: &str = "django";
