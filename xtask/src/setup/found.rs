//! Sees what is on the machine, and in which version.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::need::Need;
use super::tool::{REQUIREMENTS, Tool, package_lock};
use super::{Machine, backends};

/// A tool that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It tells its version.
    Version(String),
    /// It tells none.
    Here,
    /// A part of it is missing.
    Without { version: String, part: &'static str },
}

/// Looks for a tool.
pub(super) fn look(need: Need, machine: &Machine) -> Option<Found> {
    let word = |said: Option<String>, index| {
        said?.split_whitespace().nth(index).map(|word| Found::Version(word.to_owned()))
    };
    match need {
        Need::Toolchain => toolchain(machine),
        Need::Crates => {
            here(machine.output(&machine.cargo, ["fetch", "--quiet", "--locked", "--offline"]).is_some())
        }
        Need::Trunk => word(machine.output("trunk", ["--version"]), 1),
        Need::WasmBindgen => word(machine.output("wasm-bindgen", ["--version"]), 1),
        // What npm has installed is started by Node.js: without it, that is not here either.
        Need::Node => machine.which("npm").and_then(|_| number(machine, "node")),
        Need::WasmOpt => word(machine.output("wasm-opt", ["--version"]), 2),
        Need::Esbuild => machine.output("esbuild", ["--version"]).map(Found::Version),
        Need::Python => number(machine, "python3"),
        Need::Venv => here(machine.output("python3", ["-c", "import ensurepip, venv"]).is_some()),
        Need::Chromium => number(machine, chromium(machine)?),
        Need::ChromeDriver => number(machine, chromedriver(machine)?),
        Need::Firefox => number(machine, firefox(machine)?),
        Need::GeckoDriver => number(machine, geckodriver(machine)?),
        Need::WebKitDriver => here(machine.which("WebKitWebDriver").is_some()),
        Need::MiniBrowser => here(mini_browser(machine).is_some()),
        Need::Xvfb => here(machine.which("Xvfb").is_some()),
        Need::Openbox => number(machine, "openbox"),
        Need::Axe => axe(machine),
        Need::Django => installed(machine, &backends::django_note(machine)?, REQUIREMENTS, need),
        Need::OidcProvider | Need::BetterAuth => {
            let name = Tool::of(need, machine).ok()?.row.name;
            installed(machine, &backends::note_beside(machine, name), &package_lock(name), need)
        }
        Need::LlvmTools => llvm_tools(machine),
        Need::LlvmCov => word(machine.output(&machine.cargo, ["llvm-cov", "--version"]), 1),
        Need::Mutants => word(machine.output(&machine.cargo, ["mutants", "--version"]), 1),
        Need::Sqlite => number(machine, "sqlite3"),
    }
}

pub(super) fn chromium(machine: &Machine) -> Option<PathBuf> {
    let usual = ["chromium", "chromium-browser", "google-chrome"];
    machine.named("CHROME").or_else(|| usual.into_iter().find_map(|name| machine.which(name)))
}

pub(super) fn chromedriver(machine: &Machine) -> Option<PathBuf> {
    machine.named("CHROMEDRIVER").or_else(|| machine.which("chromedriver"))
}

pub(super) fn firefox(machine: &Machine) -> Option<PathBuf> {
    let usual = ["firefox-esr", "firefox"];
    machine.named("FIREFOX").or_else(|| usual.into_iter().find_map(|name| machine.which(name)))
}

pub(super) fn geckodriver(machine: &Machine) -> Option<PathBuf> {
    machine.named("GECKODRIVER").or_else(|| machine.which("geckodriver"))
}

/// It lies beside the library and not on the search path.
pub(super) fn mini_browser(machine: &Machine) -> Option<PathBuf> {
    let files = machine.output("dpkg", ["-L", "libwebkit2gtk-4.1-0"])?;
    files.lines().map(PathBuf::from).find(|file| file.ends_with("MiniBrowser") && file.is_file())
}

/// The script that looks for what keeps people out of a page.
pub(super) fn axe_script(machine: &Machine) -> Option<PathBuf> {
    let folder = Tool::of(Need::Axe, machine).ok()?.folder();
    Some(machine.tools.as_ref()?.join(folder).join("node_modules/axe-core/axe.min.js"))
}

/// By running it: of a script that is not whole, other files still tell the version.
fn axe(machine: &Machine) -> Option<Found> {
    let script = axe_script(machine)?;
    let version = "console.log(require(process.argv[1]).version)";
    machine.output("node", ["-e", version, script.to_str()?]).map(Found::Version)
}

/// The pinned toolchain counts as here when its compiler, its target and its components are.
fn toolchain(machine: &Machine) -> Option<Found> {
    let said = machine.output("rustc", ["--version"])?;
    let version = said.split_whitespace().nth(1)?.to_owned();
    let sysroot = PathBuf::from(machine.output("rustc", ["--print", "sysroot"])?);
    let part = if !sysroot.join("lib/rustlib/wasm32-unknown-unknown").is_dir() {
        "wasm32-unknown-unknown"
    } else if machine.output(&machine.cargo, ["clippy", "--version"]).is_none() {
        "clippy"
    } else if machine.output(&machine.cargo, ["fmt", "--version"]).is_none() {
        "rustfmt"
    } else {
        return Some(Found::Version(version));
    };
    Some(Found::Without { version, part })
}

/// They lie beside the compiler, and tell no version that anybody would look for.
fn llvm_tools(machine: &Machine) -> Option<Found> {
    let libdir = machine.output("rustc", ["--print", "target-libdir"])?;
    let tool = Path::new(&libdir).parent()?.join("bin/llvm-profdata");
    here(tool.with_extension(env::consts::EXE_EXTENSION).is_file())
}

/// The version that was installed, if that was done from the list as it is now.
fn installed(machine: &Machine, note: &Path, list: &str, need: Need) -> Option<Found> {
    let noted = fs::read(note).ok()?;
    if noted != fs::read(machine.root.join(list)).ok()? {
        return None;
    }
    match Tool::of(need, machine).ok()?.wanted {
        super::tool::Version::Exactly(version) => Some(Found::Version(version)),
        super::tool::Version::Major(_) | super::tool::Version::Any => None,
    }
}

/// The first word of `--version` that is a number, without the letter that Node.js puts ahead of it: the name before it
/// has one or two words.
fn number(machine: &Machine, program: impl AsRef<std::ffi::OsStr>) -> Option<Found> {
    let said = machine.output(program, ["--version"])?;
    let words = said.split_whitespace().map(|word| word.strip_prefix('v').unwrap_or(word));
    let mut numbers = words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    numbers.next().map(|word| Found::Version(word.to_owned()))
}

fn here(is: bool) -> Option<Found> {
    is.then_some(Found::Here)
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => f.write_str(version),
            Self::Here => f.write_str("here"),
            Self::Without { version, part } => write!(f, "{version} without {part}"),
        }
    }
}
