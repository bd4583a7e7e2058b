//! Tools that come from npm.

use anyhow::Result;

use super::quietly;
use crate::setup::Machine;
use crate::setup::staging::make;
use crate::setup::tool::{Tool, Version};

/// Installs a package into a folder of its own, since an installation removes what another one left.
///
/// Without the scripts that packages bring: none of these needs its own, and some npm refuses them.
pub(super) fn install(tool: &Tool, package: &str, staged: &Machine) -> Result<()> {
    let folder = staged.tools()?.join(tool.folder());
    make(&folder)?;
    let package = match &tool.wanted {
        Version::Exactly(version) => format!("{package}@{version}"),
        Version::Major(_) | Version::Any => package.to_owned(),
    };
    let mut npm = staged.program("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix"]);
    quietly(&tool.title(), tool.takes(), npm.arg(&folder).arg(package))
}
