//! The console.

use perennial_session::Line;

/// Writes one line, as a warning where it speaks of trouble.
pub fn say(line: Line) {
    let text = line.to_string().into();
    if line.is_trouble() {
        web_sys::console::warn_1(&text);
    } else {
        web_sys::console::info_1(&text);
    }
}

/// Writes a warning that is not about the session.
pub fn warn(text: &str) {
    web_sys::console::warn_1(&text.into());
}
