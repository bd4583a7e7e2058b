//! Finding what a person sees, by what assistive technology is told about it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};
use thirtyfour::WebElement;
use thirtyfour::common::command::{Command, ExtensionCommand};

use super::Browser;
use crate::wait::eventually;

/// What kind of thing to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Something that acts.
    Button,
    /// Something that leads elsewhere.
    Link,
    /// Something to type into or to tick.
    Field,
    /// A heading of any level.
    Heading,
    /// An open dialog.
    Dialog,
    /// A live region that speaks when it has time.
    Status,
    /// A live region that interrupts.
    Alert,
}

impl Browser {
    /// Waits for a visible thing of this role with exactly this name.
    ///
    /// # Errors
    /// When it does not come, with what was there instead.
    pub async fn find(&self, role: Role, name: &str) -> Result<WebElement> {
        let what = format!("the {role:?} \"{name}\"");
        let mut found = eventually(&what, async || self.glance_for(role, name).await).await;
        if found.is_err()
            && let Some(element) = self.look_for(role, name).await?
        {
            found = Ok(element);
        }
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                let (path, text) = (self.path().await?, self.text().await?);
                Err(error.context(format!("the page at {path} says:\n{text}")))
            }
        }
    }

    /// Looks once for a visible thing of this role with exactly this name.
    ///
    /// # Errors
    /// When the page changed while looking.
    pub async fn look_for(&self, role: Role, name: &str) -> Result<Option<WebElement>> {
        if let Some(element) = self.glance_for(role, name).await? {
            return Ok(Some(element));
        }
        // That nothing is there is said by the browser itself, which was not asked yet for the names of the others.
        for element in self.candidates(role, None).await? {
            if accessible_name(&element).await? == name {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Looks once among the things that seem to have this name, by what is written in and beside them: one question for
    /// all of them, and one to the browser for the name of the one that is found.
    async fn glance_for(&self, role: Role, name: &str) -> Result<Option<WebElement>> {
        for element in self.candidates(role, Some(name)).await? {
            if accessible_name(&element).await? == name {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// What is visible and has this role, and seems to have this name.
    async fn candidates(&self, role: Role, name: Option<&str>) -> Result<Vec<WebElement>> {
        let found = self.driver().execute(CANDIDATES, vec![json!(role.selector()), json!(name)]).await?;
        Ok(found.elements()?)
    }

    /// Whether such a thing is visible now.
    ///
    /// # Errors
    /// When the page changed while looking.
    pub async fn shows(&self, role: Role, name: &str) -> Result<bool> {
        Ok(self.look_for(role, name).await?.is_some())
    }

    /// Waits until no such thing is visible.
    ///
    /// # Errors
    /// When it stays.
    pub async fn misses(&self, role: Role, name: &str) -> Result<()> {
        let what = format!("the {role:?} \"{name}\" to go");
        eventually(&what, async || {
            Ok((self.glance_for(role, name).await?.is_none() && !self.shows(role, name).await?).then_some(()))
        })
        .await
    }

    /// Clicks a button or a link, or ticks a box.
    ///
    /// # Errors
    /// When it does not come or something lies over it.
    pub async fn click(&self, role: Role, name: &str) -> Result<()> {
        let what = format!("a click on the {role:?} \"{name}\"");
        eventually(&what, async || {
            let Some(element) = self.glance_for(role, name).await? else { bail!("it is not there") };
            element.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// Replaces what a field holds.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        let field = self.find(Role::Field, name).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Chooses a file of this machine in the field of this name, which pages may hide behind a place to drop files.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn choose_file(&self, name: &str, path: &Path) -> Result<()> {
        let path = path.to_str().context("the path is no text")?;
        eventually(&format!("the file field \"{name}\""), async || {
            let found = self.driver().execute(FILE_FIELDS, vec![json!(name)]).await?;
            let Some(field) = found.elements()?.into_iter().next() else { return Ok(None) };
            field.send_keys(path).await?;
            Ok(Some(()))
        })
        .await
    }

    /// What a field holds.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn value(&self, name: &str) -> Result<String> {
        let field = self.find(Role::Field, name).await?;
        Ok(field.prop("value").await?.unwrap_or_default())
    }
}

impl Role {
    /// The elements that have this role by themselves or by attribute.
    fn selector(self) -> &'static str {
        match self {
            Self::Button => "button, [role=button], input[type=submit], summary",
            Self::Link => "a[href], [role=link]",
            Self::Field => "input, textarea, select",
            Self::Heading => "h1, h2, h3, h4, h5, h6, [role=heading]",
            Self::Dialog => "dialog[open], [role=dialog], [role=alertdialog]",
            Self::Status => "[role=status], output",
            Self::Alert => "[role=alert]",
        }
    }
}

/// The name the browser computed for the accessibility tree.
pub(super) async fn accessible_name(element: &WebElement) -> Result<String> {
    let command = ComputedLabel(element.element_id().to_string());
    let answer = element.handle().cmd(Command::ExtensionCommand(Box::new(command))).await?;
    let label: Value = answer.value()?;
    Ok(label.as_str().context("the browser tells no name")?.trim().to_owned())
}

/// WebDriver's "Get Computed Label", which the client library does not offer.
#[derive(Debug)]
struct ComputedLabel(String);

impl ExtensionCommand for ComputedLabel {
    fn parameters_json(&self) -> Option<Value> {
        None
    }

    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Arc<str> {
        format!("/element/{}/computedlabel", self.0).into()
    }
}

/// Visible elements of a role, and where a name is given, those alone that seem to have it. The seeming is only a sieve
/// (Accessible Name and Description Computation has many more rules): what passes is asked for its computed name.
const CANDIDATES: &str = "
    const [selector, name] = arguments;
    const squash = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
    const isHidden = (it) => it.getAttribute('aria-hidden') === 'true' || !it.checkVisibility();
    const spoken = (node) => {
        if (node.nodeType === Node.TEXT_NODE) return node.data;
        if (node.nodeType !== Node.ELEMENT_NODE || isHidden(node)) return '';
        if (node.ariaLabel) return ` ${node.ariaLabel} `;
        if (node.tagName === 'IMG') return ` ${node.alt} `;
        const inner = [...node.childNodes].map(spoken).join('');
        return getComputedStyle(node).display.startsWith('inline') ? inner : ` ${inner} `;
    };
    const seems = (it) => {
        const by = it.getAttribute('aria-labelledby');
        if (by) return by.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
        if (it.ariaLabel) return it.ariaLabel;
        if (it.labels?.length) return [...it.labels].map(spoken).join(' ');
        if (it.tagName === 'INPUT' && it.type === 'submit') return it.value;
        return spoken(it) || it.title;
    };
    const isSeen = (it) => {
        if (!it.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
        const { width, height } = it.getBoundingClientRect();
        return width > 0 && height > 0;
    };
    const isNamed = (it) => name === null || squash(seems(it)) === squash(name);
    return [...document.querySelectorAll(selector)].filter((it) => isNamed(it) && isSeen(it));";

/// File fields by their labels. Firefox computes no such name for a field that is drawn by another element.
const FILE_FIELDS: &str = "
    const [name] = arguments;
    const names = (it) => [it.ariaLabel, ...[...it.labels].map((label) => label.textContent)];
    const isNamed = (it) => names(it).some((found) => found?.trim() === name);
    return [...document.querySelectorAll('input[type=file]')].filter(isNamed);";
