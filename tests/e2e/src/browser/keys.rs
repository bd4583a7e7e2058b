//! A person who has no mouse.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use thirtyfour::Key;

use super::Browser;
use crate::engine::Engine;

/// Where the keyboard is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// The name of the element, as assistive technology is told it.
    pub name: String,
    /// What kind of element: `button`, `a`, `input`, …
    pub tag: String,
    /// Whether a person sees that it is there: within the window, with an outline and nothing over it.
    pub is_visible: bool,
}

impl Browser {
    /// Presses a key and lets go of it, wherever the focus is.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn press(&self, key: Key) -> Result<()> {
        Ok(self.driver().action_chain().key_down(key.clone()).key_up(key).perform().await?)
    }

    /// Presses Tab while Shift is down.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn press_shift_tab(&self) -> Result<()> {
        let keys = self.driver().action_chain().key_down(Key::Shift).send_keys(Key::Tab.value().to_string());
        Ok(keys.key_up(Key::Shift).perform().await?)
    }

    /// Types into whatever has the focus.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        Ok(self.driver().action_chain().send_keys(text).perform().await?)
    }

    /// Where the keyboard is, or nothing where it is nowhere.
    ///
    /// # Errors
    /// When the page changed while looking.
    pub async fn focus(&self) -> Result<Option<Focus>> {
        // While Firefox's own controls have the focus, the page still names the element that would be next.
        let is_elsewhere = self.engine() == Engine::Firefox
            && self.run("return document.hasFocus()").await? == Value::Bool(false);
        let told = if is_elsewhere { Value::Null } else { self.run(FOCUS).await? };
        if told.is_null() {
            return Ok(None);
        }
        let element = self.driver().active_element().await?;
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        let name = super::find::accessible_name(&element).await?;
        Ok(Some(Focus { name, tag: text("tag"), is_visible: told["visible"] == Value::Bool(true) }))
    }

    /// Presses Tab until the element of this name has the focus, and fails where the focus is lost or not to be seen on
    /// the way.
    ///
    /// # Errors
    /// When the focus does not get there, with where it was.
    pub async fn tab_to(&self, name: &str) -> Result<()> {
        let (mut passed, mut left_page) = (Vec::new(), false);
        while passed.len() < MOST_STOPS {
            self.press(Key::Tab).await?;
            let Some(focus) = self.focus().await? else {
                // Behind the last element of a page come the browser's own controls, and then the page again.
                ensure!(!left_page, "nothing on the page has the focus any more, after {passed:?}");
                left_page = true;
                self.come_back_to_the_page().await?;
                continue;
            };
            if focus.tag == "dialog" && self.engine() == Engine::Firefox {
                // Firefox stops at what can be scrolled as well, where its keys scroll it.
                continue;
            }
            ensure!(focus.is_visible, "nobody sees that {focus:?} has the focus, after {passed:?}");
            if focus.name == name {
                return Ok(());
            }
            passed.push(focus.name);
        }
        bail!("Tab does not lead to \"{name}\", but to {passed:?}")
    }

    /// Goes past the controls of Firefox itself: its driver gives keys to pages alone.
    async fn come_back_to_the_page(&self) -> Result<()> {
        if self.engine() != Engine::Firefox {
            return Ok(());
        }
        self.run("document.activeElement?.blur()").await?;
        self.session.privileged("gBrowser.selectedBrowser.focus()").await.map(drop)
    }

    /// What has the focus, which must be to be seen.
    ///
    /// # Errors
    /// When nothing has it or nobody sees it.
    pub async fn must_have_focus(&self) -> Result<Focus> {
        self.focus().await?.context("the focus is lost: nothing on the page has it")
    }
}

/// More than the fullest page has.
const MOST_STOPS: usize = 80;

/// A radio button or a file field may be drawn by what lies beside it: an outline there counts.
const FOCUS: &str = "
    const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 100); });
    const look = async () => {
        // What has the focus is scrolled to with the next picture, and some of it slides in.
        await frame();
        await frame();
        const it = document.activeElement;
        if (!it || it === document.body || it === document.documentElement) return null;
        const ends = (a) => a.effect && a.effect.getComputedTiming().endTime !== Infinity;
        document.getAnimations().filter(ends).forEach((a) => a.finish());
        const box = it.getBoundingClientRect();
        const outlined = (e) => {
            if (!e) return false;
            const style = getComputedStyle(e);
            return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
        };
        const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
        const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
        const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
        const top = document.elementFromPoint(x, y);
        const labels = [...(it.labels ?? [])];
        const free = !top || it.contains(top) || top.contains(it) || labels.some((l) => l.contains(top));
        const heading = /^H[1-6]$/.test(it.tagName);
        const visible = inside && free && (heading || outlined(it) || outlined(it.nextElementSibling));
        return { tag: it.tagName.toLowerCase(), visible };
    };
    return look();";
