//! Who sees a page: three states, because while a session is being restored nothing is decided.

mod return_path;

use leptos::{children::ViewFn, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use perennial_session::{Health, SignOutReason, Snapshot, Status};

pub use return_path::{safe, sign_in_path};

/// Whether a person may see what only signed-in people see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is being found out.
    Restoring,
    /// Yes: the account with this identifier.
    In(String),
    /// No.
    Out {
        /// Whether the person left on purpose, and so wants nothing back.
        on_purpose: bool,
    },
}

/// The admission of the session, changing only when it really does.
#[must_use]
pub fn admission(snapshot: ReadSignal<Snapshot>) -> Memo<Admission> {
    Memo::new(move |_| {
        snapshot.with(|snapshot| match &snapshot.status {
            Status::Restoring => Admission::Restoring,
            Status::SignedIn { account, .. } => Admission::In(account.id.clone()),
            Status::SignedOut { reason } => {
                Admission::Out { on_purpose: *reason == Some(SignOutReason::ByPerson) }
            }
        })
    })
}

/// What a page has to show while the server cannot be asked who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: all of it comes from the server.
    Server,
    /// What this device knows.
    Device,
}

/// Whether restoring the session has met with trouble, and so may take as long as that lasts. It stays true until the
/// session is restored: each further attempt would otherwise change the page for a moment.
#[must_use]
pub fn is_stuck(snapshot: ReadSignal<Snapshot>) -> Memo<bool> {
    Memo::new(move |before: Option<&bool>| {
        snapshot.with(|snapshot| {
            let has_trouble = match snapshot.health {
                Health::Fresh | Health::Resting | Health::Refreshing => false,
                Health::Retrying { .. }
                | Health::WaitingForServer { .. }
                | Health::Offline
                | Health::Unconfirmed { .. } => true,
            };
            snapshot.status == Status::Restoring && (has_trouble || before == Some(&true))
        })
    })
}

/// Shows its children to people who are signed in and sends everybody else to sign in, with the way back.
///
/// The children are made anew when another account signs in, so that no page mixes the data of two people.
#[component]
pub fn SignedInOnly(
    /// Whether the person may see the children.
    admission: Memo<Admission>,
    /// The path the application is served under, without a slash at its end.
    base: StoredValue<String>,
    /// Where people sign in.
    sign_in: &'static str,
    /// Whether restoring takes long, so that what needs no server is shown meanwhile.
    stuck: Memo<bool>,
    /// What the children need.
    needs: Needs,
    /// What is shown until it is known.
    #[prop(into)]
    placeholder: ViewFn,
    /// What only signed-in people see.
    children: ChildrenFn,
) -> impl IntoView {
    let navigate = use_navigate();
    let location = use_location();
    Effect::new(move |_| {
        let Admission::Out { on_purpose } = admission.get() else { return };
        let back = base.with_value(|base| {
            let path = location.pathname.read_untracked();
            let path = path.strip_prefix(base.as_str()).unwrap_or(&path);
            let fragment = location.hash.read_untracked();
            match location.search.read_untracked().as_str() {
                "" => format!("{path}{}", *fragment),
                search => format!("{path}?{search}{}", *fragment),
            }
        });
        let target = sign_in_path(sign_in, if on_purpose { "/" } else { &back });
        let target = base.with_value(|base| format!("{base}{target}"));
        // Resolved by hand: the router would drop the slash that the first page has under a sub-path.
        navigate(&target, NavigateOptions { replace: true, resolve: false, ..NavigateOptions::default() });
    });
    move || match admission.get() {
        Admission::In(_) => children(),
        Admission::Restoring if needs == Needs::Device && stuck.get() => children(),
        Admission::Restoring | Admission::Out { .. } => placeholder.run(),
    }
}
