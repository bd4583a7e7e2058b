//! Whatever happens, in whatever order: what must hold for one session.
//!
//! The rules of `world::rules` judge every step; here the end of a session is held against a reference that knows
//! no more than the four reasons for it.

mod happening;
mod reference;

use perennial_session::{
    GrantStore, Health, Input, Reading, RefreshBy, RefreshWhen, Remembered, Renewal, Settings, Wake,
};
use proptest::prelude::*;

use crate::world::{LIFETIME, World, cookie_pair, exchange, mins, refresh_token, secs};
use reference::Reference;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Nobody is signed out but for one of the four reasons, and whoever has one is; no request waits beyond its
    /// limit; and once everything works again, everything is fresh.
    #[test]
    fn a_session_ends_for_one_of_four_reasons_only(
        settings in settings(),
        seed in any::<u8>(),
        happenings in prop::collection::vec(happening::happening(), 1..120),
    ) {
        let (hold_limit, refresh_when) = (settings.hold_limit, settings.refresh_when);
        let mut world = World::new(settings.clone(), seed);
        let mut reference = Reference::new(settings);
        world.input(Input::Start(Remembered::Nothing));
        for (number, happening) in (0..).zip(happenings) {
            let happening = happening.or_sign_in(&world);
            let before = reference.look(&happening, &world, number);
            world = happening.happen(world, number);
            reference.judge(&happening, &before, &world);
        }
        world.advance(hold_limit);
        prop_assert_eq!(world.waiting_requests(), 0);
        recovers(world, refresh_when);
    }

    /// Clocks may say anything at all: no panic, no spinning, no endless drive, and no rule broken.
    #[test]
    fn no_reading_does_harm(
        settings in settings(),
        steps in prop::collection::vec((reading(), happening::no_time_passing()), 1..80),
    ) {
        let mut world = World::at(settings, 1, Reading { monotonic_ms: 5, wall_ms: 5 });
        world.input(Input::Start(Remembered::Unreadable));
        for (number, (reading, happening)) in (0..).zip(steps) {
            world.set_clocks(reading);
            world = happening.happen(world, number);
            for _ in 0..4 {
                world.input(Input::Timeout);
            }
        }
    }
}

/// Once the network and the server do what one would wish, a session that is there is fresh within the longest wait
/// that a server asked for, a minute of backoff and a minute of heartbeat.
fn recovers(mut world: World, refresh_when: RefreshWhen) {
    world.input(Input::Woke(Wake::Online));
    world.input(Input::Extend);
    for _ in 0..4 {
        world.advance_served(mins(1), LIFETIME);
        world.input(Input::Extend);
    }
    if refresh_when == RefreshWhen::Manual {
        world.input(Input::RefreshNow);
        world.serve(LIFETIME);
    }
    if world.is_signed_in() {
        assert_eq!(world.health(), Health::Fresh);
        world.ask(u64::MAX);
        assert_eq!(world.waiting_requests(), 0);
        world.listen(u64::MAX);
        assert_eq!(world.connections(u64::MAX).count(), 1, "whoever listens is connected at once");
    } else {
        assert!(!world.is_restoring(), "still restoring, although the server has answered");
        world.input(Input::SignIn(crate::world::form(false)));
        world.serve(LIFETIME);
        assert!(world.is_signed_in(), "nobody can sign in any more");
    }
}

/// The defaults, and an operator's who counts in seconds.
fn settings() -> impl Strategy<Value = Settings> {
    let hasty = Settings {
        check_interval: secs(10),
        refresh_buffer: secs(60),
        inactivity_limit: secs(120),
        inactivity_warning: secs(30),
        call_timeout: secs(5),
        hold_limit: secs(8),
        request_limit: secs(20),
        socket_renewal: Renewal::InBand,
        socket_silence_limit: Some(secs(12)),
        may_keep: true,
        can_validate: true,
        history_limit: 3,
        ..Settings::default()
    };
    let dumb = Settings { can_validate: false, socket_renewal: Renewal::Reconnect, ..hasty };
    let keeping = |settings: Settings| Settings { may_keep: true, ..settings };
    let hasty_exchange =
        Settings { refresh_by: RefreshBy::AccessToken, grant_store: GrantStore::Browser, ..hasty };
    prop_oneof![
        Just(keeping(Settings::default())),
        Just(dumb),
        Just(Settings { refresh_when: RefreshWhen::Active, ..hasty }),
        Just(Settings { refresh_when: RefreshWhen::Manual, ..hasty }),
        Just(hasty),
        Just(exchange()),
        Just(hasty_exchange),
        Just(refresh_token(GrantStore::Browser)),
        Just(Settings { can_validate: false, ..refresh_token(GrantStore::Tab) }),
        Just(refresh_token(GrantStore::None)),
        Just(keeping(cookie_pair())),
    ]
}

fn reading() -> impl Strategy<Value = Reading> {
    let clock = || {
        prop_oneof![
            any::<u64>(),
            Just(0),
            Just(u64::MAX),
            0..4_000_000_u64,
            1_800_000_000_000..1_800_100_000_000_u64,
        ]
    };
    (clock(), clock()).prop_map(|(monotonic_ms, wall_ms)| Reading { monotonic_ms, wall_ms })
}
