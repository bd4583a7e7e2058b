//! The set-up, tried from nothing: an empty home, no folder for tools, and a PATH of programs that the test makes.

mod backends;
mod bare;
mod doctor;
mod faults;
mod from_nothing;
