//! Sessions of cookies that no script sees.

use std::time::Duration;

use perennial_session::{
    CallKind, Confirmed, Doubt, Grant, GrantStore, Happened, Input, RefreshAnswer, Refusal, Settings,
    SignInFailure, SignInProgress, SignOutReason, Status, ValidateAnswer, Wake,
};

use crate::world::{World, account, cookie_pair, days, form, hours, mins, refresh_token, secs};

/// A page that is loaded asks who is signed in, and where they go.
#[test]
fn a_page_asks_whose_the_cookie_is_before_it_shows_anybody() {
    let mut world = World::signed_in_by(cookie_pair()).reload_after(mins(1));
    assert!(world.is_restoring() && world.is_validating());
    let landing = Some("/devices".to_owned());
    world.answer_validation(ValidateAnswer::Valid(Confirmed {
        landing: landing.clone(),
        ..says("ada", None)
    }));
    assert_eq!(world.snapshot().status, Status::SignedIn { account: account("ada"), landing });
    assert_eq!(world.refreshes(), 0);
}

/// A 401 to that is no sign-out: the refresh cookie may live on.
#[test]
fn a_refused_status_is_followed_by_a_refresh_and_by_the_status_again() {
    let mut world = World::signed_in_by(cookie_pair()).reload_after(mins(30));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    assert!(world.is_restoring() && world.is_refreshing());
    world.grant(days(7));
    assert!(world.is_signed_in() && world.is_validating());
    world.answer_validation(ValidateAnswer::Valid(says("ada", None)));
    assert!(world.is_signed_in());
    assert_eq!((world.validations(), world.refreshes()), (2, 1));
}

/// Refused both times, it is over.
#[test]
fn a_refused_status_and_a_refused_refresh_are_the_end() {
    let mut world = World::signed_in_by(cookie_pair()).reload_after(mins(1));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Expired));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Expired)));
    assert_eq!(world.lines(), [REFUSED, "Session unauthorized (401), logging out"]);
}

/// Offline nobody can say whose the cookie is: the page waits, asks again, and at once when there is hope.
#[test]
fn a_cookie_of_nobody_knows_whom_is_asked_about_until_somebody_answers() {
    let mut world = World::signed_in_by(cookie_pair()).reload_after(mins(1));
    for _ in 0..4 {
        world.answer_validation(ValidateAnswer::Unknown(Doubt::Network));
        assert!(world.is_restoring());
        world.advance(mins(1));
    }
    world.answer_validation(ValidateAnswer::Unknown(Doubt::Network));
    world.input(Input::Woke(Wake::Seen));
    world.answer_validation(ValidateAnswer::Valid(says("ada", None)));
    assert!(world.is_signed_in());
}

/// The answers say how long the cookie lives, and it is replaced ten minutes before its end.
#[test]
fn a_cookie_whose_life_is_told_is_refreshed_before_its_end() {
    let settings = Settings { inactivity_limit: days(1), ..cookie_pair() };
    let mut world = World::signed_in_with(settings, 1, |it| it.lifetime = Some(hours(2)));
    world.advance_with(hours(2) - mins(11) - secs(1), answer_status(None));
    assert_eq!(world.refreshes(), 0);
    world.advance_with(mins(1) + secs(1), answer_status(None));
    assert!(world.refreshes() > 0 && world.is_signed_in());
}

/// A page that was loaded knows the life of the cookie from the status.
#[test]
fn the_status_tells_how_long_the_cookie_lives() {
    let mut world = World::signed_in_by(cookie_pair()).reload_after(mins(1));
    world.answer_validation(ValidateAnswer::Valid(says("ada", Some(hours(1)))));
    assert!(world.next_refresh_in() >= mins(49) && world.next_refresh_in() <= mins(50));
    world.advance_with(mins(30), answer_status(Some(mins(5))));
    assert!(world.refreshes() > 0, "the cookie is nearer to its end than was said");
}

/// What is left of a cookie that was found says nothing of its life, and so nothing of how early to replace it.
///
/// Field 43.
#[test]
fn a_found_cookie_is_replaced_as_early_as_is_configured_however_little_of_it_is_left() {
    let mut world = World::signed_in_by(cookie_pair()).reload_after(mins(1));
    world.answer_validation(ValidateAnswer::Valid(says("ada", Some(mins(20)))));
    assert!(world.next_refresh_in() >= mins(9) && world.next_refresh_in() <= mins(10));
}

/// Where the whole life is known by another way, its fifth counts for a cookie that was found as well.
///
/// Field 43.
#[test]
fn a_found_cookie_of_a_known_life_is_replaced_a_fifth_of_it_before_its_end() {
    let mut world = World::signed_in_by(cookie_pair()).reload_after(mins(1));
    let known = Confirmed { whole_lifetime: Some(mins(25)), ..says("ada", Some(mins(20))) };
    world.answer_validation(ValidateAnswer::Valid(known));
    let early = mins(20) - world.next_refresh_in();
    assert!(early >= mins(5) && early <= mins(5) + secs(31), "{early:?} before its end");
}

/// Its age is unknown, so it may be near its end.
#[test]
fn a_found_cookie_that_tells_no_end_is_replaced_soon_where_its_life_is_known_and_then_in_time() {
    let mut world = World::signed_in_by(cookie_pair()).reload_after(mins(1));
    let life = || Confirmed { whole_lifetime: Some(mins(25)), ..says("ada", None) };
    world.answer_validation(ValidateAnswer::Valid(life()));
    assert!(world.is_signed_in() && world.next_refresh_in() <= secs(1));
    world.advance(secs(1));
    let grant = Grant { lifetime: Some(mins(25)), ..world.new_grant(secs(0)) };
    world.answer_refresh(RefreshAnswer::Granted(grant));
    assert!(world.next_refresh_in() >= mins(19) && world.next_refresh_in() <= mins(20));
    world.advance(mins(5));
    world.answer_validation(ValidateAnswer::Valid(life()));
    assert!(world.next_refresh_in() >= mins(14), "it was replaced already");
}

/// One that was granted here has lived since then: its fifth stays a fifth, whenever its end is told.
///
/// Field 43.
#[test]
fn an_end_that_is_told_late_does_not_shorten_the_buffer_of_a_cookie_that_was_granted_here() {
    let settings = Settings { refresh_buffer: hours(2), inactivity_limit: days(1), ..cookie_pair() };
    let mut world = World::signed_in_with(settings, 1, |it| it.lifetime = None);
    world.advance_with(hours(3), answer_status(None));
    world.advance(mins(5));
    let left = hours(5) - mins(5);
    world.answer_validation(ValidateAnswer::Valid(says("ada", Some(left))));
    let (fifth, early) = ((hours(8)) / 5, left - world.next_refresh_in());
    assert!(early >= fifth && early <= fifth * 11 / 10 + secs(1), "{early:?} before its end");
}

/// A backend of short cookies that tells their end in the status alone is not asked for ever.
///
/// Field 43.
#[test]
fn cookies_that_live_shorter_than_the_buffer_are_each_refreshed_once() {
    let mut world = World::signed_in_by(cookie_pair()).reload_after(secs(1));
    let mut until = world.wall().0 + 300_000;
    world.answer_validation(ValidateAnswer::Valid(says("ada", Some(mins(5)))));
    world.advance_with(mins(20), |world| {
        if world.is_validating() {
            let left = Duration::from_millis(until.saturating_sub(world.wall().0));
            world.answer_validation(ValidateAnswer::Valid(says("ada", Some(left))));
        }
        if world.is_refreshing() {
            until = world.wall().0 + 300_000;
            let grant = Grant { lifetime: None, ..world.new_grant(secs(0)) };
            world.answer_refresh(RefreshAnswer::Granted(grant));
        }
    });
    assert!(world.is_signed_in());
    assert!(world.refreshes() <= 6, "{} refreshes in twenty minutes", world.refreshes());
}

/// Nothing is said about its life: the look every five minutes finds out that it has ended.
#[test]
fn a_cookie_whose_life_nobody_tells_is_refreshed_when_it_is_refused() {
    let mut world = World::signed_in_with(cookie_pair(), 1, |it| it.lifetime = None);
    world.advance_with(mins(29), answer_status(None));
    assert_eq!((world.validations(), world.refreshes()), (6, 0));
    world.advance(mins(1));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    assert!(world.is_refreshing() && world.is_signed_in());
    let grant = Grant { lifetime: None, ..world.new_grant(secs(0)) };
    world.answer_refresh(RefreshAnswer::Granted(grant));
    world.answer_validation(ValidateAnswer::Valid(says("ada", None)));
    assert!(world.is_signed_in());
}

/// Somebody else has signed in by another way, and the browser sends their cookie now.
#[test]
fn a_cookie_that_has_become_another_person_s_switches_the_account_and_fails_the_other_s_requests() {
    let mut world = World::signed_in_by(cookie_pair());
    world.advance_with(mins(5), |_| {});
    world.ask(1);
    world.answer_validation(ValidateAnswer::Valid(says("bob", None)));
    assert!(matches!(&world.snapshot().status, Status::SignedIn { account, .. } if account.id == "bob"));
    assert_eq!(world.fate(1).last().map(String::as_str), Some("account changed"));
    assert!(world.happened().contains(&Happened::AccountChanged));
}

/// A refusal that was meant for a request of before the refresh leads to no second refresh.
#[test]
fn a_request_that_was_refused_with_the_cookie_before_is_replayed_with_this_one() {
    let mut world = World::signed_in_by(cookie_pair());
    world.ask(1);
    world.input(Input::RefreshNow);
    world.grant(days(7));
    world.refuse(1);
    assert_eq!(world.refreshes(), 1);
    assert_eq!(world.fate(1).len(), 2);
}

/// No answer to a request that a cookie authorised brings a token.
#[test]
fn a_token_from_a_header_is_no_match_for_a_cookie() {
    let mut world = World::signed_in_by(cookie_pair());
    world.ask(1);
    let before = world.snapshot();
    world.header_token(1, days(30));
    assert_eq!(world.snapshot(), before);
}

/// The sign-out names the session by the cookie, which the browser sends.
#[test]
fn a_sign_out_is_told_by_the_cookie() {
    let mut world = World::signed_in_by(cookie_pair());
    world.input(Input::SignOut);
    assert_eq!(world.sign_outs(), [("cookie".to_owned(), String::new())]);
}

/// Answers the status as one would wish.
fn answer_status(lifetime: Option<Duration>) -> impl FnMut(&mut World) {
    move |world| {
        while world.open_calls().any(|(_, kind)| matches!(kind, CallKind::Validate { .. })) {
            world.answer_validation(ValidateAnswer::Valid(says("ada", lifetime)));
        }
    }
}

fn says(who: &str, lifetime: Option<Duration>) -> Confirmed {
    Confirmed { account: Some(account(who)), lifetime, ..Confirmed::default() }
}

/// Nothing is said of an ended session: none could begin. What to do about it is said instead.
///
/// Field 41.
#[test]
fn a_cookie_that_the_browser_does_not_keep_is_noticed_by_a_validation_right_after_the_sign_in() {
    let mut world = World::signed_in_by(cookie_pair());
    assert!(world.is_validating());
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    assert_eq!(world.snapshot().status, Status::SignedOut { reason: None });
    assert_eq!(world.snapshot().sign_in, SignInProgress::Failed(SignInFailure::CookiesNotKept));
    assert_eq!(world.refreshes(), 0, "a refresh would come without the cookie too");
    world.input(Input::SignIn(form(false)));
    assert_eq!(world.snapshot().sign_in, SignInProgress::Pending, "it can be tried again");
}

/// A server that knows what became of the session has seen its cookie.
#[test]
fn a_session_that_was_ended_elsewhere_right_after_the_sign_in_is_said_to_have_ended() {
    for refusal in [Refusal::Revoked, Refusal::Expired] {
        let mut world = World::signed_in_by(cookie_pair());
        world.answer_validation(ValidateAnswer::Unauthorized(refusal));
        assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(refusal)));
        assert_eq!(world.snapshot().sign_in, SignInProgress::Idle);
    }
}

/// Field 41.
#[test]
fn a_cookie_that_was_seen_once_is_refused_like_any_other_later_on() {
    let mut world = World::signed_in_by(cookie_pair());
    world.answer_validation(ValidateAnswer::Unknown(Doubt::Network));
    assert!(world.is_signed_in(), "nothing is known");
    world.advance(mins(5));
    world.answer_validation(ValidateAnswer::Valid(says("ada", None)));
    world.advance(mins(5));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Missing));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Missing)));
    assert_eq!(world.snapshot().sign_in, SignInProgress::Idle);
}

/// Where a token authorises and a cookie refreshes, the first refresh tells.
///
/// Field 41.
#[test]
fn a_refresh_cookie_that_the_browser_does_not_keep_is_noticed_by_the_first_refresh() {
    let mut world = World::signed_in_by(Settings::default());
    assert!(!world.is_validating(), "a token would be good whatever became of the cookie");
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Missing));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Missing)));
    assert_eq!(world.snapshot().sign_in, SignInProgress::Failed(SignInFailure::CookiesNotKept));

    let mut world = World::signed_in_by(Settings::default());
    world.input(Input::RefreshNow);
    world.grant(hours(1));
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Missing));
    assert_eq!(world.snapshot().sign_in, SignInProgress::Idle, "it has worked before");
}

/// Where no reason is given nobody can tell a cookie that was never kept from a session that was ended elsewhere: both are
/// said. Once the cookie has been seen, the session has ended.
///
/// Field 41.
#[test]
fn a_cookie_that_is_refused_without_a_reason_when_it_is_first_used_may_not_have_been_kept() {
    let untried = Some(SignOutReason::Refused(Refusal::Untried));
    let unspecified = Some(SignOutReason::Refused(Refusal::Unspecified));
    let no_status = Settings { can_validate: false, ..cookie_pair() };
    for settings in [Settings::default(), no_status] {
        let mut world = World::signed_in_by(settings.clone());
        world.input(Input::RefreshNow);
        world.answer_refresh(RefreshAnswer::Refused(Refusal::Unspecified));
        assert_eq!(world.sign_out_reason(), untried);
        assert_eq!(world.snapshot().sign_in, SignInProgress::Idle, "no sign-in has failed");

        let mut world = World::signed_in_by(settings);
        world.input(Input::RefreshNow);
        world.grant(hours(1));
        world.input(Input::RefreshNow);
        world.answer_refresh(RefreshAnswer::Refused(Refusal::Unspecified));
        assert_eq!(world.sign_out_reason(), unspecified);
    }
    // It is said of cookies alone, and of no session that was found.
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Unspecified));
    assert_eq!(world.sign_out_reason(), unspecified);
    let mut world = World::signed_in_by(Settings::default()).reload_after(mins(1));
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Unspecified));
    assert_eq!(world.sign_out_reason(), unspecified);
}
const REFUSED: &str = "Session validation unauthorized (401), attempting refresh...";
