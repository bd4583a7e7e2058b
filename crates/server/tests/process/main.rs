//! The program as an operator meets it: exit codes, sentences, signals, and what survives.

#![cfg(unix)]

#[cfg(test)]
mod backup;
#[cfg(test)]
mod check;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod connections;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod full_disk;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod live;
#[cfg(test)]
mod logging;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod memory;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod metrics;
#[cfg(test)]
mod probe;
#[cfg(test)]
mod program;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod serving;
