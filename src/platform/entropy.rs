//! The device's source of randomness (`crypto.getRandomValues`).

use wasm_bindgen::JsValue;

/// What an engine begins with.
pub type Entropy = [u8; 32];

/// Draws so many bytes.
///
/// # Errors
/// What the browser threw, where it offers no such source.
pub fn draw<const N: usize>() -> Result<[u8; N], JsValue> {
    let mut bytes = [0; N];
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    window.crypto()?.get_random_values_with_u8_array(&mut bytes)?;
    Ok(bytes)
}
