//! The way into a session.

use perennial_session::{
    Answer, CallKind, Doubt, Grant, Input, Refusal, ServerText, SignInAnswer, SignInFailure, SignInProgress,
    SignOutAnswer, SignOutReason, Status,
};

use crate::world::{LIFETIME, World, account, form, mins, secs};

#[test]
fn a_person_signs_in() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(false)));
    assert_eq!(world.snapshot().sign_in, SignInProgress::Pending);
    let grant = Grant { landing: Some("/work".into()), ..world.new_grant(LIFETIME) };
    world.answer_sign_in(SignInAnswer::Granted(grant));
    let status = Status::SignedIn { account: account("ada"), landing: Some("/work".into()) };
    assert_eq!(world.snapshot().status, status);
    assert_eq!(world.snapshot().sign_in, SignInProgress::Idle);
    let stored = world.record().map(|it| (it.last_activity, it.kept, it.attempt));
    assert_eq!(stored, Some((world.wall(), false, None)));
    world.ask(1);
    assert_eq!(world.fate(1), ["send 1"]);
    assert_eq!(world.open_calls().len(), 0, "a token that has just come is not looked at again");
}

/// What the person chose is remembered with the session.
#[test]
fn staying_signed_in_is_remembered() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(true)));
    world.serve(LIFETIME);
    assert_eq!(world.record().map(|it| it.kept), Some(true));
    let mut world = world.restart();
    world.grant(LIFETIME);
    world.advance_served(mins(61), LIFETIME);
    assert!(world.is_signed_in());
}

/// Each way to fail is told, leaves nobody signed in, and can be tried again at once.
#[test]
fn a_sign_in_that_fails_says_why_and_can_be_repeated() {
    for answer in [
        SignInAnswer::WrongCredentials,
        SignInAnswer::Refused { message: None },
        SignInAnswer::WrongOrigin,
        SignInAnswer::Later(secs(30)),
        SignInAnswer::Unknown(Doubt::Network),
        SignInAnswer::Unknown(Doubt::Status(500)),
        SignInAnswer::Unknown(Doubt::Unreadable),
    ] {
        let mut world = World::signed_out();
        world.input(Input::SignIn(form(false)));
        world.answer_sign_in(answer.clone());
        let failure = match answer {
            SignInAnswer::Granted(_) | SignInAnswer::WrongCredentials => SignInFailure::WrongCredentials,
            SignInAnswer::Refused { .. } => SignInFailure::Refused,
            SignInAnswer::WrongOrigin => SignInFailure::WrongOrigin,
            SignInAnswer::Later(_) => {
                SignInFailure::TooMany { until: perennial_session::Wall(world.wall().0 + 30_000) }
            }
            SignInAnswer::Unknown(doubt) => SignInFailure::Unknown(doubt),
        };
        assert_eq!(world.snapshot().sign_in, SignInProgress::Failed(failure));
        assert_eq!(world.record(), None);
        assert_eq!(world.deadline(), None);
        world.input(Input::SignIn(form(false)));
        assert_eq!(world.snapshot().sign_in, SignInProgress::Pending);
        world.serve(LIFETIME);
        assert!(world.is_signed_in());
    }
}

/// Field 35. Until the next attempt, and to nobody but the page: it may name the person.
#[test]
fn what_the_server_says_of_a_refused_sign_in_is_shown_until_the_next() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(false)));
    let message = ServerText::new("Verify ada@example.org first.");
    world.answer_sign_in(SignInAnswer::Refused { message: message.clone() });
    assert_eq!(world.snapshot().sign_in, SignInProgress::Failed(SignInFailure::Refused));
    assert_eq!(world.snapshot().sign_in_message, message);
    world.input(Input::SignIn(form(false)));
    assert_eq!(world.snapshot().sign_in_message, None);
    world.answer_sign_in(SignInAnswer::WrongCredentials);
    assert_eq!(world.snapshot().sign_in_message, None);
    world.input(Input::SignIn(form(false)));
    world.answer_sign_in(SignInAnswer::Refused { message });
    world.input(Input::SignIn(form(false)));
    world.serve(LIFETIME);
    assert_eq!((world.is_signed_in(), world.snapshot().sign_in_message), (true, None));
}

/// Field 35.
#[test]
fn what_the_server_says_is_one_line_of_text() {
    let said = |text: &str| ServerText::new(text).map(|it| it.as_str().to_owned());
    assert_eq!(said(" Verify\r\n\tyour\u{0}email  first. "), Some("Verify your email first.".to_owned()));
    assert_eq!(said("<b>no</b> {why}"), Some("<b>no</b> {why}".to_owned()));
    assert_eq!(said("\u{202e}evil\u{2066} \u{200f}"), Some("evil".to_owned()));
    assert_eq!(said("M\u{fc}ller \u{1f600}"), Some("M\u{fc}ller \u{1f600}".to_owned()));
    for nothing in ["", " ", "\n", "\u{202e}", "\u{0}\u{7f}\u{85}"] {
        assert_eq!(said(nothing), None, "{nothing:?}");
    }
    assert_eq!(said(&"x".repeat(300)).map(|it| it.chars().count()), Some(300));
    let long = said(&"y ".repeat(1 << 20)).unwrap();
    assert_eq!(long.chars().count(), 301);
    assert!(long.ends_with('…'));
    assert_eq!(format!("{:?}", ServerText::new("ada@example.org")), "Some(ServerText(…))");
}

/// Field 46. So that an answer about somebody else can be told from one about this person.
#[test]
fn a_refresh_says_whose_session_it_is_once_that_is_known() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    let named = |world: &World| {
        let account = |kind: &CallKind| match kind {
            CallKind::Refresh { account, .. } => account.clone(),
            CallKind::SignIn(_) | CallKind::Validate { .. } | CallKind::Clock | CallKind::SignOut { .. } => {
                None
            }
        };
        world.open_calls().find_map(|(_, kind)| account(kind))
    };
    assert_eq!(named(&world).as_deref(), Some(&*account("ada").id));
}

/// A wrong password does not make the page forget why the last session ended.
#[test]
fn the_reason_of_the_last_end_outlives_a_failed_sign_in() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.answer_refresh(perennial_session::RefreshAnswer::Refused(Refusal::Revoked));
    world.input(Input::SignIn(form(false)));
    world.answer_sign_in(SignInAnswer::WrongCredentials);
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
}

/// A double click asks once.
#[test]
fn a_second_sign_in_while_the_first_is_on_its_way_is_nothing() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(false)));
    world.input(Input::SignIn(form(true)));
    assert_eq!(world.sign_ins(), 1);
    world.serve(LIFETIME);
    world.input(Input::SignIn(form(false)));
    assert_eq!(world.sign_ins(), 1, "nor while somebody is signed in");
    assert_eq!(world.record().map(|it| it.kept), Some(false));
}

/// It is not known yet whether anybody is signed in: there is no page to sign in on, and nothing is asked.
#[test]
fn a_sign_in_while_restoring_is_nothing() {
    let mut world = World::restoring(false);
    world.input(Input::SignIn(form(false)));
    assert_eq!(world.sign_ins(), 0);
    world.grant(LIFETIME);
    assert!(world.is_signed_in());
}

/// A sign-in that is not answered is given up; the answer that comes after all signs nobody in, and is given back.
#[test]
fn a_sign_in_that_is_answered_too_late_is_given_back() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(false)));
    let call = world.open_call(|kind| matches!(kind, CallKind::SignIn(_)));
    world.advance(secs(15));
    assert!(world.was_aborted(call));
    let failed = SignInProgress::Failed(SignInFailure::Unknown(Doubt::TimedOut));
    assert_eq!(world.snapshot().sign_in, failed);
    let grant = world.new_grant(LIFETIME);
    world.answer(call, Answer::SignIn(SignInAnswer::Granted(grant)));
    assert_eq!(world.sign_out_reason(), None);
    assert!(!world.is_signed_in());
    assert_eq!(world.revoked(), [1]);
    world.answer_sign_out(SignOutAnswer::Done);
    assert_eq!(world.snapshot().sign_in, failed);
}

/// Nor does an answer that comes while the second attempt is on its way.
#[test]
fn an_answer_to_the_first_attempt_does_not_settle_the_second() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(false)));
    let call = world.open_call(|kind| matches!(kind, CallKind::SignIn(_)));
    world.advance(secs(15));
    world.input(Input::SignIn(form(false)));
    world.answer(call, Answer::SignIn(SignInAnswer::WrongCredentials));
    assert_eq!(world.snapshot().sign_in, SignInProgress::Pending);
    world.serve(LIFETIME);
    assert!(world.is_signed_in());
}

/// The life of the first token counts from the moment it was asked for, too.
#[test]
fn the_life_of_the_first_token_counts_from_the_request() {
    let mut world = World::signed_out();
    world.input(Input::SignIn(form(false)));
    let asked = world.wall();
    world.pass(secs(10));
    world.serve(LIFETIME);
    assert_eq!(world.snapshot().token_until.map(|it| it.0), Some(asked.0 + 900_000));
}

/// Signed out and in again within a millisecond: what was forgotten is remembered again.
#[test]
fn a_session_that_begins_as_the_last_one_ended_is_remembered() {
    let mut world = World::signed_in();
    world.input(Input::SignOut);
    assert_eq!(world.record(), None);
    world.answer_sign_out(SignOutAnswer::Done);
    world.input(Input::SignIn(form(false)));
    world.serve(LIFETIME);
    assert!(world.record().is_some());
}

/// Where the person lands is told at sign-in, and not forgotten with the first refresh.
#[test]
fn the_landing_outlives_a_refresh() {
    let settings = perennial_session::Settings::default();
    let mut world = World::signed_in_with(settings, 1, |grant| grant.landing = Some("/work".into()));
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    let status = Status::SignedIn { account: account("ada"), landing: Some("/work".into()) };
    assert_eq!(world.snapshot().status, status);
}

/// Neither the engine nor any order shows a password or a token when it is printed.
#[test]
fn no_credential_is_ever_printed() {
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    world.grant(LIFETIME);
    assert!(!world.engine_as_debug_text().contains("secret-"));
    world.input(Input::SignOut);
    world.input(Input::SignIn(form(false)));
    assert!(!world.engine_as_debug_text().contains("secret-"));
}

/// Who reads a log sees that a credential was there, and not what it was.
#[test]
fn a_credential_is_printed_as_one_that_is_hidden() {
    let said = format!("{:?}", form(false));
    assert!(said.contains("password: Secret(…)"), "{said}");
}
