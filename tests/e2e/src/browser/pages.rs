//! What people do on the pages, in their order.

use anyhow::{Result, ensure};

use super::{Browser, Role};
use crate::wait::eventually;
use crate::world::Account;

impl Browser {
    /// Opens the site and signs in.
    ///
    /// # Errors
    /// When the overview does not come.
    pub async fn sign_in(&self, account: &Account) -> Result<()> {
        self.go("/").await?;
        self.find(Role::Heading, "Sign in").await?;
        self.submit(account).await?;
        self.find(Role::Heading, "Overview").await.map(drop)
    }

    /// Fills the sign-in form that is shown and sends it.
    ///
    /// # Errors
    /// When there is no such form.
    pub async fn submit(&self, account: &Account) -> Result<()> {
        self.fill("Email", &account.email).await?;
        self.fill("Password", &account.password).await?;
        self.click(Role::Button, "Sign in").await
    }

    /// Goes to a page by the navigation and waits for its heading, which has the same name.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn open_page(&self, name: &str) -> Result<()> {
        self.click(Role::Link, name).await?;
        self.find(Role::Heading, name).await.map(drop)
    }

    /// Waits until the session chip says this.
    ///
    /// # Errors
    /// When it does not.
    pub async fn chip_says(&self, text: &str) -> Result<()> {
        eventually(&format!("the session chip to say \"{text}\""), async || {
            let chip = self.run(CHIP).await?;
            Ok(chip.as_str().unwrap_or_default().contains(text).then_some(()))
        })
        .await
    }

    /// Fails when the sign-in page is shown.
    ///
    /// # Errors
    /// When it is.
    pub async fn is_signed_in(&self) -> Result<()> {
        ensure!(!self.shows(Role::Heading, "Sign in").await?, "the sign-in page is shown");
        Ok(())
    }
}

const CHIP: &str =
    "const chip = document.querySelector('header [role=status]'); return chip ? chip.innerText : ''";
