//! The data directory, what is in it, and the room it has.

use std::io;
use std::path::Path;

use super::Finding;
use crate::cli::Serve;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::keys::KeyRing;
use crate::machine;
use crate::private_file;
use crate::store::sqlite::{Look, SqliteStore};

pub(super) async fn findings(path: &Path, flags: &Serve) -> Vec<Finding> {
    let failed = |found| Finding::from(Failure::DataDir { path: path.to_owned(), found });
    if !path.exists() {
        let made = match nearest(path) {
            Ok(parent) => private_file::may_write(parent),
            Err(error) => Err(error),
        };
        return match made {
            Ok(()) => vec![Finding::warning(format!(
                "the data directory {} does not exist; the first start makes it, and nobody can sign in until `user add`",
                path.display()
            ))],
            Err(error) => vec![failed(error)],
        };
    }
    if !path.is_dir() {
        return vec![failed(io::Error::from(io::ErrorKind::NotADirectory))];
    }
    let mut findings = Vec::new();
    if let Err(error) = private_file::may_write(path) {
        findings.push(failed(error));
    }
    let data = DataDir::at(path);
    for dir in [path.to_owned(), data.uploads_path()] {
        if dir.is_dir()
            && let Err(failure) = crate::data_dir::require_own(&dir)
        {
            findings.push(failure.into());
        }
    }
    findings.extend(database(&data).await);
    if data.keys_path().exists() {
        findings.extend(KeyRing::load(&data.keys_path()).err().map(Finding::from));
    } else if data.database_path().exists() {
        findings.push(Finding::warning(format!(
            "the key file {} is missing beside a database; restore it from a backup, or the next start makes a new one and every access token in use is refused once",
            data.keys_path().display()
        )));
    }
    if let Some(free) = machine::free_bytes(path) {
        findings.extend(room(path, free, flags.limits.upload_limit_bytes));
    }
    findings
}

async fn database(data: &DataDir) -> Option<Finding> {
    let path = data.database_path();
    if !path.exists() {
        return Some(Finding::warning(format!(
            "there is no database {}; the first start makes it, and nobody can sign in until `user add`",
            path.display()
        )));
    }
    match SqliteStore::look(&path).await {
        Err(failure) => Some(failure.into()),
        Ok(Look { pending: 0 }) => None,
        Ok(Look { pending }) => Some(Finding::warning(format!(
            "the database {} was written by an older version: the next start changes its tables in {pending} steps, and the older version cannot read it any more; make a backup first",
            path.display()
        ))),
    }
}

/// Whether a long upload, the rows that come of it and the write-ahead log have room.
fn room(path: &Path, free: u64, longest_upload: u64) -> Option<Finding> {
    let wanted = longest_upload.saturating_mul(UPLOADS_OF_ROOM);
    (free < wanted).then(|| {
        Finding::warning(format!(
            "the disk of {} has {} MiB left, and {UPLOADS_OF_ROOM} times the longest upload is {} MiB; make room, or lower --upload-limit-bytes",
            path.display(),
            free >> 20,
            wanted >> 20
        ))
    })
}

/// The nearest directory above that exists.
fn nearest(path: &Path) -> io::Result<&Path> {
    let here = Path::new(".");
    let above = path.ancestors().skip(1).map(|above| if above.as_os_str().is_empty() { here } else { above });
    for above in above {
        if above.is_dir() {
            return Ok(above);
        }
        if above.exists() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

/// The file itself, its rows in the database, and twice as much for a second one.
const UPLOADS_OF_ROOM: u64 = 4;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::room;

    #[test]
    fn a_disk_has_room_for_four_of_the_longest_uploads() {
        let (dir, upload) = (Path::new("/var/lib/perennial"), 256 << 20);
        assert!(room(dir, 1 << 30, upload).is_none());
        let found = room(dir, (1 << 30) - 1, upload).unwrap().to_string();
        assert!(found.starts_with("warning: the disk of /var/lib/perennial has 1023 MiB left"), "{found}");
        assert!(found.contains("1024 MiB") && found.contains("--upload-limit-bytes"), "{found}");
    }
}
