//! Moments as text and back, in the reader's language and time zone (`Date`, `Intl.DateTimeFormat`).

use js_sys::{
    Date,
    Intl::{DateTimeFormatOptions, DateTimeStyle, HourCycle},
};
use perennial_session::Wall;
use wasm_bindgen::JsValue;

use crate::texts::t;

/// The time of day: `11:42`.
#[must_use]
pub fn clock(moment: Wall) -> String {
    let options = DateTimeFormatOptions::new();
    options.set_time_style(DateTimeStyle::Short);
    written(moment, &options)
}

/// The time of day to the second: `11:42:07`.
#[must_use]
pub fn second(moment: Wall) -> String {
    let options = DateTimeFormatOptions::new();
    options.set_time_style(DateTimeStyle::Medium);
    written(moment, &options)
}

/// The day and the time of day: `20 Nov 2026, 11:42`.
#[must_use]
pub fn date_and_clock(moment: Wall) -> String {
    let options = DateTimeFormatOptions::new();
    options.set_date_style(DateTimeStyle::Medium);
    options.set_time_style(DateTimeStyle::Short);
    written(moment, &options)
}

/// The time of day, and the day too where it is not the one of `now`.
#[must_use]
pub fn clock_from(moment: Wall, now: Wall) -> String {
    let day = |moment| {
        let options = DateTimeFormatOptions::new();
        options.set_date_style(DateTimeStyle::Medium);
        written(moment, &options)
    };
    if day(moment) == day(now) { clock(moment) } else { date_and_clock(moment) }
}

/// Reads a moment as RFC 3339 writes it; `None` for anything else.
#[must_use]
pub fn parse(moment: &str) -> Option<Wall> {
    let ms = Date::parse(moment);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a date has 53 bits at most")]
    (ms >= 0.0).then_some(Wall(ms as u64))
}

/// The day: `20 Nov 2026`.
#[must_use]
pub fn day(moment: Wall) -> String {
    let options = DateTimeFormatOptions::new();
    options.set_date_style(DateTimeStyle::Medium);
    written(moment, &options)
}

/// The day and the time of day to the second: `20 Nov 2026, 11:42:07`.
#[must_use]
pub fn date_and_second(moment: Wall) -> String {
    let options = DateTimeFormatOptions::new();
    options.set_date_style(DateTimeStyle::Medium);
    options.set_time_style(DateTimeStyle::Medium);
    written(moment, &options)
}

/// A moment as machines read it (RFC 3339, UTC).
#[must_use]
pub fn rfc3339(moment: Wall) -> String {
    date(moment).to_iso_string().into()
}

/// How far the reader's clock is ahead of UTC then.
#[must_use]
pub fn ahead_ms(moment: Wall) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "it is a count of minutes, less than a day")]
    let minutes = -date(moment).get_timezone_offset() as i64;
    minutes * 60_000
}

fn written(moment: Wall, options: &DateTimeFormatOptions) -> String {
    options.set_hour_cycle(HourCycle::H23);
    date(moment).to_locale_string(t().tag, options).into()
}

fn date(moment: Wall) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "a date has 53 bits at most")]
    let ms = moment.0 as f64;
    Date::new(&JsValue::from_f64(ms))
}
