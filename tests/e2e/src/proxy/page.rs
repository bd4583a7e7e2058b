//! The changes a scenario makes to index.html, which an operator could make as well.

use anyhow::{Context, Result};
use bytes::Bytes;
use serde_json::Value;

/// Puts a configuration into the data block, and the scripts from these paths ahead of all others.
pub(super) fn rewrite(page: &Bytes, config: Option<&Value>, scripts: &[&str]) -> Result<Bytes> {
    let mut text = std::str::from_utf8(page).context("the page is not UTF-8")?.to_owned();
    if let Some(config) = config {
        let block = text.find("perennial-config").context("the page has no configuration block")?;
        let start = block + text[block..].find('>').context("the configuration block does not open")? + 1;
        let end =
            start + text[start..].find("</script>").context("the configuration block does not close")?;
        text.replace_range(start..end, &config.to_string());
    }
    if scripts.is_empty() {
        return Ok(text.into());
    }
    let first = text.find("<script").context("the page has no script")?;
    let tags: String = scripts.iter().map(|path| format!("<script src=\"{path}\"></script>")).collect();
    text.insert_str(first, &tags);
    Ok(text.into())
}

/// Where the script comes from: the same origin, since the page's policy allows no other.
pub(super) const SHIM_PATH: &str = "/__shim.js";

/// Where pages say what they write to the console, in an engine whose driver does not tell.
pub(crate) const CONSOLE_PATH: &str = "/__console";

/// Stands in for what the driver of WebKitGTK cannot do: tells what is written to the console, and lets the page find
/// that the device is offline.
pub(crate) const WEBKIT_SHIM: &str = "{
    const send = fetch.bind(window);
    const tell = (...said) => {
        send('/__console', { method: 'POST', body: said.join(' '), keepalive: true }).catch(() => {});
    };
    for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
        const write = console[level].bind(console);
        console[level] = (...said) => { write(...said); tell(...said); };
    }
    addEventListener('error', (event) => tell(event.message));
    addEventListener('unhandledrejection', (event) => tell(event.reason));
    Object.defineProperty(navigator, 'onLine', { get: () => !window.isOffline });
    // The proxy takes what is sent before it closes a connection. Without a network nothing leaves, and pages that follow
    // how far a request is can tell.
    const leave = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (body) {
        if (!window.isOffline) return leave.call(this, body);
        setTimeout(() => ['error', 'loadend'].forEach((end) => this.dispatchEvent(new ProgressEvent(end))));
    };
}";
