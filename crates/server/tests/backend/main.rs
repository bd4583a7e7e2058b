//! The backend's router in process: a fresh database and a clock of its own for each test.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bearer;
#[cfg(test)]
mod causes;
#[cfg(test)]
mod cookies;
#[cfg(test)]
mod cross_origin;
#[cfg(test)]
mod datasets;
#[cfg(test)]
mod description;
#[cfg(test)]
mod dialects;
#[cfg(test)]
mod endings;
#[cfg(test)]
mod files;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod guessing;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod live;
#[cfg(test)]
mod odd_files;
#[cfg(test)]
mod page_requests;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod presets;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod refresh_limits;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod sign_out;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod sorting;
#[cfg(test)]
mod uploads;
