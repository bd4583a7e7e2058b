//! What the system says of this process and of its disk.

use std::path::Path;

/// How many bytes of memory are resident; nothing where the system does not say.
#[cfg(target_os = "linux")]
pub(crate) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

/// How many bytes of memory are resident; nothing where the system does not say.
#[cfg(not(target_os = "linux"))]
pub(crate) fn resident_bytes() -> Option<u64> {
    None
}

/// How many files and connections are open; nothing where the system does not say.
#[cfg(target_os = "linux")]
pub(crate) fn open_handles() -> Option<u64> {
    u64::try_from(std::fs::read_dir("/proc/self/fd").ok()?.count()).ok()
}

/// How many files and connections are open; nothing where the system does not say.
#[cfg(not(target_os = "linux"))]
pub(crate) fn open_handles() -> Option<u64> {
    None
}

/// How many bytes this process may still write where `path` is; nothing where the system does not say.
#[cfg(unix)]
pub(crate) fn free_bytes(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// How many bytes this process may still write where `path` is; nothing where the system does not say.
#[cfg(not(unix))]
pub(crate) fn free_bytes(_path: &Path) -> Option<u64> {
    None
}

/// Whether this process may do everything.
#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether this process may do everything; not judged on this system.
#[cfg(not(unix))]
pub(crate) fn is_root() -> bool {
    false
}
