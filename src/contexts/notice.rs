//! What a person is told about who is signed in.

use leptos::prelude::*;
use perennial_session::{Happened, SignInProgress, Snapshot, Status};

use super::AuthContext;
use crate::{
    guard::{Admission, admission},
    redirect::Journey,
    texts::t,
};

/// Something about the account that nobody did in this tab, and that a person would wonder about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody else is signed in now than this tab showed before, because they signed in in another tab.
    Switched,
    /// A sign-in was completed elsewhere and brought back here, where somebody was signed in already; it was not used.
    AlreadyIn,
}

/// Says so when this tab shows another person than before without anybody having signed in in it.
///
/// The identifier of who was here last is remembered for that over a sign-out, in memory.
pub(super) fn tell_of_switches(auth: AuthContext, notice: RwSignal<Option<Notice>>) {
    let admission = admission(auth.snapshot());
    let is_own = StoredValue::new(false);
    let listening = auth.listen(move |happened| {
        if matches!(happened, Happened::SignedIn) {
            is_own.set_value(true);
        }
    });
    // Held for as long as the page.
    StoredValue::new_local(listening);
    Effect::new(move |last: Option<Option<String>>| {
        let last = last.flatten();
        match admission.get() {
            Admission::Restoring => last,
            Admission::Out { .. } => {
                if notice.try_update(Option::take).flatten() == Some(Notice::AlreadyIn) {
                    auth.journey.set(Journey::Failed(t().sign_in.not_taken.to_owned()));
                }
                last
            }
            Admission::In(account) => {
                let was_own = is_own.try_update_value(std::mem::take).unwrap_or_default();
                if !was_own && last.is_some_and(|last| last != account) {
                    notice.set(Some(Notice::Switched));
                }
                Some(account)
            }
        }
    });
}

/// Whether a sign-in that was just asked for is not even tried, because somebody is signed in or about to be.
pub(super) fn is_passed_over(snapshot: &Snapshot) -> bool {
    match snapshot.status {
        Status::Restoring | Status::SignedIn { .. } => snapshot.sign_in == SignInProgress::Idle,
        Status::SignedOut { .. } => false,
    }
}
