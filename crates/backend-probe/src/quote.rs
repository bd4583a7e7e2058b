//! Texts from the network, as they may stand in a sentence on a terminal.

use perennial_session::ServerText;

/// The first words of a body in quotes, or that it is empty.
///
/// It is one short line without control characters. What looks like a token is left out: it may be one.
pub(crate) fn body(bytes: &[u8]) -> String {
    let beginning = String::from_utf8_lossy(bytes.get(..MAX_BYTES).unwrap_or(bytes));
    let line = ServerText::new(beginning.trim_start_matches('\u{feff}'));
    match line {
        None => "an empty body".to_owned(),
        Some(line) => format!("the body `{}`", shorten(&without_tokens(line.as_str()), MAX_CHARS)),
    }
}

/// The title of a page, where it has one.
pub(crate) fn title(bytes: &[u8]) -> Option<String> {
    let beginning = String::from_utf8_lossy(bytes.get(..MAX_HEAD_BYTES).unwrap_or(bytes));
    // ASCII alone changes its case, so that places stay the same.
    let lower = beginning.to_ascii_lowercase();
    let opened = lower.find("<title")?;
    let from = opened + lower.get(opened..)?.find('>')? + 1;
    let to = from + lower.get(from..)?.find('<')?;
    Some(text(beginning.get(from..to)?)).filter(|title| !title.is_empty())
}

/// Another text, such as a header or a name.
pub(crate) fn text(text: &str) -> String {
    let beginning: String = text.chars().take(MAX_BYTES).collect();
    let line = ServerText::new(&beginning);
    let line = line.as_ref().map_or("", ServerText::as_str);
    shorten(&without_tokens(line).replace('`', "'"), MAX_CHARS)
}

/// An address without its query, in which there may be secrets.
pub(crate) fn address(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    text(address.get(..end).unwrap_or_default())
}

/// Runs of 24 and more of the characters that tokens are made of become an ellipsis, unless they are letters only or a
/// path.
fn without_tokens(line: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for c in line.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || "-._~+=".contains(c) {
            run.push(c);
            continue;
        }
        let is_token = run.len() >= MIN_TOKEN_BYTES
            && run.bytes().any(|byte| byte.is_ascii_digit())
            && run.bytes().any(|byte| byte.is_ascii_alphabetic());
        out.push_str(if is_token { "…" } else { &run });
        run.clear();
        out.push(c);
    }
    out.pop();
    out
}

fn shorten(line: &str, chars: usize) -> String {
    let mut short: String = line.chars().take(chars).collect();
    if line.chars().nth(chars).is_some() {
        short.push('…');
    }
    short
}

/// As much of a body as is looked at for its first words.
const MAX_BYTES: usize = 1000;

/// As much of a page as is searched for its title.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// As much as is quoted.
const MAX_CHARS: usize = 100;

/// Shorter than this no token is worth the name.
const MIN_TOKEN_BYTES: usize = 24;

#[cfg(test)]
mod tests {
    use super::{address, body, text, title};

    #[test]
    fn a_quotation_is_one_short_line_whatever_was_sent() {
        assert_eq!(
            body(b"<!doctype html>\n<title>\x1b[31mNot here\x07"),
            "the body `<!doctype html> <title> [31mNot here`"
        );
        assert_eq!(body(b" \r\n"), "an empty body");
        assert!(body(&[b'a'; 5000]).chars().count() < 120);
        assert!(!body("\u{202e}txt\u{feff}\u{1f600}\u{fffd}".as_bytes()).contains('\u{202e}'));
        assert_eq!(body(&[0xff, 0xfe]), "the body `\u{fffd}\u{fffd}`");
        assert_eq!(text("a`b\r\nc"), "a'b c");
    }

    #[test]
    fn a_page_is_quoted_by_its_title() {
        assert_eq!(title(b"<html><TITLE lang=en>Not\n\x07here</title>").as_deref(), Some("Not here"));
        for page in ["<title>", "<title", "<title></title>", "hello", "<title>\u{130}", ""] {
            assert_eq!(title(page.as_bytes()), None, "{page}");
        }
    }

    #[test]
    fn what_looks_like_a_token_is_left_out() {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
        assert_eq!(body(format!("{{\"token\":\"{jwt}\"}}").as_bytes()), "the body `{\"token\":\"…\"}`");
        assert_eq!(address("https://login.example.org/cb?code=1234#x"), "https://login.example.org/cb");
        assert_eq!(
            text("https://api.example.org/v1/authentication"),
            "https://api.example.org/v1/authentication"
        );
    }
}
