//! Which packages are compiled and tested together.

/// The packages that run on this machine.
pub(crate) const HOST: &[&str] = &[
    "--package=perennial-session",
    "--package=perennial-dialect",
    "--package=perennial-server",
    "--package=perennial-backend-probe",
    "--package=perennial-e2e",
    "--package=xtask",
];

/// Those whose suites need no browser. The driver of browsers is not among them: it asks for a serde_json that keeps the
/// order of keys, and dependencies get the features that any named package asks for.
pub(crate) const NATIVE: &[&str] = &[
    "--package=perennial-session",
    "--package=perennial-dialect",
    "--package=perennial-server",
    "--package=perennial-backend-probe",
    "--package=xtask",
];

/// The scenarios and the backend that they start. Both are always named together, so that what they have in common is
/// compiled once.
pub(crate) const END_TO_END: &[&str] = &["--package=perennial-server", "--package=perennial-e2e"];

/// The packages that run in a browser.
pub(crate) const WASM: &[&str] = &[
    "--package=perennial",
    "--package=perennial-browser",
    "--package=perennial-probe",
    "--target=wasm32-unknown-unknown",
];
