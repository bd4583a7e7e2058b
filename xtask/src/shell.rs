//! How the commands run other programs and tell a person how far they are.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The workspace root, where every program is started.
///
/// Cargo says at run time where the package lies: a checkout may be moved together with its target directory.
pub(crate) fn root() -> PathBuf {
    let own = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&own).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// The directory of binaries built in the development profile, which is where this program lies.
///
/// Asking the own path follows `CARGO_TARGET_DIR` and every other way to move the target directory.
pub(crate) fn debug_dir() -> Result<PathBuf> {
    let own = env::current_exe().context("cannot tell where this program lies")?;
    own.parent().map(Path::to_path_buf).context("this program lies in no directory")
}

/// The directory that receives npm tools, outside the checkout so that every checkout shares it.
pub(crate) fn tools_dir() -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| env::home_dir().map(|home| home.join(".cache")));
    Ok(cache.context("neither XDG_CACHE_HOME nor a home directory is set")?.join("perennial-tools"))
}

/// A program with the project's tools on its PATH, started in the workspace root.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).env("PATH", search_path());
    command
}

/// Cargo as the one who started this program meant it.
pub(crate) fn cargo() -> Command {
    program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Shows the command line, runs it with this terminal, and turns failure into an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Shows the command line, runs it with this terminal, and says how it ended.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    let line = line(command);
    println!("    $ {line}");
    command.stdin(Stdio::null()).status().with_context(|| format!("cannot start `{line}`"))
}

/// What a program prints, or `None` when it is not there or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where a program lies on the search path, or `None`.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    env::split_paths(&search_path()).map(|dir| dir.join(name)).find(|path| path.is_file())
}

/// Runs one step under a headline and says how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("\n==> {name}");
    let started = Instant::now();
    let result = work().with_context(|| format!("the step \"{name}\" failed"));
    let end = if result.is_ok() { "done" } else { "FAILED" };
    println!("<== {name}: {end} after {:.1} s", started.elapsed().as_secs_f32());
    result
}

fn search_path() -> std::ffi::OsString {
    let mut dirs = Vec::new();
    for folder in ["node_modules/.bin", "esbuild/node_modules/.bin"] {
        dirs.extend(tools_dir().ok().map(|dir| dir.join(folder)));
    }
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    dirs.extend(
        cargo_home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).map(|c| c.join("bin")),
    );
    let inherited = env::var_os("PATH").unwrap_or_default();
    dirs.extend(env::split_paths(&inherited));
    env::join_paths(dirs).unwrap_or(inherited)
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy();
    let words = command.get_args().map(OsStr::to_string_lossy);
    std::iter::once(program).chain(words).collect::<Vec<_>>().join(" ")
}
