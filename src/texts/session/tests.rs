use perennial_session::{Account, ServerText};

use wasm_bindgen_test::wasm_bindgen_test as test;

use super::{super::spoken::in_german, *};

#[test]
fn the_chip_of_a_fresh_session_says_when_the_next_refresh_is() {
    let snapshot = Snapshot { next_refresh: Some(Wall(54 * 60_000)), ..signed_in(Health::Fresh) };
    assert_eq!(line(&snapshot), "Signed in · next refresh in 54 min");
}

#[test]
fn the_chip_of_a_token_without_a_known_end_promises_no_refresh() {
    assert_eq!(line(&signed_in(Health::Fresh)), "Signed in");
}

/// Nobody is there, or nothing is refreshed by itself: that a token has expired is no news to anybody.
#[test]
fn a_session_at_rest_is_signed_in_and_sounds_no_alarm() {
    let resting = Snapshot { next_refresh: Some(Wall(90_000)), ..signed_in(Health::Resting) };
    assert_eq!(line(&resting), "Signed in · refreshed when needed");
    assert_eq!(chip(&resting, Wall(0), clock).said, chip(&signed_in(Health::Fresh), Wall(0), clock).said);
    assert_eq!(next_refresh(&resting, Wall(0)), ("Paused".to_owned(), "until it is needed"));
    assert_eq!(
        super::health(Health::Resting, Wall(0), clock),
        "Resting: refreshed as soon as it is needed again"
    );
    in_german(|| assert_eq!(line(&resting), "Angemeldet · Erneuerung bei Bedarf"));
}

#[test]
fn a_refresh_that_goes_well_is_never_announced() {
    let fresh = chip(&signed_in(Health::Fresh), Wall(0), clock);
    let refreshing = chip(&signed_in(Health::Refreshing), Wall(0), clock);
    assert_eq!(fresh.said, refreshing.said);
    assert_ne!(fresh, refreshing);
}

#[test]
fn a_count_in_the_chip_is_never_announced() {
    let health = Health::Retrying { at: Wall(4_000), why: Doubt::Network };
    let early = chip(&signed_in(health), Wall(0), clock);
    let late = chip(&signed_in(health), Wall(3_000), clock);
    assert_eq!(format!("{}{}", early.said, early.counted), "Retrying in 4 s");
    assert_eq!(early.said, late.said);
}

#[test]
fn the_chip_says_until_when_the_server_wants_to_be_left_alone() {
    let snapshot = signed_in(Health::WaitingForServer { until: Wall(0) });
    assert_eq!(line(&snapshot), "Waiting for the server until 12:05");
}

#[test]
fn a_session_being_restored_is_not_called_signed_in() {
    let snapshot = Snapshot { status: Status::Restoring, ..signed_in(Health::Refreshing) };
    assert_eq!(line(&snapshot), "Restoring your session");
}

#[test]
fn the_ring_counts_to_whatever_comes_next() {
    let health = Health::WaitingForServer { until: Wall(300_000) };
    assert_eq!(next_refresh(&signed_in(health), Wall(0)), ("5 min".to_owned(), "to next try"));
    let fresh = Snapshot { next_refresh: Some(Wall(90_000)), ..signed_in(Health::Fresh) };
    assert_eq!(next_refresh(&fresh, Wall(0)), ("1 min 30 s".to_owned(), "to next refresh"));
    assert_eq!(next_refresh(&signed_in(Health::Fresh), Wall(0)).0, "On demand");
}

#[test]
fn a_sign_out_for_inactivity_names_the_limit() {
    assert_eq!(
        sign_out_reason(SignOutReason::Inactivity, 3600),
        "You were signed out after 60 minutes without activity."
    );
}

#[test]
fn too_many_attempts_count_down_behind_a_sentence_that_stays() {
    let failure = SignInFailure::TooMany { until: Wall(42_000) };
    let early = sign_in_failure(failure, Wall(0), clock);
    let late = sign_in_failure(failure, Wall(41_000), clock);
    assert_eq!(early.said, "Too many attempts. You can try again at 12:05");
    assert_eq!(early.said, late.said);
    assert_eq!(early.counted, ", in 42 s.");
    assert_eq!(sign_in_failure(failure, Wall(42_000), clock).said, "You can try again now.");
}

#[test]
fn a_sign_in_from_a_wrong_address_promises_nothing_of_trying_again() {
    let said = sign_in_failure(SignInFailure::WrongOrigin, Wall(0), clock).said;
    assert!(said.contains("proper address"), "{said}");
    assert!(!said.contains("try again"), "{said}");
}

/// Field 35.
#[test]
fn a_status_that_decides_nothing_says_nothing_of_addresses() {
    for status in [400, 403, 422, 500] {
        let said = sign_in_failure(SignInFailure::Unknown(Doubt::Status(status)), Wall(0), clock).said;
        assert!(said.ends_with("try again in a moment.") && !said.contains("address"), "{said}");
    }
}

/// Field 35.
#[test]
fn a_refused_sign_in_is_told_in_our_words_and_in_the_servers() {
    assert_eq!(
        sign_in_failure(SignInFailure::Refused, Wall(0), clock).said,
        "The server did not accept this sign-in. Please check what you typed."
    );
    let message = ServerText::new("Verify {message} <b>first</b>.").unwrap();
    assert_eq!(
        crate::texts::sign_in::refused(&message),
        "The server did not accept this sign-in. It says: “Verify {message} <b>first</b>.”"
    );
}

#[test]
fn a_session_is_told_in_german_too() {
    let health = Health::Retrying { at: Wall(4_000), why: Doubt::Network };
    in_german(|| {
        let fresh = Snapshot { next_refresh: Some(Wall(54 * 60_000)), ..signed_in(Health::Fresh) };
        assert_eq!(line(&fresh), "Angemeldet · Erneuerung in 54 Min.");
        assert_eq!(line(&signed_in(health)), "Neuer Versuch in 4 Sek.");
        assert_eq!(
            super::health(health, Wall(0), clock),
            "Neuer Versuch in 4 Sek.: der Server war nicht erreichbar"
        );
        assert_eq!(
            sign_out_reason(SignOutReason::Inactivity, 3600),
            "Sie wurden nach 60 Minuten ohne Aktivität abgemeldet."
        );
    });
}

fn line(snapshot: &Snapshot) -> String {
    let Chip { said, counted } = chip(snapshot, Wall(0), clock);
    said + &counted
}

fn clock(_: Wall) -> String {
    "12:05".to_owned()
}

fn signed_in(health: Health) -> Snapshot {
    let account =
        Account { id: "1".into(), name: "Ada".into(), email: "ada@example.org".into(), roles: None };
    Snapshot {
        status: Status::SignedIn { account: account.into(), landing: None },
        health,
        next_refresh: None,
        token_from: None,
        token_until: None,
        last_refresh: None,
        inactivity_ends: None,
        session_ends: None,
        sign_in: perennial_session::SignInProgress::Idle,
        sign_in_message: None,
        is_sign_out_untold: false,
    }
}
