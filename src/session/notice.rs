//! What a person is told about who is signed in.

use leptos::prelude::*;
use perennial_session::{Happened, SignInProgress, Snapshot, Status};

use crate::{
    contexts::{Journey, Notice, Shown},
    driver::Driver,
    guard::{Admission, admission},
    texts::t,
};

/// Says so when this tab shows another person than before without anybody having signed in in it.
///
/// The identifier of who was here last is remembered for that over a sign-out, in memory.
pub(super) fn tell_of_switches(shown: Shown, driver: &Driver) {
    let Shown { snapshot, journey, notice, .. } = shown;
    let admission = admission(snapshot.read_only());
    let is_own = StoredValue::new(false);
    let listening = driver.listen(move |happened| {
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
                    journey.set(Journey::Failed(t().sign_in.not_taken.to_owned()));
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
