//! What each way through the application wants of the server and of the configuration.

use perennial_e2e::{Pages, Runs, Setup};
use serde_json::json;

use crate::errors::PLANT;

/// As people have it, with everything on offer.
pub(crate) fn usual() -> Setup {
    Setup { config: json!({ "inactivity_limit_s": 3600, "keep_signed_in": true }), ..Setup::default() }
}

/// With a server that allows two wrong passwords.
pub(crate) fn guarded() -> Setup {
    let server = vec!["--sign-in-failures-per-account=2", "--sign-in-failure-window-s=600"];
    Setup { server, server_runs: Runs::AsProcess, ..usual() }
}

/// With an inactivity limit whose warning lasts nearly as long.
pub(crate) fn warned() -> Setup {
    Setup { config: json!({ "inactivity_limit_s": 300, "inactivity_warning_s": 299 }), ..Setup::default() }
}

/// With sessions that end within ten minutes.
pub(crate) fn brief() -> Setup {
    Setup { server: vec!["--session-lifetime-s=540", "--access-token-lifetime-s=120"], ..usual() }
}

/// With a configuration that cannot be.
pub(crate) fn misspelt() -> Setup {
    let config = json!({ "inactivity_limt_s": 300, "inactivity_warning_s": "soon", "check_interval_s": 0 });
    Setup { config, ..Setup::default() }
}

/// With a build for those who work on it.
pub(crate) fn development() -> Setup {
    Setup { pages: Pages::Development, ..usual() }
}

/// With a build that may be replaced by a newer one.
pub(crate) fn replaceable() -> Setup {
    Setup { pages: Pages::Copied, ..usual() }
}

/// With a fault that waits to be planted.
pub(crate) fn faulty() -> Setup {
    Setup { shim: Some(PLANT), ..usual() }
}
