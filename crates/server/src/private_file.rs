//! Files that only the backend's own user may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Writes `content` to a file that does not exist yet, readable by its owner only, whole or not at all.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when another process was first; its file is untouched.
pub(crate) fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = write_draft(path, content)?;
    // A link, unlike a rename, never replaces what is there.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    linked?;
    sync_directory(path)
}

/// Replaces a file's content at once: whoever reads it sees the old or the new, after a crash too.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = write_draft(path, content)?;
    fs::rename(&draft, path)?;
    sync_directory(path)
}

/// Makes an empty file readable by its owner only, unless it exists.
pub(crate) fn ensure(path: &Path) -> io::Result<()> {
    match private_options().create_new(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// What about the file's permissions lets others read it, in words; nothing when it is private.
#[cfg(unix)]
pub(crate) fn too_open(path: &Path) -> io::Result<Option<String>> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    Ok((mode & 0o077 != 0).then(|| format!("its mode is {mode:04o}, so others on this machine may read it")))
}

/// What about the file's permissions lets others read it, in words; not judged on this system.
#[cfg(not(unix))]
pub(crate) fn too_open(_path: &Path) -> io::Result<Option<String>> {
    Ok(None)
}

/// What about the directory's permissions lets others put files there or take them away, in words.
///
/// That they may look into it is no harm: each file in it has a mode of its own.
#[cfg(unix)]
pub(crate) fn is_writable_by_others(path: &Path) -> io::Result<Option<String>> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    Ok((mode & 0o022 != 0)
        .then(|| format!("its mode is {mode:04o}, so others on this machine may change what is in it")))
}

/// What about the directory's permissions lets others put files there or take them away; not judged on this system.
#[cfg(not(unix))]
pub(crate) fn is_writable_by_others(_path: &Path) -> io::Result<Option<String>> {
    Ok(None)
}

/// Whether this process may make files in the directory, without trying.
#[cfg(unix)]
pub(crate) fn may_write(dir: &Path) -> io::Result<()> {
    use rustix::fs::Access;
    Ok(rustix::fs::access(dir, Access::WRITE_OK | Access::EXEC_OK)?)
}

/// Whether this process may make files in the directory, without trying; not judged on this system.
#[cfg(not(unix))]
pub(crate) fn may_write(_dir: &Path) -> io::Result<()> {
    Ok(())
}

fn write_draft(path: &Path, content: &[u8]) -> io::Result<std::path::PathBuf> {
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let mut file = private_options().create(true).truncate(true).open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(draft)
}

/// How a file is opened for writing so that only its owner may read it.
pub(crate) fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Makes sure that what was made or renamed in the directory of `path` outlives a crash.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if cfg!(unix) => File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}
