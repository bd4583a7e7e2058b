//! The times in force, and where each comes from.

use leptos::prelude::*;
use perennial_dialect::config::Source;
use perennial_session::RefreshWhen;

use crate::{
    contexts::use_config,
    texts::{self, fill, t},
};

/// Each value of time in words, with its source; first of all what concerns the person most (WCAG 2.2.6).
#[component]
pub(super) fn Times() -> impl IntoView {
    let config = use_config();
    let labels = &t().settings;
    let limit = texts::length(config.timing.inactivity_limit_s);
    let rows = config.timing.values().map(|(key, value)| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row">{name(key)}</th>
                <td role="cell">{said(key, value, config.timing.refresh_when)}</td>
                <td role="cell">{source(config.source(key))}</td>
            </tr>
        }
    });
    view! {
        <section class="card settings-times" aria-labelledby=HEADING>
            <h2 class="card-heading" id=HEADING>{labels.timing}</h2>
            <p>{texts::sign_in::limit(&limit, config.keep_signed_in)}</p>
            <table class="times" role="table" aria-labelledby=HEADING>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">{labels.time}</th>
                        <th role="columnheader" scope="col">{labels.value}</th>
                        <th role="columnheader" scope="col">{labels.source}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows.into_iter().collect_view()}</tbody>
            </table>
        </section>
    }
}

/// What a value is for. A key of which nobody has written a text stands for itself.
fn name(key: &'static str) -> &'static str {
    let labels = &t().settings;
    match key {
        "check_interval_s" => labels.check_interval,
        "refresh_buffer_s" => labels.refresh_buffer,
        "retry_delay_s" => labels.retry_delay,
        "attempts_per_round" => labels.attempts,
        "inactivity_limit_s" => labels.inactivity_limit,
        "inactivity_warning_s" => labels.inactivity_warning,
        "call_timeout_s" => labels.call_timeout,
        "hold_limit_s" => labels.hold_limit,
        "request_limit_s" => labels.request_limit,
        key => key,
    }
}

fn said(key: &str, value: u64, refresh_when: RefreshWhen) -> String {
    match (key, value) {
        ("refresh_buffer_s", _) if refresh_when == RefreshWhen::Manual => t().session.on_demand.to_owned(),
        ("attempts_per_round", 0) => t().settings.no_limit.to_owned(),
        ("attempts_per_round", attempts) => attempts.to_string(),
        (_, seconds) => texts::length(seconds),
    }
}

fn source(source: Source) -> String {
    let labels = &t().settings;
    match source {
        Source::Default => labels.from_default.to_owned(),
        Source::Preset(name) => fill(labels.from_preset, &[("name", name)]),
        Source::Configuration => labels.from_configuration.to_owned(),
        Source::Derived => labels.from_derived.to_owned(),
    }
}

const HEADING: &str = "settings-times";

#[cfg(test)]
mod tests {
    use perennial_dialect::config::Config;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn every_value_of_time_has_a_name() {
        for (key, _) in Config::default().timing.values() {
            assert_ne!(name(key), key);
        }
    }

    #[test]
    fn no_attempts_to_wait_after_are_no_limit() {
        let said = |key, value| said(key, value, RefreshWhen::Always);
        assert_eq!(said("attempts_per_round", 0), "No limit");
        assert_eq!(said("attempts_per_round", 3), "3");
        assert_eq!(said("inactivity_limit_s", 3600), "60 minutes");
    }

    #[test]
    fn nothing_is_refreshed_before_its_end_where_nothing_is_by_itself() {
        assert_eq!(said("refresh_buffer_s", 300, RefreshWhen::Always), "5 minutes");
        assert_eq!(said("refresh_buffer_s", 300, RefreshWhen::Manual), "On demand");
    }
}
