//! The device's source of randomness (`crypto.getRandomValues`).

use wasm_bindgen::JsValue;

/// Draws a seed.
///
/// # Errors
/// What the browser threw, where it offers no such source.
pub fn seed() -> Result<[u8; 32], JsValue> {
    let mut seed = [0; 32];
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    window.crypto()?.get_random_values_with_u8_array(&mut seed)?;
    Ok(seed)
}
