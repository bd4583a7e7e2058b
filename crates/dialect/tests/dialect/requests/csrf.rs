//! What shows that a request was not forged.

use perennial_dialect::{Csrf, Dialect, Text};
use perennial_session::Access;

use super::headers;
use crate::support::{preset, refresh, sign_out, validate};

fn double_submit(refresh_header: Option<&'static str>, refresh_cookie: Option<&'static str>) -> Dialect {
    let mut dialect = preset("cookie-pair").clone();
    dialect.csrf = Csrf::DoubleSubmit {
        header: Text::Borrowed("X-CSRF"),
        cookie: Text::Borrowed("csrf"),
        refresh_header: refresh_header.map(Text::Borrowed),
        refresh_cookie: refresh_cookie.map(Text::Borrowed),
    };
    dialect
}

fn sent(method: &str, cookies: &str) -> Vec<String> {
    headers(&double_submit(None, None).authorize(&Access::Cookie, method, cookies))
}

#[test]
fn a_cookie_is_repeated_on_what_changes_something() {
    for method in ["POST", "PUT", "PATCH", "DELETE", "post"] {
        assert_eq!(sent(method, "csrf=abc"), ["X-CSRF: abc"], "{method}");
    }
    for method in ["GET", "HEAD", "OPTIONS", "get"] {
        assert!(sent(method, "csrf=abc").is_empty(), "{method}");
    }
}

#[test]
fn the_cookie_is_found_among_others() {
    for cookies in
        ["a=1; csrf=abc; b=2", "xcsrf=no; csrf=abc", "csrf=abc; csrf=later", " csrf = abc ", "csrf;csrf=abc"]
    {
        assert_eq!(sent("POST", cookies), ["X-CSRF: abc"], "{cookies}");
    }
}

/// What a cookie may not hold is written with percent signs, and what servers compare is what they meant to write.
#[test]
fn what_the_percent_signs_stand_for_is_sent() {
    assert_eq!(sent("POST", "csrf=a%3D%3d%2Bb%7C"), ["X-CSRF: a==+b|"]);
    for as_it_is in ["100%", "a%2", "%zz", "a=b", "%E4"] {
        assert_eq!(sent("POST", &format!("csrf={as_it_is}")), [format!("X-CSRF: {as_it_is}")]);
    }
}

#[test]
fn nothing_is_sent_that_does_not_fit_into_a_header() {
    for cookies in ["", "csrf", "csrf=", "other=abc", "csrf=a b", "csrf=é", "CSRF=abc"] {
        assert!(sent("POST", cookies).is_empty(), "{cookies}");
    }
    assert_eq!(sent("POST", "csrf=a%0D%0AX-Evil:%201"), ["X-CSRF: a%0D%0AX-Evil:%201"]);
    assert!(sent("POST", &format!("csrf={}", "x".repeat(5000))).is_empty());
}

#[test]
fn a_refresh_may_have_a_cookie_and_a_header_of_its_own() {
    let cookies = "csrf=rest; csrf_refresh=fresh";
    let both = |dialect: &Dialect| {
        [refresh(), sign_out(), validate()].map(|call| {
            let request = dialect.request(&call, cookies).unwrap();
            let said = |header: &&perennial_dialect::request::Header| header.name.starts_with("X-");
            request.headers.iter().find(said).map(|header| format!("{}: {}", header.name, header.value))
        })
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(both(&double_submit(None, None)), [some("X-CSRF: rest"), some("X-CSRF: rest"), None]);
    assert_eq!(
        both(&double_submit(None, Some("csrf_refresh"))),
        [some("X-CSRF: fresh"), some("X-CSRF: rest"), None]
    );
    assert_eq!(
        both(&double_submit(Some("X-CSRF-Refresh"), Some("csrf_refresh"))),
        [some("X-CSRF-Refresh: fresh"), some("X-CSRF: rest"), None]
    );
}
