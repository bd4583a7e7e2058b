//! Grants that are kept beyond the life of the page, and what becomes of them there.

use std::sync::Arc;

use perennial_session::{
    Confirmed, Doubt, GrantStore, Health, Input, Output, RefreshAnswer, RefreshCause, Refusal, Secret,
    Settings, SignOutAnswer, SignOutReason, Status, ValidateAnswer, Wake, Wall,
};

use crate::world::{LIFETIME, World, account, days, exchange, hours, mins, refresh_token, secs, valid};

/// The token is good: the server says so, and then the page is shown.
#[test]
fn a_kept_grant_restores_by_validation() {
    let mut world = World::signed_in_by(exchange()).reload_after(mins(3));
    assert!(world.is_restoring());
    assert_eq!((world.validations(), world.refreshes()), (1, 0));
    world.answer_validation(valid());
    assert!(world.is_signed_in());
    world.ask(1);
    assert_eq!(world.fate(1), ["send 1"]);
}

/// The token has expired: the one it is exchanged for says whose it is.
#[test]
fn a_kept_grant_that_has_expired_restores_by_refresh() {
    for settings in [exchange(), refresh_token(GrantStore::Browser), refresh_token(GrantStore::Tab)] {
        let mut world = World::signed_in_by(settings).reload_after(mins(20));
        assert!(world.is_restoring());
        assert_eq!((world.validations(), world.refreshes()), (0, 1));
        world.grant(LIFETIME);
        assert!(world.is_signed_in());
        assert_eq!(world.snapshot().last_refresh.map(|it| it.cause), Some(RefreshCause::Restore));
    }
}

/// Where nothing can be validated, the refresh shows that the session is good.
#[test]
fn a_kept_grant_of_a_backend_that_cannot_validate_restores_by_refresh() {
    let settings = Settings { can_validate: false, ..refresh_token(GrantStore::Browser) };
    let mut world = World::signed_in_by(settings).reload_after(mins(1));
    assert!(world.is_restoring());
    world.grant(LIFETIME);
    assert!(world.is_signed_in());
    assert_eq!((world.validations(), world.refreshes()), (0, 1));
}

/// The server cannot be reached: whoever opens the page on a train finds it as they left it.
#[test]
fn a_kept_grant_is_taken_as_it_was_left_where_the_server_cannot_be_reached() {
    for away in [mins(1), mins(20)] {
        let mut world = World::signed_in_by(exchange()).reload_after(away);
        if world.is_validating() {
            world.answer_validation(ValidateAnswer::Unknown(Doubt::Network));
            assert_eq!(world.health(), Health::Unconfirmed { why: Doubt::Network });
        } else {
            world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        }
        assert!(world.is_signed_in());
        assert!(matches!(&world.snapshot().status, Status::SignedIn { account, .. } if account.id == "ada"));
    }
}

/// The server has asked everybody to wait: nobody can be asked, and nobody waits for hours in front of an empty page.
#[test]
fn a_kept_grant_is_shown_while_the_server_wants_no_refresh() {
    let mut world = World::signed_in_by(exchange());
    world.input(Input::RefreshNow);
    world.answer_refresh(RefreshAnswer::Later(hours(1)));
    let world = world.reload_after(mins(20));
    assert!(world.is_signed_in());
    assert_eq!(world.refreshes(), 0);
    assert!(matches!(world.health(), Health::WaitingForServer { .. }));
}

/// Where the token is still good the server is asked about that, and not passed over.
#[test]
fn a_kept_grant_is_validated_although_the_server_wants_no_refresh() {
    let mut world = World::signed_in_by(exchange());
    world.advance_with(mins(13), |world| {
        if world.is_refreshing() {
            world.answer_refresh(RefreshAnswer::Later(hours(1)));
        }
    });
    let mut world = world.restart();
    assert!(world.is_restoring() && world.is_validating());
    world.answer_validation(valid());
    assert!(world.is_signed_in());
    assert_eq!(world.refreshes(), 0);
}

/// A question that is never answered keeps nobody out.
#[test]
fn a_kept_grant_about_which_nobody_answers_is_shown_after_the_time_of_a_call() {
    let mut world = World::signed_in_by(exchange()).reload_after(mins(1));
    world.advance(secs(15));
    assert!(world.is_signed_in());
}

/// The session was ended while the page was closed.
#[test]
fn a_kept_grant_that_is_refused_is_never_shown() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser)).reload_after(mins(1));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
    assert!(world.is_restoring());
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
    assert_eq!(world.lines(), [REFUSED, "Session unauthorized (401), logging out"]);
    assert!(world.kept.is_none());
    assert!(!world.outputs().iter().any(|it| {
        matches!(it, Output::Publish(snapshot) if matches!(snapshot.status, Status::SignedIn { .. }))
    }));
}

/// The manual test of the exchange system: the token in the local storage is corrupted by hand.
#[test]
fn an_altered_token_in_the_store_is_asked_about_at_the_next_check_refreshed_with_and_refused() {
    let mut world = World::signed_in_by(exchange());
    world.pass(secs(30));
    world.alter(|kept| kept.access = Secret::new("secret-token-corrupted").into());
    world.input(Input::RecordChanged);
    assert_eq!(world.open_calls().len(), 0);
    world.advance(secs(30));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    assert_eq!(world.refreshed_with(), ["secret-token-corrupted"]);
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Unspecified));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Unspecified)));
    assert_eq!(world.lines(), [REFUSED, "Session unauthorized (401), logging out"]);
    assert!(world.kept.is_none());
}

/// The same while the page is closed.
#[test]
fn an_altered_token_in_the_store_is_refused_at_the_next_start() {
    let mut world = World::signed_in_by(exchange());
    world.alter(|kept| kept.access = Secret::new("secret-token-corrupted").into());
    let mut world = world.reload_after(secs(10));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Unspecified));
    assert!(world.kept.is_none() && !world.is_signed_in() && !world.is_restoring());
}

/// Altered before the server has vouched for it: the answer about the one before vouches for nothing.
#[test]
fn a_token_that_is_altered_while_it_is_asked_about_is_asked_about_again() {
    let mut world = World::signed_in_by(exchange()).reload_after(mins(1));
    world.alter(|kept| kept.access = Secret::new("secret-token-corrupted").into());
    world.input(Input::RecordChanged);
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Unspecified));
    assert!(world.is_restoring());
    assert_eq!(world.refreshed_with(), ["secret-token-corrupted"]);
}

/// A name that somebody wrote into the store is shown to nobody: the server says whose the token is.
#[test]
fn a_kept_grant_belongs_to_whomever_the_server_names() {
    let mut world = World::signed_in_by(exchange());
    world.alter(|kept| kept.account = account("eve"));
    let mut world = world.reload_after(mins(1));
    let answer = Confirmed { account: Some(account("ada")), ..Confirmed::default() };
    world.answer_validation(ValidateAnswer::Valid(answer));
    assert!(matches!(&world.snapshot().status, Status::SignedIn { account, .. } if account.id == "ada"));
    assert_eq!(world.kept.as_ref().map(|kept| kept.account.id.clone()), Some("ada".into()));
}

/// A store that is emptied while the page is open is filled again: nobody asked for a sign-out.
#[test]
fn a_store_that_is_emptied_is_filled_again_but_not_on_and_on() {
    let mut world = World::signed_in_by(exchange());
    world.input(Input::Timeout);
    let keeps = |world: &World| world.outputs().iter().filter(|it| matches!(it, Output::Keep(_))).count();
    world.lose_kept();
    world.input(Input::RecordChanged);
    assert!(world.kept.is_some() && keeps(&world) == 2);
    for _ in 0..20 {
        // It takes nothing.
        world.lose_kept();
        world.input(Input::RecordChanged);
    }
    assert_eq!(keeps(&world), 2);
    world.advance_served(mins(2), LIFETIME);
    assert!(world.is_signed_in() && world.kept.is_some());
}

/// Also when the access token has expired meanwhile: what refreshes it has not.
#[test]
fn a_grant_whose_access_token_has_expired_is_kept_again() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    world.advance(mins(20));
    world.lose_kept();
    world.input(Input::RecordChanged);
    let mut world = world.reload_after(mins(1));
    world.grant(LIFETIME);
    assert!(world.is_signed_in());
}

/// What is kept is later than what is held where another tab wrote it; what is earlier is written over.
#[test]
fn the_later_of_what_is_kept_and_what_is_held_stands() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    world.advance(mins(1));
    world.answer_validation(valid());
    world.alter(|kept| {
        kept.from = Wall(kept.from.0 + 30_000);
        (kept.access, kept.refresh) =
            (Secret::new("secret-token-7").into(), Some(Secret::new("secret-refresh-7")));
    });
    world.input(Input::RefreshNow);
    assert_eq!(world.refreshed_with(), ["secret-refresh-7"]);
    world.grant(LIFETIME);
    world.input(Input::RecordChanged);
    world.alter(|kept| {
        kept.from = Wall(kept.from.0 - 90_000);
        kept.refresh = Some(Secret::new("secret-refresh-1"));
    });
    world.input(Input::RecordChanged);
    assert_eq!(world.kept_texts(), Some(("secret-token-2".into(), "secret-refresh-2".into())));
}

/// The record cannot be read, and the grant can.
#[test]
fn a_kept_grant_says_which_session_it_is_where_the_record_cannot_be_read() {
    let kept = World::signed_in_by(exchange()).kept;
    let mut world = World::new(exchange(), 3);
    world.kept = kept;
    world.input(Input::Start(perennial_session::Remembered::Unreadable));
    assert!(world.is_restoring());
    world.answer_validation(valid());
    assert!(world.is_signed_in());
}

/// A grant beside no record, or beside the record of another session, is nobody's.
#[test]
fn a_kept_grant_of_no_session_is_removed() {
    let kept = World::signed_in_by(exchange()).kept;
    let mut world = World::new(exchange(), 3);
    world.kept = kept;
    world.input(Input::Start(perennial_session::Remembered::Nothing));
    assert_eq!(world.snapshot().status, Status::SignedOut { reason: None });
    assert!(world.kept.is_none());
}

/// The person was away for too long: nothing is sent but the sign-out, with all that names the session. A token that has
/// expired meanwhile names nothing, and is replaced for it.
#[test]
fn a_start_after_the_inactivity_limit_hands_over_what_was_kept() {
    let settings = Settings { inactivity_limit: mins(10), ..refresh_token(GrantStore::Browser) };
    let mut world = World::signed_in_by(settings).reload_after(mins(12));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
    assert!(world.kept.is_none());
    assert_eq!(world.sign_outs(), [("secret-token-1".into(), "secret-refresh-1".into())]);
    assert_eq!((world.validations(), world.refreshes()), (0, 0));
    world.answer_sign_out(SignOutAnswer::Done);

    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser)).reload_after(hours(2));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
    assert_eq!((world.validations(), world.refreshed_with()), (0, vec!["secret-refresh-1".to_owned()]));
    assert_eq!(world.sign_outs(), []);
    world.grant(LIFETIME);
    assert_eq!(world.sign_outs(), [("secret-token-2".into(), "secret-refresh-2".into())]);
    world.answer_sign_out(SignOutAnswer::Done);
    assert!(world.kept.is_none());
}

/// So it is where the server's own limit has passed. A token that has expired with it is exchanged for one to sign out with.
#[test]
fn a_start_after_the_absolute_limit_sends_nothing_but_the_sign_out() {
    let settings = Settings { inactivity_limit: days(2), ..exchange() };
    let mut world = World::signed_in_with(settings, 1, |it| it.session_lifetime = Some(hours(8)));
    world.pass(hours(9));
    let world = world.restart();
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::AbsoluteLimit));
    assert_eq!((world.validations(), world.refreshes(), world.sign_outs().len()), (0, 1, 0));
    assert!(world.kept.is_none());

    let settings = Settings { inactivity_limit: days(2), ..exchange() };
    let mut world = World::signed_in_with(settings, 1, |it| {
        (it.lifetime, it.session_lifetime) = (Some(days(1)), Some(hours(8)));
    });
    world.pass(hours(9));
    let world = world.restart();
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::AbsoluteLimit));
    assert_eq!((world.validations(), world.refreshes(), world.sign_outs().len()), (0, 0, 1));
}

/// The page died between the sign-out and its call: what is still kept of the session names it, and goes with it.
#[test]
fn a_sign_out_that_was_cut_short_is_told_with_what_is_still_kept() {
    let mut world = World::signed_in_by(refresh_token(GrantStore::Browser));
    let kept = world.kept.clone();
    world.input(Input::SignOut);
    world.kept = kept;
    let mut world = world.restart();
    assert!(world.kept.is_none());
    assert_eq!(world.sign_outs(), [("secret-token-1".into(), "secret-refresh-1".into())]);
    world.answer_sign_out(SignOutAnswer::Done);
}

/// Nothing is left by which to name the session: the server cannot be told, and nobody tries.
#[test]
fn a_sign_out_that_could_not_be_told_before_a_restart_is_not_told_after_it() {
    let mut world = World::signed_in_by(exchange());
    world.input(Input::SignOut);
    world.answer_sign_out(SignOutAnswer::Unknown(Doubt::Network));
    let mut world = world.restart();
    world.advance(mins(5));
    assert_eq!(world.sign_outs().len(), 0);
    assert_eq!(world.open_calls().len(), 0);
}

/// What the server said of the time belongs to the run before: this one's clock may have been set since.
#[test]
fn a_kept_grant_brings_no_time_of_the_server() {
    let mut world = World::signed_in_by(exchange());
    world.input(Input::ServerDate(world.wall()));
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    assert!(world.kept.as_ref().is_some_and(|kept| kept.server_date.is_some()));
    let mut world = world.reload_after(mins(1));
    world.sleep(hours(2));
    world.input(Input::Woke(Wake::Seen));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity), "asks nobody what time it is");
}

/// A changed name is kept with the next token.
#[test]
fn what_the_server_says_of_the_person_is_kept_with_the_next_token() {
    let mut world = World::signed_in_by(exchange());
    let mut renamed = account("ada");
    Arc::make_mut(&mut renamed).name = "Ada, Countess".into();
    world.advance(mins(1));
    let answer = Confirmed { account: Some(Arc::clone(&renamed)), ..Confirmed::default() };
    world.answer_validation(ValidateAnswer::Valid(answer));
    world.input(Input::RefreshNow);
    let grant = perennial_session::Grant { account: None, ..world.new_grant(LIFETIME) };
    world.answer_refresh(RefreshAnswer::Granted(grant));
    assert_eq!(world.kept.map(|kept| kept.account), Some(renamed));
}

/// What lies in the store cannot be read, so that nobody knows what it is; it may be worth something all the same.
#[test]
fn what_cannot_be_read_is_removed_at_the_end_of_the_session_too() {
    let mut world = World::signed_in_by(exchange());
    world.lose_kept();
    world.input(Input::SignOut);
    assert!(world.outputs().iter().any(|output| matches!(output, Output::Discard)));
}

/// It was taken away a moment after it had been written: it is written again, but not in the same moment.
#[test]
fn a_grant_that_is_taken_away_at_once_is_kept_again_a_little_later() {
    let mut world = World::signed_in_by(exchange());
    world.pass(secs(2));
    world.lose_kept();
    world.input(Input::Activity);
    assert!(world.kept.is_none());
    world.pass(secs(20));
    world.input(Input::Activity);
    assert!(world.kept.is_some());
}

const REFUSED: &str = "Session validation unauthorized (401), attempting refresh...";
