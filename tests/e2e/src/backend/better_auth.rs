//! The site in `backends/better-auth`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process::Process;
use crate::world::{Account, secret};

#[derive(Debug)]
pub(crate) struct BetterAuth {
    pub(super) process: Process,
    pub(super) account: Account,
    pub(super) admin: String,
    data_dir: PathBuf,
}

impl BetterAuth {
    pub(super) fn new(data_dir: &Path) -> Result<Self> {
        let mut process = Process::new("node".into(), data_dir.with_extension("log"))?;
        // The tests of a package run in its directory.
        process.set_arguments(vec!["backends/better-auth/server.mjs".into()]);
        let account = Account::by_email("demo@better.example", &secret());
        Ok(Self { process, account, admin: secret(), data_dir: data_dir.to_path_buf() })
    }

    pub(super) fn set_up(&mut self, page: &str, own: &str) -> Result<()> {
        std::fs::create_dir_all(&self.data_dir)?;
        self.process.set_variables(vec![
            ("PORT", self.process.port().to_string().into()),
            ("OWN_ORIGIN", own.into()),
            ("DATA_DIR", self.data_dir.clone().into()),
            ("PAGE_ORIGIN", page.into()),
            ("SECRET", format!("{}{}", secret(), secret()).into()),
            ("USER_NAME", "Demo Person".into()),
            ("USER_EMAIL", self.account.email.clone().into()),
            ("USER_PASSWORD", self.account.password.clone().into()),
            ("ADMIN_SECRET", self.admin.clone().into()),
        ]);
        Ok(())
    }
}

/// The cookie that holds a session.
pub(super) const COOKIE: &str = "better-auth.session_token";
