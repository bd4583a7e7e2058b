//! How many files and connections the system lets this process have open.

/// Asks for as many handles as the system gives, and says how many that are; nothing where it sets no number.
#[cfg(unix)]
pub(super) fn raise() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let found = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: found.maximum, maximum: found.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => found.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of file handles could not be raised");
            found.current
        }
    }
}

/// How many handles this process could ask for; nothing where the system sets no number.
#[cfg(unix)]
pub(super) fn most() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum
}

/// How many handles this process could ask for; nothing where the system sets no number.
#[cfg(not(unix))]
pub(super) fn most() -> Option<u64> {
    None
}

/// Asks for as many handles as the system gives, and says how many that are; nothing where it sets no number.
#[cfg(not(unix))]
pub(super) fn raise() -> Option<u64> {
    None
}
