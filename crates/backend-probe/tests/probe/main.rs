//! What the probe finds, over real sockets where they matter: each test's name is the sentence that it shows.

mod cookies;
mod cors;
mod hostile;
mod meaning;
mod oauth;
mod polite;
mod reach;
mod support;
