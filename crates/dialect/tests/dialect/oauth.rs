//! Sign-in at a provider.

mod answers;
mod discovery;
mod redirect;
