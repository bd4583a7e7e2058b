//! `/api/auth`: both tokens in cookies.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::{expect_ada, names, sign_in, sign_in_call};
use crate::harness::{Backend, Call, EMAIL, PASSWORD, Reply};
use crate::live::client::{Listening, NEVER};

const LOGIN: &str = "/api/auth/login";

/// The cookies of a browser: the access cookie and the refresh cookie.
struct Jar {
    access: String,
    refresh: String,
}

impl Jar {
    fn of(reply: &Reply) -> Self {
        let lines = reply.set_cookies();
        let pair = |name: &str| {
            let line = lines.iter().find(|line| line.starts_with(name)).unwrap();
            line.split(';').next().unwrap().to_owned()
        };
        Self { access: pair("authToken"), refresh: pair("refreshToken") }
    }

    fn both(&self) -> String {
        format!("theme=dark; {}; {}", self.access, self.refresh)
    }
}

fn value(cookie: &str) -> String {
    cookie.split_once('=').unwrap().1.to_owned()
}

/// The session that an access token belongs to.
fn jwt_session(token: &str) -> String {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    claims["sid"].as_str().unwrap().to_owned()
}

async fn jar(backend: &Backend) -> Jar {
    Jar::of(&sign_in(backend, LOGIN).await)
}

fn status(backend: &Backend, jar: &Jar) -> Call {
    backend.get("/api/auth/status").with("cookie", &jar.both())
}

fn post(backend: &Backend, what: &str, jar: &Jar) -> Call {
    backend.page(Method::POST, &format!("/api/auth/{what}")).with("cookie", &jar.both())
}

/// Expects that nothing in an answer could be a token of this browser or another one.
#[track_caller]
fn expect_no_token(reply: &Reply, jar: &Jar) {
    let said = format!("{}{:?}", String::from_utf8_lossy(&reply.bytes), reply.headers);
    for cookie in [&jar.access, &jar.refresh] {
        assert!(!said.contains(cookie.split_once('=').unwrap().1), "{said}");
    }
    assert!(!said.contains("eyJ"), "{said}");
    assert_eq!(reply.header("x-new-token"), None);
}

#[tokio::test]
async fn signing_in_sets_cookies_that_no_script_sees_and_says_where_to_go() {
    let backend = Backend::start().await;
    let reply = sign_in(&backend, LOGIN).await;
    let expected = [
        ("authToken_8081=", "; Max-Age=604800"),
        ("refreshToken_8081=", "; Max-Age=2592000"),
        ("perennial_device_8081=", "; Max-Age=15552000"),
    ];
    assert_eq!(reply.set_cookies().len(), expected.len());
    for (line, (name, max_age)) in reply.set_cookies().iter().zip(expected) {
        assert!(line.starts_with(name), "{line}");
        assert!(line.ends_with(&format!("; Path=/; HttpOnly; SameSite=Strict{max_age}")), "{line}");
    }
    let body = reply.json();
    assert_eq!(names(&body), ["authenticated", "expiresIn", "redirectTo", "sessionExpiresIn", "user"]);
    assert_eq!(body["authenticated"], true);
    assert_eq!((&body["redirectTo"], &body["expiresIn"]), (&json!("/"), &json!(604_800)));
    expect_ada(&body["user"]);
    assert!(!String::from_utf8_lossy(&reply.bytes).contains("eyJ"), "the body holds no token");
}

#[tokio::test]
async fn the_cookies_are_secure_behind_https() {
    let origin = "https://app.example.org";
    let backend =
        Backend::start_with(|settings| settings.public_origins = vec![origin.parse().unwrap()]).await;
    let call = sign_in_call(&backend, LOGIN, EMAIL, PASSWORD).with("origin", origin);
    let reply = call.send().await.expect(StatusCode::OK);
    assert_eq!(reply.set_cookies().len(), 3);
    assert!(reply.set_cookies().iter().all(|line| line.contains("; SameSite=Strict; Secure; Max-Age=")));
}

#[tokio::test]
async fn where_a_person_lands_depends_on_who_they_are() {
    let backend = Backend::start().await;
    for (role, path) in [("admin", "/devices"), ("operator", "/queue"), ("visitor", "/")] {
        let email = format!("{role}@example.org");
        backend.add_account_with_role(&email, role).await;
        let reply = sign_in_call(&backend, LOGIN, &email, PASSWORD).send().await.expect(StatusCode::OK);
        assert_eq!(reply.json()["redirectTo"], path);
        let told = status(&backend, &Jar::of(&reply)).send().await.expect(StatusCode::OK);
        assert_eq!(told.json()["redirectTo"], path);
        let grant = backend.sign_in_call(&email, PASSWORD, false).send().await.expect(StatusCode::OK);
        assert_eq!(grant.json()["landing"], path);
    }
}

#[tokio::test]
async fn the_status_says_who_is_signed_in_and_how_long_the_cookie_is_good() {
    let backend = Backend::start().await;
    let jar = jar(&backend).await;
    backend.clock.advance_s(604_000);
    let told = status(&backend, &jar).send().await.expect(StatusCode::OK);
    expect_no_token(&told, &jar);
    let body = told.json();
    assert_eq!(names(&body), ["authenticated", "expiresIn", "redirectTo", "sessionExpiresIn", "user"]);
    assert_eq!(body["expiresIn"], 800);
    expect_ada(&body["user"]);

    let error = json!({ "authenticated": false });
    backend.clock.advance_s(801);
    status(&backend, &jar).send().await.expect_error(401, "token_expired", &error);
    backend.get("/api/auth/status").send().await.expect_error(401, "token_missing", &error);
    let junk = backend.get("/api/auth/status").with("cookie", "authToken=junk").send().await;
    junk.expect_error(401, "token_invalid", &error);
}

#[tokio::test]
async fn a_refresh_gives_both_cookies_anew_and_each_refresh_cookie_is_good_once() {
    let backend = Backend::start().await;
    let first = jar(&backend).await;
    backend.clock.advance_s(604_000);
    let reply = post(&backend, "refresh", &first).send().await.expect(StatusCode::OK);
    assert_eq!(
        names(&reply.json()),
        ["authenticated", "expiresIn", "redirectTo", "sessionExpiresIn", "user"]
    );
    assert_eq!(reply.json()["expiresIn"], 604_800);
    assert!(reply.set_cookies()[1].ends_with("Max-Age=1988000"), "a refresh never extends the session");
    let second = Jar::of(&reply);
    assert_ne!(second.refresh, first.refresh);
    status(&backend, &second).send().await.expect(StatusCode::OK);

    backend.clock.advance_s(100);
    let stolen = post(&backend, "refresh", &first).send().await;
    let stolen = stolen.expect_error(401, "refresh_reused", &json!({}));
    assert!(stolen.set_cookies().is_empty(), "a refusal may meet the cookies of a newer sign-in");
    post(&backend, "refresh", &second).send().await.expect_error(401, "session_revoked", &json!({}));
}

#[tokio::test]
async fn a_refresh_repeated_with_its_key_gets_the_same_successor() {
    let backend = Backend::start().await;
    let jar = jar(&backend).await;
    let call = || post(&backend, "refresh", &jar).with("idempotency-key", &"a".repeat(32));
    let first = Jar::of(&call().send().await.expect(StatusCode::OK));
    backend.clock.advance_s(30);
    let second = Jar::of(&call().send().await.expect(StatusCode::OK));
    assert_eq!(first.refresh, second.refresh);
    let odd = post(&backend, "refresh", &jar).with("idempotency-key", "x").send().await;
    odd.expect_error(400, "idempotency_key_invalid", &json!({}));
}

#[tokio::test]
async fn a_program_without_cookies_refreshes_by_bearer_or_by_the_body_as_well() {
    let backend = Backend::start().await;
    let mut token = value(&jar(&backend).await.refresh);
    // No page asks: there is no Origin, and no header that only our pages can set.
    let call = || backend.call(Method::POST, "/api/auth/refresh");
    let body = |token: &str| json!({ "refreshToken": token });
    for round in 0..4 {
        let call = if round % 2 == 0 { call().token(&token) } else { call().json(&body(&token)) };
        let reply = call.send().await.expect(StatusCode::OK);
        assert!(!String::from_utf8_lossy(&reply.bytes).contains("eyJ"), "the body holds no token");
        let next = value(&Jar::of(&reply).refresh);
        assert_ne!(next, token, "it is good once, however it comes");
        token = next;
        backend.clock.advance_s(100);
    }
    let error = json!({});
    for unknown in ["junk", "", "a.b.c"] {
        call().json(&body(unknown)).send().await.expect_error(401, "refresh_unknown", &error);
        call().token(unknown).send().await.expect_error(401, "refresh_unknown", &error);
    }
    call().json(&json!({ "refreshToken": 7 })).send().await.expect_error(422, "body_invalid", &error);
    call().json(&json!({ "refresh": token })).send().await.expect_error(422, "body_invalid", &error);
    // What a form of another site could send is not read.
    let form = call().with("content-type", "text/plain").body(body(&token).to_string()).send().await;
    form.expect_error(415, "media_type_unsupported", &error);
}

#[tokio::test]
async fn what_is_said_counts_before_the_cookie_and_an_access_token_says_nothing() {
    let backend = Backend::start().await;
    let (one, two) = (jar(&backend).await, jar(&backend).await);
    let id = |token: &str| jwt_session(token);
    let session = |reply: &Reply| id(&value(&Jar::of(reply).access));
    let by_body = post(&backend, "refresh", &one).json(&json!({ "refreshToken": value(&two.refresh) }));
    let by_body = by_body.send().await.expect(StatusCode::OK);
    assert_eq!(session(&by_body), id(&value(&two.access)));
    let two = Jar::of(&by_body);
    let by_bearer = post(&backend, "refresh", &one).token(&value(&two.refresh)).send().await;
    assert_eq!(session(&by_bearer.expect(StatusCode::OK)), id(&value(&two.access)));
    for call in [
        post(&backend, "refresh", &one).token(&value(&one.access)).json(&json!({})),
        post(&backend, "refresh", &one).json(&json!({ "refreshToken": null })),
    ] {
        // Two at once, within the overlap.
        assert_eq!(session(&call.send().await.expect(StatusCode::OK)), id(&value(&one.access)));
    }
}

#[tokio::test]
async fn times_to_wait_are_said_in_minutes() {
    let backend = Backend::start_with(|settings| settings.limits.refreshes_per_session = 1).await;
    let jar = jar(&backend).await;
    post(&backend, "refresh", &jar).send().await.expect(StatusCode::OK);
    let put_off = post(&backend, "refresh", &jar).send().await;
    let put_off = put_off.expect_error(429, "too_many_refreshes", &json!({}));
    assert_eq!(put_off.json()["message"], "Too many refreshes. Try again in 1 minute.");
    for _ in 0..5 {
        sign_in_call(&backend, LOGIN, EMAIL, "wrong").send().await.expect_error(
            401,
            "wrong_credentials",
            &json!({}),
        );
    }
    for (after_s, said) in [(0, "5 minutes"), (220, "2 minutes"), (20, "1 minute"), (59, "1 minute")] {
        backend.clock.advance_s(after_s);
        let refused = sign_in_call(&backend, LOGIN, EMAIL, PASSWORD).send().await;
        let refused = refused.expect_error(429, "too_many_attempts", &json!({}));
        let expected = format!("Too many failed sign-ins. Try again in {said}.");
        assert_eq!(refused.json()["message"], expected);
    }
}

#[tokio::test]
async fn without_a_refresh_cookie_there_is_no_refresh() {
    let backend = Backend::start().await;
    let none = backend.page(Method::POST, "/api/auth/refresh").send().await;
    none.expect_error(401, "refresh_missing", &json!({}));
    for cookie in ["refreshToken=", "refreshToken=junk"] {
        let reason = if cookie.ends_with('=') { "refresh_missing" } else { "refresh_unknown" };
        let call = backend.page(Method::POST, "/api/auth/refresh").with("cookie", cookie);
        call.send().await.expect_error(401, reason, &json!({}));
    }
}

#[tokio::test]
async fn signing_out_clears_both_cookies_and_refuses_them_from_then_on() {
    let backend = Backend::start().await;
    let jar = jar(&backend).await;
    let reply = post(&backend, "logout", &jar).send().await.expect(StatusCode::OK);
    assert_eq!(reply.json(), json!({ "success": true }));
    let cleared = ["authToken_8081", "refreshToken_8081"]
        .map(|name| format!("{name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"));
    assert_eq!(reply.set_cookies(), cleared);
    let error = json!({ "authenticated": false });
    status(&backend, &jar).send().await.expect_error(401, "session_revoked", &error);
    post(&backend, "refresh", &jar).send().await.expect_error(401, "session_revoked", &json!({}));
    post(&backend, "logout", &jar).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_refresh_cookie_alone_or_an_expired_access_cookie_is_enough_to_sign_out() {
    let backend = Backend::start().await;
    let (one, two) = (jar(&backend).await, jar(&backend).await);
    backend.clock.advance_s(700_000);
    for (cookie, jar) in [(&one.refresh, &one), (&two.access, &two)] {
        let call = backend.page(Method::POST, "/api/auth/logout").with("cookie", cookie);
        call.send().await.expect(StatusCode::OK);
        post(&backend, "refresh", jar).send().await.expect_error(401, "session_revoked", &json!({}));
    }
}

#[tokio::test]
async fn a_late_sign_out_by_token_leaves_the_cookies_of_a_newer_sign_in() {
    let backend = Backend::start().await;
    let (before, since) = (jar(&backend).await, jar(&backend).await);
    let token = before.access.split_once('=').unwrap().1;
    let reply = post(&backend, "logout", &since).token(token).send().await.expect(StatusCode::OK);
    assert!(reply.set_cookies().is_empty());
    status(&backend, &since).send().await.expect(StatusCode::OK);
    post(&backend, "refresh", &before).send().await.expect_error(401, "session_revoked", &json!({}));
}

#[tokio::test]
async fn whatever_uses_the_cookies_needs_the_header_that_foreign_pages_cannot_set() {
    let backend = Backend::start().await;
    let jar = jar(&backend).await;
    for what in ["login", "refresh", "logout"] {
        let plain = || post(&backend, what, &jar);
        plain().without("x-requested-by").send().await.expect_error(403, "csrf", &json!({}));
        let foreign = plain().with("origin", "https://evil.example").send().await;
        foreign.expect_error(403, "csrf", &json!({}));
    }
    let other = || backend.page(Method::DELETE, "/api/sessions/others").with("cookie", &jar.access);
    other().without("x-requested-by").send().await.expect_problem(403, "csrf");
    other().with("origin", "https://evil.example").send().await.expect_problem(403, "csrf");
    other().send().await.expect(StatusCode::OK);
    status(&backend, &jar).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_access_cookie_authorises_everything_else_and_no_answer_carries_a_token() {
    let backend = Backend::start_with(|settings| settings.limits.access_token_lifetime_s = Some(1000)).await;
    let jar = jar(&backend).await;
    // A bearer of any dialect would be given the next one by now, had it one to give.
    backend.clock.advance_s(900);
    for path in ["/api/session", "/api/sessions", "/api/jobs", "/api/datasets", "/api/me"] {
        let reply = backend.get(path).with("cookie", &jar.both()).send().await.expect(StatusCode::OK);
        expect_no_token(&reply, &jar);
    }
    let send = backend.page(Method::POST, "/api/jobs").with("cookie", &jar.both());
    let sent = send.with("content-type", "text/csv").body("a\n1\n").send().await.expect(StatusCode::CREATED);
    expect_no_token(&sent, &jar);

    // The same token of another dialect, brought by the cookie, is renewed in no answer either.
    let hybrid = sign_in(&backend, "/api/login").await.json();
    backend.clock.advance_s(900);
    let cookie = format!("authToken={}", hybrid["access_token"].as_str().unwrap());
    let reply = backend.get("/api/jobs").with("cookie", &cookie).send().await.expect(StatusCode::OK);
    assert_eq!(reply.header("x-new-token"), None);
}

#[tokio::test]
async fn where_there_is_an_authorization_header_the_cookie_says_nothing() {
    let backend = Backend::start().await;
    let jar = jar(&backend).await;
    let bearer = backend.sign_in().await;
    let call = backend.get("/api/session").with("cookie", &jar.both());
    let told = call.bearer(&bearer).send().await.expect(StatusCode::OK).json();
    assert_eq!(told["session"]["id"], bearer.session_id.as_str());
    let junk = backend.get("/api/session").with("cookie", &jar.both()).token("junk").send().await;
    junk.expect_problem(401, "token_invalid");
    // Script sets the header, so it needs no other.
    let call = backend.call(Method::DELETE, "/api/sessions/others").with("cookie", &jar.both());
    call.bearer(&bearer).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_live_connection_is_authenticated_by_the_cookie_and_ends_with_the_sign_out() {
    let backend = Backend::start_with(|settings| settings.live_times.look = NEVER).await;
    let listening = Listening::start(&backend);
    let jar = jar(&backend).await;
    let offer = ("sec-websocket-protocol", "perennial.v1, cookie");
    let (cookie, origin) = (("cookie", &*jar.both()), ("origin", crate::harness::ORIGIN));
    let (mut socket, answer) = listening.connect_with(&[offer, cookie, origin]).await.unwrap();
    assert_eq!(answer["sec-websocket-protocol"], "perennial.v1");
    assert_eq!(socket.hear().await, json!({ "type": "authenticated", "expires_in": 604_800 }));

    post(&backend, "logout", &jar).send().await.expect(StatusCode::OK);
    let (code, said) = socket.closed().await;
    assert!(code == 4401 && said.contains("You signed out"), "{code} {said}");

    for (headers, reason) in [
        (vec![offer, cookie], "You signed out"),
        (vec![offer], "carries no access token"),
        (vec![offer, ("cookie", "authToken=junk")], "not made by this server"),
    ] {
        let (mut socket, _) = listening.connect_with(&headers).await.unwrap();
        let (code, said) = socket.closed().await;
        assert!(code == 4401 && said.contains(reason), "{code} {said}");
    }
    let foreign = [offer, cookie, ("origin", "https://evil.example")];
    assert_eq!(listening.connect_with(&foreign).await.unwrap_err(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_cookie_that_was_not_offered_authenticates_no_connection() {
    let backend = Backend::start_with(|settings| {
        settings.live_times.authentication = std::time::Duration::from_millis(100);
    })
    .await;
    let listening = Listening::start(&backend);
    let jar = jar(&backend).await;
    let headers = [("sec-websocket-protocol", "perennial.v1"), ("cookie", &*jar.both())];
    let (mut socket, _) = listening.connect_with(&headers).await.unwrap();
    let (code, said) = socket.closed().await;
    assert!(code == 4401 && said.contains("No access token has come"), "{code} {said}");
}
