//! Whatever comes back.

use perennial_backend_probe::{Page, exchange::Incoming, exchange::NoAnswer, exchange::Outgoing, run};
use perennial_dialect::presets::PRESETS;
use proptest::{collection::vec, prelude::*};

use crate::support::config;

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("access-control-allow-origin".to_owned()),
        Just("access-control-allow-headers".to_owned()),
        Just("access-control-expose-headers".to_owned()),
        Just("access-control-allow-credentials".to_owned()),
        Just("set-cookie".to_owned()),
        Just("location".to_owned()),
        Just("content-type".to_owned()),
        Just("retry-after".to_owned()),
        Just("date".to_owned()),
        Just("x-new-token".to_owned()),
        "[a-z-]{1,12}",
    ]
}

fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        Just("https://app.example.org".to_owned()),
        Just("text/html".to_owned()),
        Just("application/json".to_owned()),
        Just("a=b; Domain=.; Path; SameSite=; Secure; HttpOnly".to_owned()),
        Just("__Host-\u{e9}=; Domain=..; ;=;".to_owned()),
        Just("//[:::]".to_owned()),
        Just("99999999999999999999999".to_owned()),
        ".{0,60}",
    ]
}

fn answers() -> impl Strategy<Value = Incoming> {
    let status = prop_oneof![Just(200), Just(302), Just(400), Just(401), Just(429), 0_u16..=999];
    let body = prop_oneof![
        vec(any::<u8>(), 0..200),
        Just(br#"{"error":"invalid_client","issuer":"https://login.example.org"}"#.to_vec()),
        Just(br#"{"issuer":"https://login.example.org","token_endpoint":"https://x","authorization_endpoint":"https://x"}"#.to_vec()),
        ".{0,80}".prop_map(String::into_bytes),
    ];
    (status, vec((names(), values()), 0..8), body).prop_map(|(status, headers, body)| Incoming {
        status,
        headers,
        body,
        received_wall_ms: 0,
    })
}

fn texts() -> Vec<String> {
    let backends = ["", "https://api.example.com"];
    let of_preset = |backend: &str, name: &str| match name {
        "oauth2" => {
            r#"{ "preset": "oauth2", "oauth": { "issuer": "https://login.example.org", "client_id": "c" } }"#
                .to_owned()
        }
        "custom" => format!(
            r#"{{ "preset": "custom", "backend": "{backend}", "access": "cookie", "refresh": {{ "by": "cookie" }},
                 "endpoints": {{ "sign_in": "POST /s", "refresh": "PUT /r", "sign_out": "DELETE /o" }},
                 "csrf": {{ "kind": "double_submit", "header": "X-C", "cookie": "c" }} }}"#
        ),
        _ => format!(r#"{{ "preset": "{name}", "backend": "{backend}" }}"#),
    };
    let all = |backend| PRESETS.iter().map(move |preset| of_preset(backend, preset.dialect.name));
    backends.into_iter().flat_map(all).collect()
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_reaches_the_terminal_that_moves_it(answers in vec(answers(), 1..12)) {
        for text in texts() {
            let at = std::cell::Cell::new(0);
            let network = |_: &Outgoing| -> Result<Incoming, NoAnswer> {
                at.set(at.get() + 1);
                Ok(answers[at.get() % answers.len()].clone())
            };
            let report = run(&config(&text), &Page::parse("https://app.example.org").unwrap(), &network);
            let is_tame = |c: char| c == '\n' || !c.is_control();
            prop_assert!(report.to_string().chars().all(is_tame), "{report:?}");
            for finding in &report.findings {
                prop_assert!(finding.to_string().len() < 4000, "{finding}");
                prop_assert!(!finding.to_string().contains('\n'), "{finding}");
            }
        }
    }
}
