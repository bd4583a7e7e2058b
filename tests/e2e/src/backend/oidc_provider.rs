//! The provider in `backends/oidc-provider`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process::Process;
use crate::world::{Account, secret};

#[derive(Debug)]
pub(crate) struct OidcProvider {
    pub(super) process: Process,
    pub(super) account: Account,
    data_dir: PathBuf,
    pub(super) admin: String,
}

impl OidcProvider {
    pub(super) fn new(data_dir: &Path) -> Result<Self> {
        let mut process = Process::new("node".into(), data_dir.with_extension("log"))?;
        // The tests of a package run in its directory.
        process.set_arguments(vec!["backends/oidc-provider/server.mjs".into()]);
        let account = Account::by_email("demo@provider.example", &secret());
        Ok(Self { process, account, data_dir: data_dir.to_path_buf(), admin: secret() })
    }

    pub(super) fn set_up(&mut self, page: &str, issuer: &str, lifetime_s: u32) -> Result<()> {
        std::fs::create_dir_all(&self.data_dir)?;
        let address = format!("{page}/login");
        self.process.set_variables(vec![
            ("PORT", self.process.port().to_string().into()),
            ("ISSUER", issuer.into()),
            ("DATA_DIR", self.data_dir.clone().into()),
            ("PAGE_ORIGIN", page.into()),
            ("REDIRECT_URI", address.clone().into()),
            ("POST_LOGOUT_URI", address.into()),
            ("CLIENT_ID", "perennial".into()),
            ("ACCESS_TOKEN_LIFETIME_S", lifetime_s.to_string().into()),
            ("USER_NAME", "Demo Person".into()),
            ("USER_EMAIL", self.account.email.clone().into()),
            ("USER_PASSWORD", self.account.password.clone().into()),
            ("ADMIN_SECRET", self.admin.clone().into()),
        ]);
        Ok(())
    }
}
