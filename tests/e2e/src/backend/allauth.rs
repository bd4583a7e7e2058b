//! The project in `backends/allauth`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::manage::{self, USERNAME, manage};
use crate::process::Process;
use crate::world::{Account, secret};

#[derive(Debug)]
pub(crate) struct Allauth {
    pub(super) process: Process,
    pub(super) account: Account,
    data_dir: PathBuf,
}

impl Allauth {
    pub(super) fn new(data_dir: &Path) -> Result<Self> {
        let account = Account::by_email("demo@allauth.example", &secret());
        Ok(Self { process: manage::process(data_dir)?, account, data_dir: data_dir.to_path_buf() })
    }

    /// Makes the database with its one person.
    pub(super) fn set_up(&mut self, page: &str, lifetime_s: u32) -> Result<()> {
        manage::set_up(&mut self.process, FOLDER, &self.data_dir, (page, lifetime_s), &self.account)
    }

    pub(super) fn sign_out_everywhere(&self) -> Result<()> {
        self.process.once(&manage(FOLDER, &["sign_out_everywhere", USERNAME]), "")
    }
}

const FOLDER: &str = "allauth";
