//! Names and keys that others rely on: other tabs, other deployments, the server.

use perennial_session::{
    Answer, CallId, Engine, Grant, IdempotencyKey, Input, Output, Reading, Record, Remembered, SessionKey,
    Settings, SignInAnswer, SignOutAnswer, Tabs,
};

use crate::world::{LIFETIME, World, form, record};

/// The header wants 32 digits, and a backend that counts them refuses a key that is shorter.
#[test]
fn a_key_is_shown_with_all_its_digits() {
    assert_eq!(IdempotencyKey(0xab).to_string(), "000000000000000000000000000000ab");
    assert_eq!(IdempotencyKey(u128::MAX).to_string(), "f".repeat(32));
}

/// Pages of yesterday's deployment and of today's run side by side. If they did not find the same key for the same
/// credential, the server would call one of them a thief: the figures may never change.
#[test]
fn the_keys_of_a_session_are_those_of_every_other_deployment() {
    let mut world = World::new(Settings::default(), 1);
    let session = SessionKey { since_ms: 1_800_000_000_000, salt: 0x0123_4567_89ab_cdef };
    let record = Record { session, ..record(world.wall()) };
    world.input(Input::Start(Remembered::Session(record)));
    assert_eq!(world.open_refresh().1.to_string(), "10b1a2d291bf2dfc867100d2d9cffa11");
    world.grant(LIFETIME);
    world.input(Input::RefreshNow);
    assert_eq!(world.open_refresh().1.to_string(), "4fe6443a1be576d4e4260541f603d753");
}

/// A run can be repeated from its seed, also by who comes with the seed of a failure that an older version has logged:
/// these are the first numbers of the published generator in its state 1, 2, 3, 4.
#[test]
fn a_seed_draws_the_same_names_in_every_version() {
    let mut seed = [0; 32];
    for (word, bytes) in (1_u8..).zip(seed.chunks_mut(8)) {
        bytes[7] = word;
    }
    let numbers = [
        41_943_041,
        58_720_359,
        3_588_806_011_781_223,
        3_591_011_842_654_386,
        9_228_616_714_210_784_205,
        9_973_669_472_204_895_162,
        14_011_001_112_246_962_877,
        12_406_186_145_184_390_807,
        15_849_039_046_786_891_736,
        10_450_023_813_501_588_000,
    ];
    assert_eq!(names(seed, 9), numbers);
}

/// A secure source that brings nothing but zeros is no reason to give all sessions one name.
#[test]
fn a_device_without_a_secure_source_tells_its_sessions_apart() {
    let mut sessions = names([0; 32], 20).split_off(1);
    sessions.sort_unstable();
    sessions.dedup();
    assert_eq!(sessions.len(), 20);
}

/// What a seed names the tab, and then that many sessions in it.
fn names(seed: [u8; 32], sessions: usize) -> Vec<u64> {
    let tabs = Tabs { has_lock: false, has_channel: true };
    let reading = Reading { monotonic_ms: 0, wall_ms: 1_800_000_000_000 };
    let mut engine = Engine::new(Settings { tabs, ..Settings::default() }, seed, reading);
    let mut outputs = Vec::new();
    let mut drive = |input| {
        engine.handle_input(input, reading);
        let mut call = CallId(0);
        loop {
            let output = engine.poll_output();
            if let Output::Send(it) = &output {
                call = it.id;
            }
            outputs.push(output);
            if let Some(Output::Timeout(_)) = outputs.last() {
                return call;
            }
        }
    };
    drive(Input::Start(Remembered::Nothing));
    for _ in 0..sessions {
        let call = drive(Input::SignIn(form(false)));
        // A token about whose life nothing is known has no moment to draw for its refresh.
        let grant = Grant { lifetime: None, ..World::signed_out().new_grant(LIFETIME) };
        drive(Input::Answered { call, answer: Answer::SignIn(SignInAnswer::Granted(grant)) });
        let call = drive(Input::SignOut);
        drive(Input::Answered { call, answer: Answer::SignOut(SignOutAnswer::Done) });
    }
    let tab = outputs.iter().find_map(|output| {
        let Output::Broadcast(message) = output else { return None };
        Some(message.from.0)
    });
    let session = |output: &Output| {
        let Output::Store(record) = output else { return None };
        Some(record.session.salt)
    };
    tab.into_iter().chain(outputs.iter().filter_map(session)).collect()
}
