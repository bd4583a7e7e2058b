//! Nothing is half installed: it is made in a folder beside its place, checked, and moved there by one rename.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use tempfile::TempDir;

use super::Machine;

/// A folder beside the place, on the same disk. It goes with this value, whatever is in it.
#[derive(Debug)]
pub(super) struct Staging(TempDir);

impl Staging {
    /// Makes such a folder in `parent`, and `parent` with all that is above it.
    pub(super) fn in_folder(parent: &Path) -> Result<Self> {
        make(parent)?;
        let dir = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent);
        Ok(Self(dir.map_err(|error| refused(parent, &error))?))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Moves what was made under this name to its place. What lay there before goes with the staging folder.
    pub(super) fn put(&self, name: &str, place: &Path) -> Result<()> {
        if place.exists() {
            fs::rename(place, self.path().join("before")).map_err(|error| refused(place, &error))?;
        }
        fs::rename(self.path().join(name), place).map_err(|error| refused(place, &error))
    }
}

/// Fails where a folder can neither be written nor made. Nothing is left of the attempt.
pub(super) fn can_be_made(folder: &Path) -> Result<()> {
    let there = folder.ancestors().find(|above| above.exists()).unwrap_or(folder);
    let tried = tempfile::Builder::new().prefix(PREFIX).tempdir_in(there);
    tried.map(drop).map_err(|error| refused(folder, &error))
}

/// Makes a folder with all that is above it.
pub(super) fn make(folder: &Path) -> Result<()> {
    // A path such as `a/.` cannot be made where `a` is missing, although it can be used where it is there.
    let plain: PathBuf = folder.components().collect();
    fs::create_dir_all(&plain).map_err(|error| refused(&plain, &error))
}

/// Removes what set-ups that were killed have left in a folder.
pub(super) fn sweep(folder: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            let path = entry.path();
            match fs::remove_dir_all(&path) {
                // A set-up beside this one has removed its own.
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot remove {}", path.display()));
                }
                Ok(()) | Err(_) => {}
            }
        }
    }
    Ok(())
}

fn refused(folder: &Path, error: &std::io::Error) -> anyhow::Error {
    anyhow!(
        "{} cannot be written ({error}): make room for it and make it writable, or set PERENNIAL_TOOLS to another folder",
        folder.display()
    )
}

/// Of folders that are not what they will be.
pub(super) const PREFIX: &str = ".partial-";

impl Machine {
    /// Takes the folder for the project's own tools for one set-up at a time, without what killed ones have left there.
    pub(super) fn lock_tools(&self) -> Result<fs::File> {
        let tools = self.tools()?;
        make(tools)?;
        let path = tools.join(".lock");
        let file = fs::File::create(&path).map_err(|error| refused(tools, &error))?;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return sweep(tools).map(|()| file),
                Err(fs::TryLockError::WouldBlock) if !told => {
                    println!("    another set-up is at work on this machine; waiting for it");
                    told = true;
                }
                Err(fs::TryLockError::WouldBlock) => {
                    std::thread::sleep(std::time::Duration::from_millis(200))
                }
                Err(fs::TryLockError::Error(error)) => return Err(refused(tools, &error)),
            }
            crate::stop::check()?;
        }
    }
}
