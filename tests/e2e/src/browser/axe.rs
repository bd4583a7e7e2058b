//! What axe finds wrong with a page.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Browser;
use crate::server::artifact;

impl Browser {
    /// Has axe look at the page as it is, and gives a sentence for each thing that it finds wrong.
    ///
    /// # Errors
    /// When axe is not there or cannot run.
    pub async fn violations(&self) -> Result<Vec<String>> {
        if self.run("return typeof axe").await? == json!("undefined") {
            let script = artifact("E2E_AXE", "axe.min.js")?;
            let script = std::fs::read_to_string(&script).context("axe cannot be read")?;
            self.run(&script).await?;
        }
        let told = self.driver().execute_async(RUN, vec![json!(TAGS)]).await?.json().clone();
        let found = told.as_array().with_context(|| format!("axe did not run: {told}"))?;
        Ok(found.iter().map(sentence).collect())
    }
}

fn sentence(found: &Value) -> String {
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    format!("{}: {} at {}", text("rule"), text("help"), text("where"))
}

/// What it looks for: everything that WCAG 2.2 asks for up to AA, and what its makers advise beyond that. No rule is
/// switched off.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const RUN: &str = "
    const [tags, done] = arguments;
    const say = (found) => found.nodes.map((node) => ({
        rule: found.id,
        help: found.help,
        where: node.target.join(' ') + ' (' + (node.any.concat(node.all, node.none)[0]?.message ?? '') + ')',
    }));
    axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
        .then((result) => done(result.violations.flatMap(say)), (error) => done(String(error)));";
