//! Every tool the commands use: which version, why, how it is seen and how it is installed.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Install, Tool, Version};
use crate::shell;

/// Where the browser and its driver lie.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    pub(crate) chrome: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

pub(super) fn for_build() -> Result<[Tool; 5]> {
    Ok([
        Tool {
            name: "Rust toolchain",
            needed: Version::Exactly(pinned("rust-toolchain.toml", "channel = ")?),
            why: "compile for WebAssembly and to lint",
            found: toolchain,
            install: Install::Rustup,
        },
        Tool {
            name: "trunk",
            needed: Version::Exactly("0.22.1".to_owned()),
            why: "bundle the application",
            found: || word(shell::output(shell::program("trunk").arg("--version"))?, 1),
            install: Install::Cargo(&["--locked"]),
        },
        Tool {
            name: "wasm-bindgen-cli",
            needed: Version::Exactly(locked("wasm-bindgen")?),
            why: "join WebAssembly and the browser; its version must equal the library's in Cargo.lock",
            found: || word(shell::output(shell::program("wasm-bindgen").arg("--version"))?, 1),
            // Not --locked: its lock file names a crate version that was withdrawn.
            install: Install::Cargo(&[]),
        },
        Tool {
            name: "wasm-opt",
            needed: Version::Exactly("132".to_owned()),
            why: "make the WebAssembly file a quarter smaller",
            found: || word(shell::output(shell::program("wasm-opt").arg("--version"))?, 2),
            install: Install::Npm("binaryen@132", "."),
        },
        Tool {
            name: "esbuild",
            needed: Version::Exactly("0.28.2".to_owned()),
            why: "make the script beside the WebAssembly file half as long",
            found: || shell::output(shell::program("esbuild").arg("--version")),
            install: Install::Npm("esbuild@0.28.2", "esbuild"),
        },
    ])
}

pub(super) fn for_coverage() -> [Tool; 2] {
    [
        Tool {
            name: "llvm-tools",
            needed: Version::Any,
            why: "read what an instrumented program has counted",
            found: llvm_tools,
            install: Install::Component,
        },
        Tool {
            name: "cargo-llvm-cov",
            needed: Version::Any,
            why: "run the suites with counters in every line",
            found: || word(shell::output(shell::cargo().args(["llvm-cov", "--version"]))?, 1),
            install: Install::Cargo(&["--locked"]),
        },
    ]
}

pub(super) fn mutants() -> Tool {
    Tool {
        name: "cargo-mutants",
        needed: Version::Any,
        why: "change the engine in small ways",
        found: || word(shell::output(shell::cargo().args(["mutants", "--version"]))?, 1),
        install: Install::Cargo(&["--locked"]),
    }
}

pub(super) fn python() -> Tool {
    Tool {
        name: "Python",
        needed: Version::Any,
        why: "compare what was imported with what its csv module reads, and to run a backend that others wrote",
        found: || version_of("python3".into()),
        install: Install::Apt(&["python3"], "install Python 3"),
    }
}

pub(super) fn node() -> Tool {
    Tool {
        name: "Node.js",
        needed: Version::Any,
        why: "run an OpenID Connect provider",
        found: || shell::which("npm").and_then(|_| node_version()),
        install: Install::Apt(&["nodejs", "npm"], "install Node.js 20 or newer with npm"),
    }
}

pub(super) fn axe() -> Tool {
    Tool {
        name: "axe-core",
        needed: Version::Exactly("4.14.1".to_owned()),
        why: "look for what keeps people out of a page",
        found: axe_version,
        install: Install::Npm("axe-core@4.14.1", "axe"),
    }
}

pub(super) fn sqlite() -> Tool {
    Tool {
        name: "sqlite3",
        needed: Version::Any,
        why: "import the same file by its own command",
        found: || version_of("sqlite3".into()),
        install: Install::Apt(&["sqlite3"], "install the command line program of SQLite"),
    }
}

pub(super) fn chromium() -> Tool {
    Tool {
        name: "Chromium",
        needed: Version::Any,
        why: "run the browser and end-to-end suites",
        found: || version_of(chrome()?),
        install: Install::Apt(DEBIAN, "install Chromium, or point CHROME at one"),
    }
}

pub(super) fn chromedriver() -> Result<Tool> {
    let browser =
        version_of(chrome().context("Chromium is missing")?).context("Chromium tells no version")?;
    Ok(Tool {
        name: "ChromeDriver",
        needed: Version::Major(browser),
        why: "drive that browser; the two must be of the same version",
        found: || version_of(driver()?),
        install: Install::Apt(
            DEBIAN,
            "install the ChromeDriver of that version, or point CHROMEDRIVER at one",
        ),
    })
}

/// The browser and its driver as set up.
pub(crate) fn browser() -> Result<Browser> {
    Ok(Browser {
        chrome: chrome().context("Chromium is missing")?,
        chromedriver: driver().context("ChromeDriver is missing")?,
    })
}

/// The pinned toolchain counts as here when its compiler, its target and its components are.
fn toolchain() -> Option<String> {
    let sysroot = shell::output(shell::program("rustc").args(["--print", "sysroot"]))?;
    let target = PathBuf::from(sysroot).join("lib/rustlib/wasm32-unknown-unknown");
    shell::output(shell::cargo().args(["clippy", "--version"]))?;
    shell::output(shell::cargo().args(["fmt", "--version"]))?;
    let version = word(shell::output(shell::program("rustc").arg("--version"))?, 1)?;
    Some(if target.is_dir() { version } else { format!("{version} without wasm32-unknown-unknown") })
}

/// They lie beside the compiler, and tell no version that anybody would look for.
fn llvm_tools() -> Option<String> {
    let libdir = shell::output(shell::program("rustc").args(["--print", "target-libdir"]))?;
    let tool = PathBuf::from(libdir).parent()?.join("bin").join("llvm-profdata");
    tool.with_extension(env::consts::EXE_EXTENSION).is_file().then(|| "of the toolchain".to_owned())
}

/// The script that looks for what keeps people out of a page.
pub(crate) fn axe_script() -> Result<PathBuf> {
    Ok(axe_dir()?.join("axe.min.js"))
}

fn axe_dir() -> Result<PathBuf> {
    Ok(shell::tools_dir()?.join("axe/node_modules/axe-core"))
}

fn axe_version() -> Option<String> {
    let about = std::fs::read_to_string(axe_dir().ok()?.join("package.json")).ok()?;
    let (_, rest) = about.split_once("\"version\": \"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

fn chrome() -> Option<PathBuf> {
    let named = env::var_os("CHROME").map(PathBuf::from);
    named.or_else(|| ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(shell::which))
}

fn driver() -> Option<PathBuf> {
    env::var_os("CHROMEDRIVER").map(PathBuf::from).or_else(|| shell::which("chromedriver"))
}

/// The first word of `--version` that starts with a digit: the name before it has one or two words.
fn version_of(program: PathBuf) -> Option<String> {
    let said = shell::output(shell::program(program).arg("--version"))?;
    said.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

/// Without the letter that Node.js puts ahead of it.
fn node_version() -> Option<String> {
    let said = shell::output(shell::program("node").arg("--version"))?;
    said.strip_prefix('v').map(str::to_owned)
}

fn word(text: String, index: usize) -> Option<String> {
    text.split_whitespace().nth(index).map(str::to_owned)
}

/// The version of a package in Cargo.lock.
fn locked(package: &str) -> Result<String> {
    pinned("Cargo.lock", &format!("name = \"{package}\"\nversion = "))
}

/// The quoted value that follows `key` in a file of the workspace root.
fn pinned(file: &str, key: &str) -> Result<String> {
    let text =
        std::fs::read_to_string(shell::root().join(file)).with_context(|| format!("cannot read {file}"))?;
    let value = text.split_once(key).and_then(|(_, rest)| rest.trim_start().strip_prefix('"'));
    let value = value.and_then(|rest| rest.split_once('"')).map(|(value, _)| value.to_owned());
    value.with_context(|| format!("{file} does not say `{}`", key.replace('\n', ", ")))
}

const DEBIAN: &[&str] = &["chromium", "chromium-driver"];
