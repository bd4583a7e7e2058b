//! What a form holds when a session ends, kept for its person until they are back (WCAG 2.2.5).
//!
//! It is kept in memory and nowhere else: what somebody typed or chose is personal, and nothing personal may stay in a
//! storage after a sign-out. So a draft outlives the end of a session and the sign-in page after it, and is gone with
//! the page. It is given back to the account it was made by and to no other: somebody else's sign-in drops it, and so
//! does a sign-out that its person wanted.

use std::{any::Any, rc::Rc};

use leptos::prelude::*;
use perennial_session::{Few, SignOutReason, Snapshot, Status};

/// The drafts of this page.
#[derive(Clone, Copy, Debug)]
pub struct Drafts {
    snapshot: ReadSignal<Snapshot>,
    kept: StoredValue<Kept, LocalStorage>,
}

/// Whose a draft is: an account's, or nobody's where nobody is signed in.
type Owner = Option<String>;

#[derive(Debug, Default)]
struct Kept(Few<(Owner, &'static str), Rc<dyn Any>>);

impl Drafts {
    /// Keeps nothing yet, and forgets by itself what nobody may have any more.
    #[must_use]
    pub fn new(snapshot: ReadSignal<Snapshot>) -> Self {
        let drafts = Self { snapshot, kept: StoredValue::new_local(Kept::default()) };
        let admitted = crate::guard::admission(snapshot);
        Effect::new(move |_| {
            // Read and not only tracked: what nobody has read follows nothing.
            admitted.with(|_| {});
            snapshot
                .with_untracked(|snapshot| drafts.kept.update_value(|kept| kept.settle(&snapshot.status)));
        });
        drafts
    }

    /// Who would own a draft now; unknown while a session is being restored.
    fn owner(self) -> Option<Owner> {
        self.snapshot.with_untracked(|snapshot| owner(&snapshot.status))
    }

    /// Takes in what a form holds. A form that outlives the session of its person has nothing to say any more.
    fn keep<T: 'static>(self, owner: &Owner, name: &'static str, form: Option<T>) {
        if self.owner().as_ref() == Some(owner) {
            self.kept.update_value(|kept| kept.put(owner.clone(), name, form));
        }
    }

    fn read<T: Clone + 'static>(self, owner: &Owner, name: &'static str) -> Option<T> {
        self.kept.with_value(|kept| kept.get(owner, name))
    }
}

/// Keeps what a form holds, and gives it back where the same person had to leave it: all that a form needs to do.
///
/// To be called where the form is made. `restore` is called there with the draft, if there is one; `form` says what the
/// form holds, as often as the signals in it change, and `None` where it is empty or was sent.
pub fn use_draft<T: Clone + 'static>(
    name: &'static str,
    restore: impl FnOnce(T),
    form: impl Fn() -> Option<T> + 'static,
) {
    let drafts = expect_context::<Drafts>();
    let Some(owner) = drafts.owner() else { return };
    if let Some(draft) = drafts.read(&owner, name) {
        restore(draft);
    }
    Effect::new(move |_| drafts.keep(&owner, name, form()));
}

impl Kept {
    fn put<T: 'static>(&mut self, owner: Owner, name: &'static str, form: Option<T>) {
        match form {
            Some(form) => self.0.insert((owner, name), Rc::new(form)),
            None => drop(self.0.remove(&(owner, name))),
        }
    }

    fn get<T: Clone + 'static>(&self, owner: &Owner, name: &'static str) -> Option<T> {
        self.0.get(&(owner.clone(), name))?.downcast_ref::<T>().cloned()
    }

    /// Forgets what nobody may have any more.
    fn settle(&mut self, status: &Status) {
        match status {
            Status::Restoring => {}
            Status::SignedIn { account, .. } => {
                self.0.retain(|(owner, _)| owner.as_ref() == Some(&account.id));
            }
            Status::SignedOut { reason: Some(SignOutReason::ByPerson) } => {
                self.0.retain(|(owner, _)| owner.is_none());
            }
            Status::SignedOut { .. } => {}
        }
    }
}

fn owner(status: &Status) -> Option<Owner> {
    match status {
        Status::Restoring => None,
        Status::SignedIn { account, .. } => Some(Some(account.id.clone())),
        Status::SignedOut { .. } => Some(None),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use perennial_session::Account;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_draft_comes_back_to_its_person_after_the_session_has_ended() {
        let mut kept = with_draft_of("ada");
        kept.settle(&ended(SignOutReason::Inactivity));
        assert_eq!(kept.get::<String>(&owner(&signed_in("ada")).unwrap(), "form").as_deref(), Some("half"));
        kept.settle(&signed_in("ada"));
        assert_eq!(kept.get::<String>(&Some("ada".into()), "form").as_deref(), Some("half"));
    }

    #[test]
    fn nobody_else_gets_it_and_it_is_gone_once_somebody_else_was_there() {
        let mut kept = with_draft_of("ada");
        kept.settle(&ended(SignOutReason::Inactivity));
        assert_eq!(kept.get::<String>(&None, "form"), None, "nobody is signed in");
        assert_eq!(kept.get::<String>(&Some("bob".into()), "form"), None);
        kept.settle(&signed_in("bob"));
        assert_eq!(kept.get::<String>(&Some("ada".into()), "form"), None);
    }

    #[test]
    fn whoever_signs_out_leaves_nothing() {
        let mut kept = with_draft_of("ada");
        kept.settle(&ended(SignOutReason::ByPerson));
        assert!(kept.0.is_empty());
    }

    #[test]
    fn a_form_that_was_sent_or_emptied_leaves_nothing() {
        let mut kept = with_draft_of("ada");
        kept.put::<String>(Some("ada".into()), "form", None);
        assert!(kept.0.is_empty());
    }

    #[test]
    fn what_was_typed_before_signing_in_is_gone_once_somebody_is_signed_in() {
        let mut kept = Kept::default();
        kept.put(None, "sign-in", Some("ada@example.org".to_owned()));
        kept.settle(&ended(SignOutReason::ByPerson));
        assert!(
            kept.get::<String>(&None, "sign-in").is_some(),
            "another tab's sign-out is none of its business"
        );
        kept.settle(&signed_in("ada"));
        assert!(kept.0.is_empty());
    }

    fn with_draft_of(account: &str) -> Kept {
        let mut kept = Kept::default();
        kept.put(Some(account.to_owned()), "form", Some("half".to_owned()));
        kept
    }

    fn ended(reason: SignOutReason) -> Status {
        Status::SignedOut { reason: Some(reason) }
    }

    fn signed_in(id: &str) -> Status {
        let account = Account { id: id.into(), name: id.into(), email: String::new(), roles: None };
        Status::SignedIn { account: Arc::new(account), landing: None }
    }
}
