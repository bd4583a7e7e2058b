//! What operators read in the console.

use perennial_session::{
    Doubt, Grant, Input, Line, Output, RefreshAnswer, Refusal, Refused, Settings, SignOutReason,
    ValidateAnswer, WORDS, Words,
};

use crate::world::{LIFETIME, World, account, hours, mins, secs, valid};

/// A failed refresh names what an operator would look at next.
#[test]
fn the_console_says_in_words_why_a_refresh_failed() {
    for (doubt, why) in [
        (Doubt::Network, "the server could not be reached"),
        (Doubt::TimedOut, "the server did not answer in time"),
        (Doubt::Status(503), "the server answered with status 503"),
        (Doubt::Unreadable, "the server's answer could not be understood"),
    ] {
        let mut world = World::signed_in();
        world.input(Input::RefreshNow);
        world.answer_refresh(RefreshAnswer::Unknown(doubt));
        assert_eq!(world.lines(), [format!("Failed to refresh token: {why}")]);
    }
}

/// Whoever watches for warnings is not called for a session that does what it should.
#[test]
fn a_day_on_which_all_goes_well_warns_nobody() {
    let mut world = World::kept(LIFETIME);
    world.advance_served(mins(20), LIFETIME);
    world.ask(1);
    world.pass(secs(100));
    world.header_token(1, LIFETIME);
    world.settle(1);
    let said = said(&world);
    assert!(said.iter().any(|line| matches!(line, Line::Expiring { .. })));
    assert!(said.contains(&Line::Refreshed { has_sockets: false }) && said.contains(&Line::AutoRefreshed));
    assert_eq!(warnings(&world), []);
}

/// Nor is any trouble kept from them.
#[test]
fn every_trouble_is_a_warning() {
    type Trouble = fn(&mut World);
    let troubles: [(Trouble, Line); 5] = [
        (
            |world| world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network)),
            Line::RefreshFailed(Doubt::Network),
        ),
        (|world| world.answer_refresh(RefreshAnswer::Later(secs(60))), Line::RefreshLater { wait_s: 60 }),
        (|world| world.answer_refresh(RefreshAnswer::Refused(Refusal::Revoked)), Line::Unauthorized),
        (
            |world| world.answer_validation(ValidateAnswer::Unknown(Doubt::TimedOut)),
            Line::ValidationFailed(Doubt::TimedOut),
        ),
        (
            |world| {
                let grant = Grant { account: Some(account("bob")), ..world.new_grant(LIFETIME) };
                world.answer_refresh(RefreshAnswer::Granted(grant));
            },
            Line::AccountChanged,
        ),
    ];
    for (trouble, warning) in troubles {
        let mut world = World::signed_in();
        world.advance(secs(60));
        world.input(Input::RefreshNow);
        trouble(&mut world);
        assert_eq!(warnings(&world), [warning]);
    }
}

/// The console counts down to the end of a token, not to the end of one that has ended.
#[test]
fn a_token_that_has_ended_is_not_announced_to_end() {
    let mut world = World::kept(LIFETIME);
    world.pass(LIFETIME);
    world.input(Input::Timeout);
    assert!(world.is_refreshing());
    assert_eq!(said(&world), []);
}

/// The server has ended a session that somebody had: there is one line for it, and it is the last.
#[test]
fn a_refused_session_is_told_once() {
    let mut world = World::signed_in();
    world.advance(secs(60));
    world.answer_validation(ValidateAnswer::Unauthorized(Refusal::Revoked));
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
    let told = [Line::Refused(Refused::Validation), Line::Unauthorized];
    assert_eq!(said(&world), told);
    world.input(Input::SignOut);
    assert_eq!(said(&world), told);
}

/// Field 62. Whatever ends a session, the last line says why.
#[test]
fn the_console_says_why_a_session_has_ended() {
    let mut world = World::signed_in();
    world.input(Input::SignOut);
    assert_eq!(world.lines(), ["Signed out: by you"]);

    let mut world = World::signed_in_for(hours(8));
    world.advance(hours(2));
    assert_eq!(
        world.lines().last().map(String::as_str),
        Some("Signed out: after 60 minutes without activity")
    );

    let settings = Settings::default();
    let mut world = World::signed_in_with(settings, 1, |grant| grant.session_lifetime = Some(mins(5)));
    world.advance(mins(6));
    assert_eq!(world.lines().last().map(String::as_str), Some("Signed out: time limit reached"));
}

/// Field 62. What a 401 causes is told apart from what the end of a token causes.
#[test]
fn the_console_says_that_a_401_caused_a_refresh() {
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    world.grant(LIFETIME);
    let lines = ["Request unauthorized (401), attempting refresh...", "Token refreshed successfully"];
    assert_eq!(world.lines(), lines);
    assert_eq!(warnings(&world), []);
}

/// Field 62. Whoever wants to see everything reads sentences, not the types of this program.
#[test]
fn what_happened_is_told_in_words() {
    let mut world = World::signed_in();
    world.ask(1);
    world.refuse(1);
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Status(502)));
    world.input(Input::SignOut);
    let said: Vec<_> = world.happened().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "Page loaded",
            "Signed in",
            "A token was refused (401)",
            "Asking for a token: a request was refused (401)",
            "No token: the server answered with status 502",
            "Session ended: the person signed out",
        ]
    );
}

/// A service that said each step goes on saying it, in its own words.
#[test]
fn a_system_with_words_for_each_step_has_each_said() {
    let words = Words {
        started: Some("started"),
        checking: Some("checking"),
        refused: "{}: 401",
        replaying: Some("once more"),
        refreshed: "fresh",
        refresh_failed: "none: {}",
        ..WORDS
    };
    let mut world = World::signed_in();
    world.advance(secs(60));
    world.answer_validation(valid());
    world.ask(1);
    world.refuse(1);
    world.answer_refresh(RefreshAnswer::Later(secs(5)));
    world.advance(secs(20));
    world.grant(LIFETIME);
    let said: Vec<_> = all_lines(&world).into_iter().filter_map(|line| words.say(line)).collect();
    let said: Vec<_> = said.iter().map(String::as_str).collect();
    assert_eq!(
        said,
        [
            "started",
            "checking",
            "Request: 401",
            "none: the server asks to wait 5s",
            "Request: 401",
            "fresh",
            "once more"
        ]
    );
}

/// A heartbeat that is answered well is nothing to write down.
#[test]
fn a_heartbeat_that_is_answered_says_nothing() {
    let mut world = World::signed_in();
    world.advance(secs(60));
    world.answer_validation(valid());
    assert_eq!(said(&world), []);
}

/// The lines that are said where a system has no words of its own.
fn said(world: &World) -> Vec<Line> {
    all_lines(world).into_iter().filter(|line| WORDS.say(*line).is_some()).collect()
}

fn all_lines(world: &World) -> Vec<Line> {
    let line = |output: &Output| {
        let Output::Say(line) = output else { return None };
        Some(*line)
    };
    world.outputs().iter().filter_map(line).collect()
}

fn warnings(world: &World) -> Vec<Line> {
    said(world).into_iter().filter(|line| line.is_trouble()).collect()
}
