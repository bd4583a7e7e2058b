//! The way back after signing in: a path that came in through the address bar, and so may be anybody's.

/// The path if it can lead nowhere but into this application: it begins with a single `/`, and nothing in it can
/// be read as another host.
///
/// A browser takes `\` for `/`, drops tabs and line breaks, and reads what begins with `//` as a host. The
/// sign-in page is refused too: it would lead back to itself.
#[must_use]
pub fn safe<'a>(path: &'a str, sign_in: &str) -> Option<&'a str> {
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let plain = path.get(..end)?;
    let foreign = !plain.starts_with('/')
        || plain.contains("//")
        || path.contains('\\')
        || path.chars().any(char::is_control)
        || path.len() > MAX_LENGTH;
    (!foreign && plain.trim_end_matches('/') != sign_in).then_some(path)
}

/// The path of the sign-in page that leads back to `back`, or on to the landing page when there is nothing to go
/// back to.
#[must_use]
pub fn sign_in_path(sign_in: &str, back: &str) -> String {
    match safe(back, sign_in) {
        None | Some("/") => sign_in.to_owned(),
        Some(back) => format!("{sign_in}?return={}", escaped(back)),
    }
}

fn escaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                out.push(char::from(DIGITS[usize::from(byte >> 4)]));
                out.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
    out
}

/// Longer paths than any of this application's; a return path is not a place to keep data.
const MAX_LENGTH: usize = 1024;

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const SIGN_IN: &str = "/login";

    #[test]
    fn a_path_of_the_application_is_safe() {
        for path in ["/", "/devices", "/datasets/7?page=2&sort=name", "/a?next=//b", "/ä b"] {
            assert_eq!(safe(path, SIGN_IN), Some(path), "{path}");
        }
    }

    #[test]
    fn a_path_that_leaves_the_application_is_refused() {
        for path in [
            "",
            "devices",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "/.//evil.example",
            "/\t/evil.example",
            "/\n",
            "/\u{7f}",
            "https://evil.example/",
            "javascript:alert(1)",
            " /devices",
        ] {
            assert_eq!(safe(path, SIGN_IN), None, "{path:?}");
        }
    }

    #[test]
    fn a_path_of_unreasonable_length_is_refused() {
        assert_eq!(safe(&format!("/{}", "a".repeat(MAX_LENGTH)), SIGN_IN), None);
    }

    #[test]
    fn the_way_back_never_leads_to_the_sign_in_page_itself() {
        assert_eq!(safe("/login", SIGN_IN), None);
        assert_eq!(safe("/login/?return=/login", SIGN_IN), None);
    }

    #[test]
    fn a_page_that_was_asked_for_is_carried_along_whole() {
        assert_eq!(sign_in_path(SIGN_IN, "/devices"), "/login?return=/devices");
        assert_eq!(sign_in_path(SIGN_IN, "/x?a=1&b=é#c"), "/login?return=/x%3Fa%3D1%26b%3D%C3%A9%23c");
    }

    #[test]
    fn the_first_page_and_hostile_paths_are_not_carried_along() {
        assert_eq!(sign_in_path(SIGN_IN, "/"), "/login");
        assert_eq!(sign_in_path(SIGN_IN, "//evil.example"), "/login");
    }
}
