//! Who is signed in, and whom the device may greet by name while that is being found out.

use std::cell::RefCell;

use perennial_session::{Remembered as Stored, Status};

use crate::platform::{
    person::{self, Person},
    storage,
};

/// The person as the engine knows them; while it is finding out, as the device remembers them.
///
/// What is remembered counts only beside the record of a session that has not ended: the engine judges the limits of
/// that one before it publishes anything.
#[must_use]
pub fn of(status: &Status) -> Option<Person> {
    match status {
        Status::SignedIn { account, .. } => {
            Some(Person { id: account.id.clone(), name: account.shown_name().to_owned() })
        }
        Status::Restoring => matches!(storage::load(), Stored::Session(_)).then(person::load).flatten(),
        Status::SignedOut { .. } => None,
    }
}

/// Keeps on the device who is signed in, and nobody once the session has ended.
#[derive(Debug, Default)]
pub struct Remembered(RefCell<Option<Person>>);

impl Remembered {
    /// Takes in what the engine publishes.
    ///
    /// The same person is written once: another tab may have signed out since, and this one may not know it yet.
    pub fn note(&self, status: &Status) {
        match status {
            Status::Restoring => {}
            Status::SignedOut { .. } => {
                self.0.take();
                person::forget();
            }
            Status::SignedIn { account, .. } => {
                let is_known = self
                    .0
                    .borrow()
                    .as_ref()
                    .is_some_and(|it| it.id == account.id && it.name == account.shown_name());
                if !is_known {
                    let person = Person { id: account.id.clone(), name: account.shown_name().to_owned() };
                    person::store(&person);
                    self.0.replace(Some(person));
                }
            }
        }
    }
}
