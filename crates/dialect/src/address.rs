//! Addresses, as far as a dialect has to know them.

/// Whether a text is an absolute address of one of these schemes: a host, perhaps a port, a path and a query, written in
/// the letters that need no escape; neither a fragment nor anybody's password.
pub(crate) fn is_absolute(text: &str, schemes: &[&str]) -> bool {
    let behind = |scheme: &&str| text.strip_prefix(*scheme)?.strip_prefix("://");
    let Some(rest) = schemes.iter().find_map(behind) else { return false };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    text.len() <= MAX_BYTES && is_authority(authority) && behind.bytes().all(is_address_byte)
}

/// Whether a text is a path from the root, perhaps with a query, that cannot lead to another host.
pub(crate) fn is_path(text: &str) -> bool {
    text.len() <= MAX_BYTES
        && text.starts_with('/')
        && !text.starts_with("//")
        && text.bytes().all(is_address_byte)
}

/// Whether a landing place is a path of this application and cannot lead anywhere else: browsers take
/// a backslash for a slash, drop control characters, and read two slashes as the start of a host name.
pub(crate) fn is_own_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.chars().any(|c| c == '\\' || c.is_control())
}

/// Whether an absolute address is one of the device itself (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section
/// 2.5.3), which nobody else on a network answers for.
pub(crate) fn is_loopback(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let authority = rest.split_at(end).0;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        Some(_) | None => authority,
    };
    let is_byte =
        |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_of_127 = |rest: &str| rest.split('.').count() == 3 && rest.split('.').all(is_byte);
    host == "localhost"
        || host == "[::1]"
        || host.strip_suffix(".localhost").is_some_and(|name| !name.is_empty())
        || host.strip_prefix("127.").is_some_and(is_of_127)
}

fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        Some(_) | None => (text, None),
    };
    let is_port =
        |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    let is_numeric = |byte: u8| byte.is_ascii_hexdigit() || byte == b'.' || byte == b':';
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(numeric) => !numeric.is_empty() && numeric.bytes().all(is_numeric),
        None => !host.is_empty() && host.bytes().all(is_name),
    };
    is_host && port.is_none_or(is_port)
}

/// Printed ASCII without what begins a fragment and what browsers take for a slash.
fn is_address_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'#' && byte != b'\\'
}

/// The longest address that is taken; servers read no more than 8 KiB of one, and most far less.
pub(crate) const MAX_BYTES: usize = 2000;
