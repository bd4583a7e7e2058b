//! What the system gives the process, and flags that do not go together.

use super::Finding;
use crate::cli::Serve;
use crate::connections;
use crate::dialect::Dialect;
use crate::machine;

pub(super) fn findings(flags: &Serve) -> Vec<Finding> {
    let mut findings = Vec::new();
    let wanted = connections::handles_wanted(&flags.limits);
    if let Some(found) = connections::handles().filter(|found| *found < wanted) {
        findings.push(Finding::warning(format!(
            "the system gives {found} file handles, and --open-connections {} needs {wanted}; raise the limit (LimitNOFILE in a systemd unit), or lower the flag",
            flags.limits.open_connections
        )));
    }
    if machine::is_root() {
        findings.push(Finding::warning(
            "this is the user root, which needs none of its rights here; run it as a user of its own",
        ));
    }
    let is_https = flags.public_origins.first().is_some_and(|origin| origin.as_str().starts_with("https://"));
    if flags.demo && is_https {
        findings.push(Finding::warning(
            "--demo is set for an https origin, so each start writes the password of an account to standard output; leave it out, and make accounts with `user add`",
        ));
    }
    for dialect in Dialect::ALL {
        let token = flags.limits.access_token_lifetime_s_in(dialect);
        let session = flags.limits.session_lifetime_s_in(dialect);
        if token > session {
            findings.push(Finding::warning(format!(
                "access tokens of {} live for {token} s and its sessions for {session} s, so no token is ever refreshed; give tokens a shorter life than sessions",
                dialect.as_str()
            )));
        }
    }
    findings
}
