//! Refresh tokens that script holds, and sessions for which there is none.

use std::sync::Arc;

use perennial_session::{
    Account, Confirmed, Doubt, Grant, GrantStore, Happened, HeaderGrant, Input, RefreshAnswer, Refusal,
    RequestError, Secret, Settings, SignInAnswer, SignOutAnswer, SignOutReason, Status, ValidateAnswer,
};

use crate::world::{LIFETIME, World, account, form, hours, mins, refresh_token, secs, valid};

/// Each refresh is asked for with the refresh token that came last.
#[test]
fn a_rotated_refresh_token_takes_the_place_of_the_one_before() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    for _ in 0..2 {
        world.input(Input::RefreshNow);
        world.grant(LIFETIME);
    }
    assert_eq!(world.refreshed_with(), ["secret-refresh-1", "secret-refresh-2"]);
    assert_eq!(world.kept_texts(), Some(("secret-token-3".into(), "secret-refresh-3".into())));
}

/// An answer without one leaves the one before in force.
#[test]
fn a_refresh_answer_without_a_refresh_token_keeps_the_one_before() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    for _ in 0..2 {
        world.input(Input::RefreshNow);
        let grant = Grant { refresh: None, account: None, ..world.new_grant(LIFETIME) };
        world.answer_refresh(RefreshAnswer::Granted(grant));
    }
    assert_eq!(world.refreshed_with(), ["secret-refresh-1"; 2]);
    assert_eq!(world.kept_texts(), Some(("secret-token-3".into(), "secret-refresh-1".into())));
    assert!(matches!(&world.snapshot().status, Status::SignedIn { account, .. } if account.id == "ada"));
}

/// A token from a header is kept together with the refresh token that there was.
#[test]
fn a_token_from_a_header_keeps_the_refresh_token_and_is_kept() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    world.pass(secs(100));
    world.ask(1);
    world.header_token(1, LIFETIME);
    world.settle(1);
    assert_eq!(world.kept_texts(), Some(("secret-token-2".into(), "secret-refresh-1".into())));
    let mut world = world.reload_after(mins(16));
    assert_eq!(world.refreshed_with(), ["secret-refresh-1"]);
    world.grant(LIFETIME);
    assert!(world.is_signed_in());
}

/// A token came in a header while the refresh was on its way: the refresh token that the answer brings counts all the
/// same, since the one before is worth nothing any more.
#[test]
fn a_refresh_token_counts_although_the_access_token_was_replaced_meanwhile() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    world.pass(secs(100));
    world.ask(1);
    world.input(Input::RefreshNow);
    world.header_token(1, hours(1));
    world.grant(LIFETIME);
    assert_eq!(world.kept_texts(), Some(("secret-token-2".into(), "secret-refresh-3".into())));
    world.ask(2);
    assert_eq!(world.fate(2), ["send 2"]);
    world.input(Input::RefreshNow);
    assert_eq!(world.refreshed_with(), ["secret-refresh-1", "secret-refresh-3"]);
}

/// The answer was so late that the token in it has expired: the refresh token beside it has not, and must not be lost.
#[test]
fn a_refresh_token_is_kept_although_the_access_token_beside_it_has_expired() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    world.input(Input::RefreshNow);
    world.pass(secs(12));
    world.grant(secs(10));
    assert_eq!(world.refreshed_with(), ["secret-refresh-1", "secret-refresh-2"]);
    assert_eq!(world.kept_texts(), Some(("secret-token-2".into(), "secret-refresh-2".into())));
}

/// With the page all that it held is gone, where nothing is kept: nobody can be asked, and the reason is given.
#[test]
fn a_page_that_holds_everything_in_memory_finds_nothing_after_a_reload() {
    let world = World::signed_in_by(refresh_token(GrantStore::None)).reload_after(mins(1));
    let missing = SignOutReason::Refused(Refusal::Missing);
    assert_eq!(world.sign_out_reason(), Some(missing));
    assert_eq!(world.open_calls().len(), 0);
    assert!(world.happened().contains(&Happened::SignedOut(missing)));
    assert!(world.record().is_some(), "the session may go on in another tab");
    let mut world = world;
    world.input(Input::SignIn(form(false)));
    world.serve(LIFETIME);
    assert!(world.is_signed_in());
}

/// Nor does it wait until the server wants to be asked, with nothing to ask it with.
#[test]
fn whoever_has_nothing_to_refresh_by_does_not_wait_for_the_server() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::None));
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Later(hours(1)));
    let world = world.restart();
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Missing)));
}

/// Some grants come without a refresh token. They are used to their end, and then the session is over.
#[test]
fn nothing_to_refresh_by_is_no_sign_out_before_the_end_of_the_token() {
    let mut world = without_refresh_token(true);
    world.advance_served(LIFETIME - secs(1), LIFETIME);
    world.input(Input::RefreshNow);
    assert!(world.is_signed_in() && world.refreshes() == 0);
    world.advance(secs(1));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Missing)));
    assert!(world.kept.is_none());
}

/// A request that is refused meanwhile is put before the validation at once; where the session is good, its caller gets the
/// refusal and does not wait for a token that will not come.
#[test]
fn a_refused_request_is_judged_at_once_where_there_is_nothing_to_refresh_by() {
    let mut world = without_refresh_token(true);
    for id in [1, 2] {
        world.ask_endpoint(id, "GET /broken");
        world.refuse(id);
        if id == 1 {
            world.answer_validation(valid());
        }
        assert_eq!(world.fate(id), ["send 1", "deliver"]);
    }
    assert_eq!(world.validations(), 1, "the endpoint is known by now");
    world.ask(3);
    world.refuse(3);
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
}

/// Where nobody can be asked either, one endpoint does not end a session whose token is known to last.
#[test]
fn a_refused_request_goes_to_its_caller_where_nobody_can_be_asked() {
    let mut world = without_refresh_token(false);
    world.ask(1);
    world.refuse(1);
    assert_eq!(world.fate(1), ["send 1", "deliver"]);
    assert!(world.is_signed_in());
    let settings = Settings { can_validate: false, ..refresh_token(GrantStore::Browser) };
    let mut world = World::signed_in_with(settings, 1, |grant| {
        (grant.refresh, grant.lifetime) = (None, None);
    });
    world.ask(1);
    world.refuse(1);
    assert_eq!(
        world.sign_out_reason(),
        Some(SignOutReason::Refused(Refusal::Missing)),
        "no other end is known"
    );
}

/// And such a grant, taken up again where nobody can be asked, is shown.
#[test]
fn a_kept_grant_without_a_refresh_token_is_shown_where_nobody_can_be_asked() {
    let world = without_refresh_token(false).reload_after(mins(1));
    assert!(world.is_signed_in());
}

/// The person signs out while the refresh is on its way: the server is told of what it brings, by both tokens.
#[test]
fn late_grants_are_given_back_with_both_tokens() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    world.input(Input::RefreshNow);
    let (call, _) = world.open_refresh();
    let late = world.new_grant(LIFETIME);
    world.input(Input::SignOut);
    world.answer(call, perennial_session::Answer::Refresh(RefreshAnswer::Granted(late)));
    world.answer_sign_out(SignOutAnswer::Done);
    world.answer_sign_out(SignOutAnswer::Done);
    let both = |number| (format!("secret-token-{number}"), format!("secret-refresh-{number}"));
    assert_eq!(world.sign_outs(), [both(1), both(2)]);
    assert!(world.kept.is_none());
}

/// So is a sign-in that nobody waited for any more.
#[test]
fn a_late_sign_in_is_given_back_with_both_tokens() {
    let mut world = World::new(refresh_token(GrantStore::Browser), 1);
    world.input(Input::Start(perennial_session::Remembered::Nothing));
    world.input(Input::SignIn(form(false)));
    let call = world.open_call(|kind| matches!(kind, perennial_session::CallKind::SignIn(_)));
    world.advance(secs(15));
    let late = world.new_grant(LIFETIME);
    world.answer(call, perennial_session::Answer::SignIn(SignInAnswer::Granted(late)));
    assert_eq!(world.sign_outs(), [("secret-token-1".into(), "secret-refresh-1".into())]);
    assert!(world.kept.is_none());
}

/// A sign-out hands over everything by which the server knows the session, also when it is sent again.
#[test]
fn a_sign_out_hands_over_both_tokens() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    world.input(Input::SignOut);
    assert!(world.kept.is_none());
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
    world.advance(secs(2));
    assert_eq!(
        world.sign_outs(),
        [
            ("secret-token-1".into(), "secret-refresh-1".into()),
            ("secret-token-1".into(), "secret-refresh-1".into())
        ]
    );
}

/// Requests that wait for the page to be restored are told when there is nothing to restore it with.
#[test]
fn requests_do_not_wait_for_a_session_that_is_given_up() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::None));
    world.pass(mins(1));
    let mut world = world.restart();
    world.ask(1);
    assert_eq!(world.fate(1), ["signed out"]);
    assert_ne!(RequestError::SignedOut, RequestError::Unavailable);
}

/// A grant that says nothing of whose it is waits for the validation to say so.
#[test]
fn a_grant_that_names_nobody_is_not_shown_until_the_validation_names_somebody() {
    let mut world = World::signed_in_with(refresh_token(GrantStore::Browser), 1, |it| it.account = None);
    assert!(world.is_restoring() && world.is_validating());
    assert!(world.kept.is_none());
    world.answer_validation(ValidateAnswer::Unknown(Doubt::Network));
    assert!(world.is_restoring());
    world.advance(secs(2));
    world.answer_validation(names("ada"));
    assert!(matches!(&world.snapshot().status, Status::SignedIn { account, .. } if account.id == "ada"));
    assert!(world.kept.is_some());
}

/// A grant that says no more of somebody than their identifier, as many an ID token does.
#[test]
fn a_person_of_whom_only_the_identifier_is_known_is_shown_by_their_name_once_the_server_tells_it() {
    let mut world = bare();
    assert!(world.is_restoring() && world.is_validating());
    world.answer_validation(names("bob"));
    assert!(world.is_restoring(), "it names somebody, but not the one whose token this is");
    world.advance(secs(5));
    world.answer_validation(names("ada"));
    assert!(
        matches!(&world.snapshot().status, Status::SignedIn { account, .. } if account.name == "Name of ada")
    );
    world.input(Input::RefreshNow);
    let grant = Grant { account: Some(identifier("ada")), ..world.new_grant(LIFETIME) };
    world.answer_refresh(RefreshAnswer::Granted(grant));
    assert!(
        matches!(&world.snapshot().status, Status::SignedIn { account, .. } if account.name == "Name of ada")
    );
}

/// The server has granted a token and has nothing to say about its person.
#[test]
fn a_person_whose_name_nobody_tells_is_shown_by_their_identifier_after_a_few_questions() {
    let mut world = bare();
    for _ in 0..3 {
        assert!(world.is_restoring());
        world.advance(secs(5));
        world.answer_validation(ValidateAnswer::Unknown(Doubt::Status(404)));
    }
    assert!(
        matches!(&world.snapshot().status, Status::SignedIn { account, .. } if account.shown_name() == "ada")
    );
}

/// A page that nobody uses asks nothing but whether its session is good.
#[test]
fn a_token_in_the_header_of_a_validation_is_adopted() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    world.advance(secs(60));
    assert!(world.is_validating());
    let renewed = HeaderGrant {
        access: Secret::new("secret-token-2"),
        lifetime: LIFETIME,
        account_id: "ada".into(),
        session_id: Some("session".into()),
    };
    world.answer_validation(ValidateAnswer::Valid(Confirmed {
        renewed: Some(renewed),
        ..Confirmed::default()
    }));
    assert_eq!(world.kept_texts(), Some(("secret-token-2".into(), "secret-refresh-1".into())));
    assert_eq!(world.refreshes(), 0);
}

fn bare() -> World {
    World::signed_in_with(refresh_token(GrantStore::Browser), 1, |grant| {
        grant.account = Some(identifier("ada"));
    })
}

fn identifier(id: &str) -> Arc<Account> {
    Arc::new(Account { id: id.into(), name: String::new(), email: String::new(), roles: None })
}

fn names(id: &str) -> ValidateAnswer {
    ValidateAnswer::Valid(Confirmed { account: Some(account(id)), ..Confirmed::default() })
}

fn without_refresh_token(can_validate: bool) -> World {
    let settings = Settings { can_validate, ..refresh_token(GrantStore::Browser) };
    World::signed_in_with(settings, 1, |grant| grant.refresh = None)
}
