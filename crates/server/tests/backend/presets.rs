//! The presets of the application against this backend: what one asks the other answers, and both mean the same.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::Method;
use perennial_dialect::answers::WireAnswer;
use perennial_dialect::config::Config;
use perennial_dialect::request::Cookies;
use perennial_session::{
    Access, Answer, CallKind, Grant, IdempotencyKey, Proof, RefreshAnswer, Refusal, Secret, SignInAnswer,
    SignInForm, SignOutAnswer, ValidateAnswer,
};

use crate::harness::{Backend, EMAIL, ORIGIN, PASSWORD};

/// A browser with the application in it.
struct Application {
    backend: Backend,
    config: Config,
    cookies: BTreeMap<String, String>,
}

impl Application {
    async fn start(preset: &str) -> Self {
        let config = Config::parse(&format!("{{\"preset\":\"{preset}\"}}")).unwrap();
        Self { backend: Backend::start().await, config, cookies: BTreeMap::new() }
    }

    /// Sends what the dialect makes of a call, and reads the answer by it.
    async fn ask(&mut self, call: &CallKind) -> Answer {
        let request = self.config.dialect.request(call, "").unwrap();
        let method: Method = request.method.parse().unwrap();
        let mut sending = self.backend.call(method, &request.url).with("origin", ORIGIN);
        for header in &request.headers {
            sending = sending.named(&header.name, &header.value);
        }
        if request.cookies != Cookies::Omit && !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            sending = sending.with("cookie", &pairs.join("; "));
        }
        if let Some(body) = &request.body {
            sending = sending.body(body.expose().to_owned());
        }
        let reply = sending.send().await;
        for line in reply.set_cookies() {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            // It belongs to no session, and stays when one ends.
            if name.contains("perennial_device") {
                continue;
            }
            match value {
                "" => self.cookies.remove(name),
                _ => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let wire = WireAnswer {
            status: reply.status.as_u16(),
            retry_after: reply.header("retry-after").map(str::to_owned),
            date: None,
            age: None,
            content_type: reply.header("content-type").map(str::to_owned),
            www_authenticate: reply.header("www-authenticate").map(str::to_owned),
            new_token: None,
            body: reply.bytes,
            received_wall_ms: 0,
        };
        self.config.dialect.answer(call, &wire)
    }

    async fn sign_in(&mut self, password: &str) -> SignInAnswer {
        let proof = Proof::Password { identifier: EMAIL.to_owned(), password: Secret::new(password) };
        let Answer::SignIn(answer) = self.ask(&CallKind::SignIn(SignInForm { proof, keep: false })).await
        else {
            panic!("another question was answered");
        };
        answer
    }

    async fn refresh(&mut self, held: &Grant, key: u128) -> RefreshAnswer {
        let (access, refresh) = (Some(held.access.clone()), held.refresh.clone());
        let Answer::Refresh(answer) =
            self.ask(&CallKind::Refresh { key: IdempotencyKey(key), access, refresh, account: None }).await
        else {
            panic!("another question was answered");
        };
        answer
    }

    async fn validate(&mut self, access: &Access) -> ValidateAnswer {
        let Answer::Validate(answer) = self.ask(&CallKind::Validate { access: access.clone() }).await else {
            panic!("another question was answered");
        };
        answer
    }

    async fn sign_out(&mut self, held: &Grant) -> SignOutAnswer {
        let (access, refresh) = (Some(held.access.clone()), held.refresh.clone());
        let ticket = held.sign_out_ticket.clone();
        let Answer::SignOut(answer) = self.ask(&CallKind::SignOut { access, refresh, ticket }).await else {
            panic!("another question was answered");
        };
        answer
    }
}

const PRESETS: [(&str, u64); 4] =
    [("perennial", 900), ("exchange", 3600), ("cookie-pair", 604_800), ("hybrid", 86_400)];

#[tokio::test]
async fn a_session_goes_its_whole_way_in_every_preset() {
    for (preset, lifetime_s) in PRESETS {
        let mut application = Application::start(preset).await;
        let SignInAnswer::Granted(granted) = application.sign_in(PASSWORD).await else { panic!("{preset}") };
        assert_eq!(granted.lifetime, Some(Duration::from_secs(lifetime_s)), "{preset}");
        assert_eq!(granted.account.as_ref().unwrap().name, "Ada Lovelace", "{preset}");
        let ValidateAnswer::Valid(confirmed) = application.validate(&granted.access).await else {
            panic!("{preset}");
        };
        assert_eq!(confirmed.account.unwrap().id, granted.account.as_ref().unwrap().id, "{preset}");

        application.backend.clock.advance_s(300);
        let RefreshAnswer::Granted(renewed) = application.refresh(&granted, 1).await else {
            panic!("{preset}");
        };
        assert_eq!(renewed.lifetime, granted.lifetime, "{preset}");
        // A refresh token that stays the same is not told again.
        let held = Grant { refresh: renewed.refresh.clone().or(granted.refresh), ..renewed };
        assert!(matches!(application.validate(&held.access).await, ValidateAnswer::Valid(_)), "{preset}");

        let cookies = application.cookies.clone();
        assert_eq!(application.sign_out(&held).await, SignOutAnswer::Done, "{preset}");
        assert!(application.cookies.is_empty(), "{preset}");
        application.cookies = cookies;
        let refused = application.refresh(&held, 2).await;
        assert_eq!(refused, RefreshAnswer::Refused(Refusal::Revoked), "{preset}");
        let refused = application.validate(&held.access).await;
        assert_eq!(refused, ValidateAnswer::Unauthorized(Refusal::Revoked), "{preset}");
        assert_eq!(application.sign_out(&held).await, SignOutAnswer::Done, "{preset}: again");
    }
}

/// Field 44.
#[tokio::test]
async fn every_answer_says_in_every_preset_when_the_session_ends_whatever_happens() {
    let day = 86_400;
    for (preset, limit_s) in
        [("perennial", day), ("exchange", day), ("cookie-pair", 30 * day), ("hybrid", 30 * day)]
    {
        let mut application = Application::start(preset).await;
        let SignInAnswer::Granted(granted) = application.sign_in(PASSWORD).await else { panic!("{preset}") };
        let left = |after_s: u64| Some(Duration::from_secs(limit_s - after_s));
        assert_eq!(granted.session_lifetime, left(0), "{preset}");
        application.backend.clock.advance_s(600);
        let RefreshAnswer::Granted(renewed) = application.refresh(&granted, 1).await else {
            panic!("{preset}");
        };
        assert_eq!(renewed.session_lifetime, left(600), "{preset}: no refresh extends it");
        application.backend.clock.advance_s(60);
        let ValidateAnswer::Valid(confirmed) = application.validate(&renewed.access).await else {
            panic!("{preset}");
        };
        assert_eq!(confirmed.session_lifetime, left(660), "{preset}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_too_many_of_them_mean_so_in_every_preset() {
    for (preset, _) in PRESETS {
        let mut application = Application::start(preset).await;
        for _ in 0..5 {
            assert_eq!(application.sign_in("wrong").await, SignInAnswer::WrongCredentials, "{preset}");
        }
        let later = SignInAnswer::Later(Duration::from_secs(300));
        assert_eq!(application.sign_in(PASSWORD).await, later, "{preset}");
    }
}

#[tokio::test]
async fn the_end_of_a_session_by_its_limit_means_so_in_every_preset() {
    for (preset, _) in PRESETS {
        let mut application = Application::start(preset).await;
        let SignInAnswer::Granted(granted) = application.sign_in(PASSWORD).await else { panic!("{preset}") };
        application.backend.clock.advance_s(31 * 86_400);
        let refused = application.refresh(&granted, 1).await;
        assert_eq!(refused, RefreshAnswer::Refused(Refusal::Expired), "{preset}");
    }
}
