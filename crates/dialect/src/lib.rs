//! Wire dialects: what backends say, as data, and what it means to the session engine.

pub mod wire;
