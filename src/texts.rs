//! Every text of the application, in one place and ready for translation.
//!
//! Nothing here touches a browser: moments come in as values, and what depends on the reader's time zone comes in
//! as a function, so each sentence can be tested where the tests are quick.

pub mod catalog;
pub mod dataset;
pub mod queue;

mod de;
mod en;
mod number;
mod request;
mod session;
mod spoken;
mod time;

pub use number::{Group, count, size};
pub use request::fetch_failure;
pub use session::{Chip, cause, chip, health, return_note, sign_in_failure, sign_out_reason};
pub use spoken::{LANGUAGES, best, fill, find, plural, speak, t};
pub use time::{ago, countdown, left, length};

/// The name of the product.
pub const BRAND: &str = "Perennial";

/// Heading and navigation of the pages.
pub const OVERVIEW: &str = "Overview";
/// Heading and navigation of the imports.
pub const QUEUE: &str = "Queue";
/// Heading and title of the page of a dataset until the name of its file is known, which is both from then on.
pub const DATASET: &str = "Dataset";
/// Heading and navigation of the device list.
pub const DEVICES: &str = "Devices";
/// Heading and navigation of the page about what happened.
pub const ACTIVITY: &str = "Activity";
/// Heading of the sign-in page and the name of its button.
pub const SIGN_IN: &str = "Sign in";
/// Heading of the page for paths that lead nowhere.
pub const NOT_FOUND: &str = "Not found";

/// The button that ends this session.
pub const SIGN_OUT: &str = "Sign out";
/// The name of the main navigation.
pub const NAVIGATION: &str = "Main";
/// The link that jumps over the header.
pub const SKIP: &str = "Skip to the content";
/// The name of the session chip and the heading of the session card.
pub const SESSION: &str = "Session";
/// The button of every list that could not be loaded.
pub const TRY_AGAIN: &str = "Try again";
/// The way out of a question.
pub const CANCEL: &str = "Cancel";
/// The button that loads a list again.
pub const RELOAD: &str = "Reload";
/// What the banner says without a network.
pub const OFFLINE: &str = "You are offline. You stay signed in; changes wait until you are back.";
/// What a screen reader hears of a page whose session is being restored.
pub const RESTORING: &str = "Restoring your session";

/// The sign-in page.
pub mod sign_in {
    use perennial_session::Doubt;

    /// Label of the first field.
    pub const EMAIL: &str = "Email";
    /// Label of the first field where people do not sign in with an address.
    pub const USERNAME: &str = "Username";
    /// What is said there of a name or a password that is not right.
    pub const WRONG_USERNAME: &str = "The username or the password is not right.";
    /// Label of the second field.
    pub const PASSWORD: &str = "Password";
    /// Label of the box that makes the password readable.
    pub const SHOW_PASSWORD: &str = "Show password";
    /// Label of the box that lifts the inactivity limit on this device.
    pub const KEEP: &str = "Keep me signed in on this device";
    /// What is said to somebody who came back with an answer that this tab had not asked for.
    pub const UNASKED: &str =
        "This sign-in was not begun in this tab, or was finished already. Please sign in again.";
    /// What is said where the server did not accept what it had sent the person back with.
    pub const NOT_TAKEN: &str = "The sign-in could not be completed. Please sign in again.";
    /// What is said where the installation cannot lead anywhere.
    pub const NO_SERVER: &str =
        "This application does not know where you sign in. Please tell whoever runs it.";

    /// Where people sign in, if not here.
    #[must_use]
    pub fn elsewhere(host: &str) -> String {
        format!("You sign in at {host} and come back here afterwards.")
    }

    /// Why nobody can be led to the server where they sign in.
    #[must_use]
    pub fn no_way(doubt: Doubt) -> String {
        match doubt {
            Doubt::Network | Doubt::TimedOut => {
                "The server where you sign in cannot be reached. Please check your connection and try again."
                    .to_owned()
            }
            Doubt::Status(_) | Doubt::Unreadable => {
                "The server where you sign in has a problem. Please try again in a moment.".to_owned()
            }
        }
    }

    /// The button while the server is being asked.
    pub const BUSY: &str = "Signing in…";

    /// How long a person may be away, said where they sign in (WCAG 2.2.6).
    #[must_use]
    pub fn limit(limit: &str, keep_offered: bool) -> String {
        let unless = if keep_offered { ", unless you stay signed in on this device" } else { "" };
        format!("You are signed out after {limit} without activity{unless}.")
    }
}

/// The overview.
pub mod overview {
    /// The button that asks for a new token.
    pub const REFRESH_NOW: &str = "Refresh now";
    /// Term of the session card.
    pub const HEALTH: &str = "Health";
    /// Term of the session card.
    pub const LAST_REFRESH: &str = "Last refresh";
    /// Term of the session card.
    pub const TOKEN: &str = "Token";
    /// Term of the session card.
    pub const SESSION_ENDS: &str = "Session ends";
    /// Before the first refresh.
    pub const NO_REFRESH: &str = "None yet";
    /// Heading of the card about the person.
    pub const ACCOUNT: &str = "Account";
    /// Term of the account card.
    pub const NAME: &str = "Name";
    /// Term of the account card.
    pub const EMAIL: &str = "Email";
    /// Term of the account card.
    pub const ROLES: &str = "Roles";

    /// Who is signed in, ahead of the name.
    pub const SIGNED_IN_AS: &str = "Signed in as ";

    pub use super::session::next_refresh;

    /// When the last refresh was and why.
    #[must_use]
    pub fn last_refresh(clock: &str, cause: &str, took_ms: u128) -> String {
        format!("{clock}, {cause} ({took_ms} ms)")
    }

    /// Until when the token is good.
    #[must_use]
    pub fn token_until(moment: &str) -> String {
        format!("Valid until {moment}")
    }

    /// When the absolute limit ends the session.
    #[must_use]
    pub fn session_ends(moment: &str, left: &str) -> String {
        format!("{moment} at the latest, in {left}")
    }
}

/// The notice before the absolute limit.
#[must_use]
pub fn session_ends_soon(clock: &str) -> String {
    format!(
        "This session ends at {clock}: no session lasts longer. Finish what you are doing, then sign in again."
    )
}

/// The device list.
pub mod devices {
    /// Under the heading.
    pub const INTRODUCTION: &str = "Everywhere you are signed in. Sign out whatever you do not recognise.";
    /// The mark of the session that asks.
    pub const THIS_DEVICE: &str = "This device";
    /// The mark of a session without an inactivity limit.
    pub const KEPT: &str = "Stays signed in";
    /// The button that ends all other sessions.
    pub const SIGN_OUT_OTHERS: &str = "Sign out everywhere else";
    /// Heading of the question behind it.
    pub const CONFIRM: &str = "Sign out everywhere else?";
    /// Said in place of the button when there is nothing else.
    pub const ONLY_THIS: &str = "You are signed in on this device only.";
    /// Term of a device.
    pub const ADDRESS: &str = "Address";
    /// Term of a device.
    pub const SIGNED_IN: &str = "Signed in";
    /// Term of a device.
    pub const LAST_ACTIVE: &str = "Last active";
    /// What a screen reader hears while the list is on its way.
    pub const LOADING: &str = "Loading your devices";
    /// Heading of the failure when there is nothing to show.
    pub const FAILED: &str = "Your devices could not be loaded.";

    /// The accessible name of a device's button.
    #[must_use]
    pub fn sign_out(device: &str, current: bool) -> String {
        if current { format!("Sign out {device}, this device") } else { format!("Sign out {device}") }
    }

    /// What the question explains.
    #[must_use]
    pub fn confirm(others: usize) -> String {
        match others {
            1 => "1 other device will be signed out at once. You stay signed in here.".to_owned(),
            others => format!("{others} other devices will be signed out at once. You stay signed in here."),
        }
    }

    /// The button that answers the question.
    #[must_use]
    pub fn confirm_button(others: usize) -> String {
        if others == 1 { "Sign out 1 device".to_owned() } else { format!("Sign out {others} devices") }
    }

    /// After a device was signed out.
    #[must_use]
    pub fn signed_out(device: &str) -> String {
        format!("{device} was signed out.")
    }

    /// After all others were signed out.
    #[must_use]
    pub fn signed_out_others(revoked: u64) -> String {
        match revoked {
            0 => "No other device was signed in any more.".to_owned(),
            1 => "1 other device was signed out.".to_owned(),
            revoked => format!("{revoked} other devices were signed out."),
        }
    }

    /// When a sign-out failed.
    #[must_use]
    pub fn not_signed_out(device: &str, why: &str) -> String {
        format!("{device} is still signed in. {why}")
    }

    /// When signing out all others failed.
    #[must_use]
    pub fn others_not_signed_out(why: &str) -> String {
        format!("The other devices are still signed in. {why}")
    }
}

/// When a reload failed and older data stays on the page.
#[must_use]
pub fn showing_loaded_at(clock: &str) -> String {
    format!("Showing what was loaded at {clock}.")
}

/// The dialog before the inactivity limit.
pub mod inactivity {
    /// Its name.
    pub const HEADING: &str = "Are you still there?";
    /// Ahead of the count.
    pub const LEAD: &str = "For your security you will be signed out in";
    /// The button that extends.
    pub const STAY: &str = "Stay signed in";
    /// The button that does not.
    pub const LEAVE: &str = "Sign out now";

    /// What a screen reader hears.
    #[must_use]
    pub fn spoken(length: &str) -> String {
        format!("{LEAD} {length}.")
    }

    /// The title of the tab while the question is open.
    #[must_use]
    pub fn title(countdown: &str) -> String {
        format!("{countdown} left · {HEADING}")
    }
}

/// The page for paths that lead nowhere.
pub mod not_found {
    /// The link back.
    pub const BACK: &str = "Back to Overview";

    /// What was asked.
    pub const LEAD: &str = "There is no page at ";
}

/// The page of an installation that cannot start.
pub mod broken_config {
    /// Its heading.
    pub const HEADING: &str = "This installation is not configured correctly";
    /// Ahead of the errors.
    pub const LEAD: &str =
        "Perennial cannot start until whoever runs this site has corrected its configuration. What is wrong:";
    /// What to do.
    pub const HINT: &str = "The configuration is the data block named perennial-config in index.html.";
    /// Where the browser cannot run a session.
    pub const NO_ENTROPY: &str = "This browser offers no secure source of randomness (crypto.getRandomValues). \
        A session cannot be kept without one; use a current browser.";
}

/// The theme switch.
pub mod theme {
    /// Its name.
    pub const NAME: &str = "Theme";
    /// As the system prefers.
    pub const SYSTEM: &str = "System";
    /// Always light.
    pub const LIGHT: &str = "Light";
    /// Always dark.
    pub const DARK: &str = "Dark";
}

/// The title of a tab.
#[must_use]
pub fn title(page: &str) -> String {
    format!("{page} · {BRAND}")
}
