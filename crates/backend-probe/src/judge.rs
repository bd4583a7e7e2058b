//! What answers mean to a browser and to the application: pure, one concern a file.

pub(crate) mod cookies;
pub(crate) mod cors;
pub(crate) mod description;
pub(crate) mod meaning;
pub(crate) mod reach;
