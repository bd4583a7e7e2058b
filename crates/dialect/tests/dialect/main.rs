//! Holds the dialects to their table, their configuration to its sentences, and all of it to hostile input.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod audience;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod config;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod lifetimes;
#[cfg(test)]
mod live;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod presets;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod retry_after;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod tolerance;
mod words;
