//! What people do on the pages, in their order.

use anyhow::{Result, ensure};

use super::{Browser, Role};
use crate::backend::Backend;
use crate::wait::eventually;
use crate::world::Account;

impl Browser {
    /// Opens the site and signs in.
    ///
    /// # Errors
    /// When the overview does not come.
    pub async fn sign_in(&self, account: &Account) -> Result<()> {
        self.sign_in_to(Backend::default(), account).await
    }

    /// Opens the site and signs in as the backend has it.
    ///
    /// # Errors
    /// When the overview does not come.
    pub async fn sign_in_to(&self, backend: Backend, account: &Account) -> Result<()> {
        self.go("/").await?;
        self.find(Role::Heading, "Sign in").await?;
        self.submit_to(backend, account).await?;
        self.find(Role::Heading, "Overview").await.map(drop)
    }

    /// Signs in from the sign-in page, as the backend has it.
    ///
    /// # Errors
    /// When a page on the way does not come.
    pub async fn submit_to(&self, backend: Backend, account: &Account) -> Result<()> {
        if backend != Backend::OidcProvider {
            return self.submit(account).await;
        }
        self.click(Role::Button, "Sign in").await?;
        self.find(Role::Heading, "Sign in at the provider").await?;
        self.submit(account).await?;
        self.click(Role::Button, "Allow").await
    }

    /// Signs out from a page of the application, as the backend has it.
    ///
    /// # Errors
    /// When the sign-in page does not come.
    pub async fn sign_out_of(&self, backend: Backend) -> Result<()> {
        self.click(Role::Button, "Sign out").await?;
        if backend == Backend::OidcProvider {
            self.click(Role::Button, "Yes, sign me out").await?;
        }
        self.find(Role::Heading, "Sign in").await.map(drop)
    }

    /// Fills the sign-in form that is shown and sends it.
    ///
    /// # Errors
    /// When there is no such form.
    pub async fn submit(&self, account: &Account) -> Result<()> {
        match &account.username {
            Some(username) => self.fill("Username", username).await?,
            None => self.fill("Email", &account.email).await?,
        }
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
        // A page that takes the place of another while it is looked at is looked at again.
        let shown =
            eventually("a look at the page", async || self.shows(Role::Heading, "Sign in").await.map(Some));
        ensure!(!shown.await?, "the sign-in page is shown");
        Ok(())
    }
}

const CHIP: &str =
    "const chip = document.querySelector('header [role=status]'); return chip ? chip.innerText : ''";
