//! What the device list says.

use super::{fill, number::count, t};

/// The accessible name of a device's button. Several may be called the same, and are told apart by
/// when they signed in.
#[must_use]
pub fn sign_out(device: &str, current: bool, signed_in: &str) -> String {
    let text = if current { t().devices.sign_out_this } else { t().devices.sign_out };
    fill(text, &[("device", device), ("moment", signed_in)])
}

/// What the question before all others are signed out explains.
#[must_use]
pub fn confirm(others: usize) -> String {
    so_many(t().devices.confirm_explained, others as u64)
}

/// The button that answers the question.
#[must_use]
pub fn confirm_button(others: usize) -> String {
    so_many(t().devices.confirm_button, others as u64)
}

/// After a device was signed out.
#[must_use]
pub fn signed_out(device: &str) -> String {
    fill(t().devices.signed_out, &[("device", device)])
}

/// After all others were signed out.
#[must_use]
pub fn signed_out_others(revoked: u64) -> String {
    if revoked == 0 {
        return t().devices.no_others.to_owned();
    }
    so_many(t().devices.signed_out_others, revoked)
}

/// When a sign-out failed.
#[must_use]
pub fn not_signed_out(device: &str, why: &str) -> String {
    fill(t().devices.not_signed_out, &[("device", device), ("why", why)])
}

/// When signing out all others failed.
#[must_use]
pub fn others_not_signed_out(why: &str) -> String {
    fill(t().devices.others_not_signed_out, &[("why", why)])
}

fn so_many(text: &'static str, count_of: u64) -> String {
    count(text, count_of, |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::{super::spoken::in_german, *};

    #[test]
    fn one_device_is_not_several() {
        assert_eq!(confirm_button(1), "Sign out 1 device");
        assert_eq!(confirm_button(3), "Sign out 3 devices");
        assert_eq!(in_german(|| signed_out_others(1)), "1 anderes Gerät wurde abgemeldet.");
        assert_eq!(in_german(|| signed_out_others(2)), "2 andere Geräte wurden abgemeldet.");
        assert_eq!(signed_out_others(0), "No other device was signed in any more.");
    }
}
