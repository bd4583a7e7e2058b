//! Live connections: made when the session is fresh, carried over every new token, closed with the session.

use perennial_session::{
    Doubt, Grant, Happened, Input, Loss, Output, Position, RefreshAnswer, Refusal, Renewal, Settings,
    SignOutReason, SocketEvent, SocketId, Taken, Wake,
};

use crate::world::{LIFETIME, World, account, form, hours, millis, mins, secs};

// Making a connection.

#[test]
fn a_connection_is_made_first_and_authenticated_once_it_is_there() {
    let mut world = World::signed_in();
    world.listen(1);
    assert_eq!(world.socket_fate(1), ["1: connect"]);
    world.opened(1);
    assert_eq!(world.socket_fate(1), ["1: connect", "1: token 1"]);
    world.accepted(1);
    world.advance_served(mins(5), LIFETIME);
    assert_eq!(world.socket_fate(1).len(), 2);
}

#[test]
fn where_tokens_count_at_the_handshake_only_the_token_goes_with_it() {
    let mut world = reconnecting();
    world.listen(1);
    world.opened(1);
    world.accepted(1);
    assert_eq!(world.socket_fate(1), ["1: connect 1"]);
}

#[test]
fn a_socket_waits_while_the_session_is_being_restored() {
    let mut world = World::restoring(false);
    world.listen(1);
    assert_eq!(world.socket_fate(1), [""; 0]);
    world.grant(LIFETIME);
    assert_eq!(world.socket_fate(1), ["1: connect"]);
}

#[test]
fn nobody_listens_who_is_not_signed_in() {
    let mut world = World::signed_out();
    world.listen(1);
    assert_eq!(world.socket_fate(1), ["signed out"]);
}

#[test]
fn there_are_no_more_sockets_than_any_page_needs() {
    let mut world = World::signed_in();
    for id in 1..=100 {
        world.listen(id);
    }
    world.listen(101);
    assert_eq!(world.socket_fate(100), ["100: connect"]);
    assert_eq!(world.socket_fate(101), ["too many"]);
}

/// The way to the server may take longer than the token lives: what is sent in the end is the token of that moment.
#[test]
fn a_connection_that_took_long_is_authenticated_with_the_token_of_that_moment() {
    let mut world = World::signed_in_for(secs(10));
    world.listen(1);
    world.advance_served(secs(11), secs(10));
    world.opened(1);
    assert_eq!(world.socket_fate(1), ["1: connect", "1: token 2"]);
}

#[test]
fn no_connection_is_made_while_the_token_is_about_to_be_replaced() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.listen(1);
    assert_eq!(world.socket_fate(1), [""; 0]);
    world.grant(LIFETIME);
    assert_eq!(world.socket_fate(1), ["1: connect"]);
}

/// While the server cannot be reached for a refresh the token is still good.
#[test]
fn a_good_token_connects_although_the_refresh_failed() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.listen(1);
    world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
    assert_eq!(world.socket_fate(1), ["1: connect"]);
}

// A new token.

#[test]
fn an_open_connection_gets_the_new_token_and_stays() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.accepted(1);
    assert_eq!(world.socket_fate(1), ["1: connect", "1: token 1", "1: token 2"]);
}

/// Only when the server has accepted the new connection is the old one closed.
#[test]
fn where_tokens_count_at_the_handshake_another_connection_is_made_before_the_old_one_is_closed() {
    let mut world = reconnecting();
    world.listen_live(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.opened(1);
    assert_eq!(world.socket_fate(1), ["1: connect 1", "2: connect 2"]);
    world.accepted(1);
    assert_eq!(world.socket_fate(1), ["1: connect 1", "2: connect 2", "1: close"]);
}

/// Two refreshes in a row: the server's answer to the first token must not stand for the second.
#[test]
fn a_connection_is_given_one_token_at_a_time() {
    let mut world = World::signed_in();
    world.listen_live(1);
    for _ in 0..2 {
        world.input(Input::RefreshNow);
        world.grant(LIFETIME);
    }
    assert_eq!(world.socket_fate(1)[2..], ["1: token 2"]);
    world.accepted(1);
    assert_eq!(world.socket_fate(1)[2..], ["1: token 2", "1: token 3"]);
}

/// Scenario 21.
#[test]
fn after_a_refresh_sockets_get_the_token_before_requests_are_sent() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.ask(1);
    world.refuse(1);
    world.grant(LIFETIME);
    let place = |is: fn(&Output) -> bool| world.outputs().iter().rposition(is).expect("is among the orders");
    let refresh = place(|it| matches!(it, Output::Send(_)));
    let socket = place(|it| matches!(it, Output::Socket(..)));
    let request = place(|it| matches!(it, Output::Request(..)));
    assert!(refresh < socket && socket < request);
}

/// Hidden past the end of the token, with one connection open and one dropped: when the page is seen again the refresh
/// comes first, then the open connection gets the new token as it is, and the dropped one is made again with it.
///
/// Scenario 21.
#[test]
fn a_page_that_was_hidden_past_the_end_of_its_token_refreshes_before_any_connection_is_authenticated() {
    let mut world = World::kept(LIFETIME);
    world.listen_live(1);
    world.listen_live(2);
    world.pass(LIFETIME + secs(1));
    world.lose(2, Loss::Unauthorized);
    world.input(Input::Woke(Wake::Seen));
    assert!(world.is_refreshing());
    assert_eq!(world.socket_fate(1), ["1: connect", "1: token 1"]);
    assert_eq!(world.socket_fate(2), ["2: connect", "2: token 1"]);
    world.grant(LIFETIME);
    assert_eq!(world.socket_fate(1)[2..], ["1: token 2"]);
    assert_eq!(world.socket_fate(2)[2..], ["3: connect"]);
    world.opened(2);
    assert_eq!(world.socket_fate(2)[3..], ["3: token 2"]);
    assert_eq!(world.refreshes(), 1);
}

#[test]
fn a_token_that_an_answer_brought_goes_on_to_connections() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.advance_served(secs(100), LIFETIME);
    world.ask(1);
    world.header_token(1, LIFETIME);
    assert_eq!(world.socket_fate(1)[2..], ["1: token 2"]);
}

#[test]
fn the_console_says_how_many_connections_have_the_new_token_once_all_have_answered() {
    for mut world in [World::signed_in(), reconnecting()] {
        world.listen_live(1);
        world.listen_live(2);
        world.input(Input::RefreshNow);
        world.grant(LIFETIME);
        assert_eq!(world.lines(), [""; 0], "no connection has it yet");
        world.accepted(1);
        assert_eq!(world.lines(), ["Token refreshed successfully (WebSocket updated)"]);
        world.accepted(2);
        assert_eq!(world.lines()[1..], ["Reconnected 2 WebSocket connections with new token"]);
        assert!(world.happened().contains(&Happened::SocketsRenewed(2)));
    }
}

/// Field 62. Where no connection could take the token, the console says so, and why.
#[test]
fn the_console_says_why_no_connection_has_the_new_token() {
    for (loss, why) in [
        (Loss::Interrupted, "the connection was lost"),
        (Loss::Unauthorized, "the server refused it"),
        (Loss::Gone, "the server has nothing to listen to"),
    ] {
        let mut world = World::signed_in();
        world.listen_live(1);
        world.input(Input::RefreshNow);
        world.grant(LIFETIME);
        world.lose(1, loss);
        let failed = format!("Failed to update WebSocket token: {why}");
        assert_eq!(world.lines()[..2], ["Token refreshed successfully".to_owned(), failed]);
    }
}

/// Field 62. Nobody listens any more: that is no failure.
#[test]
fn the_console_says_nothing_of_connections_that_nobody_needs() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    assert_eq!(world.lines(), ["Token refreshed successfully"]);
}

#[test]
fn the_console_counts_only_connections_that_took_the_new_token() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.listen_live(2);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.lose(1, Loss::Interrupted);
    world.accepted(2);
    assert_eq!(world.lines()[1..], ["Reconnected 1 WebSocket connections with new token"]);
}

#[test]
fn a_refresh_without_live_connections_says_nothing_of_them() {
    let mut world = World::signed_in();
    world.listen(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    assert_eq!(world.lines(), ["Token refreshed successfully"]);
}

// Losses.

#[test]
fn a_lost_connection_is_made_again_with_backoff() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.lose(1, Loss::Interrupted);
    assert_eq!(world.socket_fate(1).len(), 2);
    world.advance(secs(1));
    assert_eq!(world.socket_fate(1)[2..], ["2: connect"]);
}

/// A server that is down is asked at growing intervals, never more than a minute apart.
#[test]
fn attempts_to_connect_come_apart_and_never_end() {
    let mut world = World::kept(hours(24));
    world.listen(1);
    let mut made = 1;
    world.advance_with(hours(1), |world| {
        if connections(world) > made {
            made += 1;
        }
        if world.socket_fate(1).len() == made {
            world.lose(1, Loss::Interrupted);
            made = connections(world);
        }
    });
    let made = connections(&world);
    assert!((60..=300).contains(&made), "{made} connections in an hour");
}

/// A server that accepts and hangs up is not asked without pause either.
#[test]
fn a_connection_that_is_lost_as_soon_as_it_is_made_counts_as_a_failure() {
    let mut world = World::kept(hours(24));
    world.listen(1);
    world.advance_with(hours(1), |world| {
        if world.socket_fate(1).last().is_some_and(|last| last.ends_with("connect")) {
            world.opened(1);
            world.accepted(1);
            world.lose(1, Loss::Interrupted);
        }
    });
    let made = connections(&world);
    assert!((60..=300).contains(&made), "{made} connections in an hour");
}

/// The trouble before it is forgotten.
#[test]
fn a_connection_that_served_for_a_while_is_made_again_soon() {
    let mut world = World::kept(hours(24));
    world.listen(1);
    for _ in 0..10 {
        world.lose(1, Loss::Interrupted);
        world.input(Input::Woke(Wake::Online));
    }
    world.opened(1);
    world.accepted(1);
    world.advance_served(secs(5), hours(24));
    world.lose(1, Loss::Interrupted);
    world.advance(secs(1));
    assert_eq!(connections(&world), 12);
}

#[test]
fn when_the_network_is_back_nothing_waits_for_its_next_attempt() {
    let mut world = World::kept(hours(24));
    world.listen(1);
    for _ in 0..8 {
        world.lose(1, Loss::Interrupted);
        world.input(Input::Woke(Wake::Online));
    }
    assert_eq!(connections(&world), 9);
}

/// A server that was away for long enough that attempts are a minute apart: its first answer ends the wait.
#[test]
fn when_a_refresh_is_answered_nothing_waits_for_its_next_attempt() {
    let mut world = World::kept(hours(24));
    world.listen(1);
    world.advance_with(mins(10), |world| {
        if world.socket_fate(1).last().is_some_and(|last| last.ends_with("connect")) {
            world.lose(1, Loss::Interrupted);
        }
    });
    world.serve(hours(24));
    let before = connections(&world);
    world.input(Input::RefreshNow);
    assert_eq!(connections(&world), before);
    world.grant(hours(24));
    assert_eq!(connections(&world), before + 1);
}

#[test]
fn a_connection_that_never_comes_about_is_given_up() {
    for stage in 0..2 {
        let mut world = World::signed_in();
        world.listen(1);
        if stage == 1 {
            world.opened(1);
        }
        world.advance(secs(16));
        assert!(world.socket_fate(1).contains(&"1: close".to_owned()));
        assert_eq!(world.connection(1).0, 2);
    }
}

#[test]
fn a_connection_that_does_not_answer_to_a_new_token_is_made_again() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.advance(secs(16));
    assert_eq!(world.socket_fate(1)[2..], ["1: token 2", "1: close", "2: connect"]);
}

#[test]
fn a_connection_that_is_silent_for_too_long_is_made_again() {
    let settings = Settings { socket_silence_limit: Some(secs(45)), ..Settings::default() };
    let mut world = World::signed_in_with(settings, 1, |_| {});
    world.listen_live(1);
    for _ in 0..3 {
        world.advance_served(secs(40), LIFETIME);
        world.heard(1);
    }
    assert_eq!(world.socket_fate(1).len(), 2);
    world.advance_served(secs(46), LIFETIME);
    assert_eq!(world.socket_fate(1)[2..], ["1: close", "2: connect"]);
}

/// The old connection serves on, and takes its time from no one.
#[test]
fn a_successor_that_fails_is_tried_again_while_the_old_connection_serves() {
    let mut world = reconnecting();
    world.listen_live(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.lose(1, Loss::Interrupted);
    world.advance(secs(1));
    assert_eq!(world.socket_fate(1), ["1: connect 1", "2: connect 2", "3: connect 2"]);
    world.accepted(1);
    assert_eq!(world.socket_fate(1)[3..], ["1: close"]);
}

#[test]
fn a_successor_takes_over_when_the_old_connection_is_lost_first() {
    let mut world = reconnecting();
    world.listen_live(1);
    let old = world.connection(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.socket(1, SocketEvent::Lost(old, Loss::Interrupted));
    world.accepted(1);
    world.advance_served(mins(5), LIFETIME);
    assert_eq!(world.socket_fate(1), ["1: connect 1", "2: connect 2"]);
}

#[test]
fn what_is_not_there_ends_the_socket_and_nothing_else() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.listen_live(2);
    world.lose(1, Loss::Gone);
    assert_eq!(world.socket_fate(1)[2..], ["gone"]);
    world.advance_served(mins(2), LIFETIME);
    assert_eq!(connections(&world), 2);
    assert!(world.is_signed_in());
}

// Refusals.

/// A refused token is a suspicion: one refresh for all sockets, and the session stays.
#[test]
fn a_refusal_leads_to_one_refresh_and_to_connections_with_the_new_token() {
    let mut world = World::signed_in();
    for id in 1..=3 {
        world.listen(id);
        world.opened(id);
    }
    for id in 1..=3 {
        world.lose(id, Loss::Unauthorized);
    }
    assert_eq!(world.refreshes(), 1);
    world.ask(1);
    assert_eq!(world.fate(1), [""; 0], "a token under suspicion is not tried on a request");
    world.grant(LIFETIME);
    for id in 1..=3 {
        assert!(world.socket_fate(id).last().is_some_and(|last| last.ends_with("connect")));
    }
    assert!(world.is_signed_in());
}

#[test]
fn a_refused_token_is_not_tried_again_while_no_other_is_to_be_had() {
    let mut world = World::kept(LIFETIME);
    world.listen(1);
    world.opened(1);
    world.lose(1, Loss::Unauthorized);
    world.advance_with(mins(1), |world| {
        if world.is_refreshing() {
            world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        }
    });
    assert_eq!(world.socket_fate(1), ["1: connect", "1: token 1"]);
}

/// The server was impatient: it has seen no token that it could have refused.
#[test]
fn a_refusal_before_any_token_was_sent_is_a_loss_like_any_other() {
    let mut world = World::signed_in();
    world.listen(1);
    world.lose(1, Loss::Unauthorized);
    assert_eq!(world.refreshes(), 0);
    assert_eq!(world.socket_fate(1), ["1: connect"]);
    world.advance(secs(1));
    assert_eq!(world.socket_fate(1), ["1: connect", "2: connect"]);
}

/// The sign-out happened elsewhere: the socket learns of it first, and the refresh says so in so many words.
#[test]
fn a_refusal_ends_the_session_only_where_the_refresh_is_refused() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.lose(1, Loss::Unauthorized);
    assert!(world.is_signed_in());
    world.answer_refresh(RefreshAnswer::Refused(Refusal::Revoked));
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Refused(Refusal::Revoked)));
    assert_eq!(world.socket_fate(1).last().map(String::as_str), Some("signed out"));
}

/// The endpoint is to blame: it costs one refresh more than it should, and then none.
#[test]
fn an_endpoint_that_refuses_every_token_does_not_cause_a_refresh_each_time() {
    let mut world = World::kept(hours(24));
    world.listen(1);
    world.advance_with(hours(1), |world| {
        while world.socket_fate(1).last().is_some_and(|last| last.ends_with("connect")) {
            world.opened(1);
            world.lose(1, Loss::Unauthorized);
            world.serve(hours(24));
        }
        world.serve(hours(24));
    });
    assert_eq!(world.refreshes(), 1);
    assert!(world.is_signed_in());
    assert!(connections(&world) > 60, "it is tried again");
}

/// What one socket has found out about the endpoint holds for all.
#[test]
fn whoever_listens_later_at_an_endpoint_that_is_to_blame_causes_no_further_refresh() {
    let mut world = World::kept(hours(24));
    world.listen(1);
    for _ in 0..2 {
        world.opened(1);
        world.lose(1, Loss::Unauthorized);
        world.serve(hours(24));
    }
    world.listen(2);
    world.opened(2);
    world.lose(2, Loss::Unauthorized);
    assert_eq!(world.refreshes(), 1);
}

/// The server does not say how long a token lives: the connection is closed when it ends, and that is no reason to doubt
/// the endpoint, however short tokens are.
#[test]
fn a_token_whose_end_nobody_foretold_is_replaced_each_time_it_ends() {
    let mut world = World::signed_in();
    world.listen_live(1);
    for refreshes in 1..=5 {
        world.advance(secs(5));
        world.lose(1, Loss::Unauthorized);
        assert_eq!(world.refreshes(), refreshes);
        world.grant(LIFETIME);
        world.opened(1);
        world.accepted(1);
    }
}

/// Nothing can be validated, and nobody asks for anything else: the endpoint that is to blame for one refusal is the only
/// one that can tell when the token has died.
#[test]
fn an_endpoint_that_is_to_blame_is_heard_again_where_nobody_foretold_the_end_of_the_token() {
    let settings = Settings { can_validate: false, ..Settings::default() };
    let mut world = World::signed_in_with(settings, 1, |grant| grant.lifetime = None);
    world.listen(1);
    world.advance_with(mins(5), |world| {
        while world.socket_fate(1).last().is_some_and(|last| last.ends_with("connect")) {
            world.opened(1);
            world.lose(1, Loss::Unauthorized);
            if world.is_refreshing() {
                let grant = Grant { lifetime: None, ..world.new_grant(LIFETIME) };
                world.answer_refresh(RefreshAnswer::Granted(grant));
            }
        }
    });
    assert!((3..=5).contains(&world.refreshes()), "{} refreshes in five minutes", world.refreshes());
}

/// A refusal of an older token says nothing about the present one.
#[test]
fn a_refusal_of_an_older_token_is_answered_with_the_current_one_at_once() {
    let mut world = reconnecting();
    world.listen(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.lose(1, Loss::Unauthorized);
    assert_eq!(world.socket_fate(1), ["1: connect 1", "2: connect 2"]);
    assert_eq!(world.refreshes(), 1);
}

/// The server closes what has not been renewed at the end of the token, as it should.
#[test]
fn a_refusal_at_the_end_of_the_token_is_no_suspicion() {
    let mut world = World::kept(LIFETIME);
    world.listen_live(1);
    world.advance_with(LIFETIME + secs(1), |world| {
        if world.is_refreshing() {
            world.answer_refresh(RefreshAnswer::Unknown(Doubt::Network));
        }
    });
    world.lose(1, Loss::Unauthorized);
    assert!(!world.happened().contains(&Happened::Suspected));
    world.input(Input::Woke(Wake::Online));
    world.grant(LIFETIME);
    assert_eq!(world.socket_fate(1)[2..], ["2: connect"]);
}

// The end.

#[test]
fn the_end_of_the_session_closes_every_connection_at_once() {
    for mut world in [World::signed_in(), reconnecting()] {
        world.listen_live(1);
        world.listen(2);
        world.input(Input::RefreshNow);
        world.grant(LIFETIME);
        world.input(Input::SignOut);
        for id in [1, 2] {
            assert_eq!(world.socket_fate(id).last().map(String::as_str), Some("signed out"));
        }
    }
}

/// A job that is watched is no sign of a person: neither its events nor its connections keep anybody signed in.
#[test]
fn live_connections_do_not_keep_an_idle_person_signed_in() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.advance_with(mins(61), |world| {
        world.serve(LIFETIME);
        if world.is_signed_in() {
            world.heard(1);
            world.accepted(1);
        }
    });
    assert_eq!(world.sign_out_reason(), Some(SignOutReason::Inactivity));
}

#[test]
fn another_account_gets_no_connection_of_the_one_before() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.input(Input::RefreshNow);
    let grant = Grant { account: Some(account("bob")), ..world.new_grant(LIFETIME) };
    world.answer_refresh(RefreshAnswer::Granted(grant));
    assert_eq!(world.socket_fate(1)[2..], ["1: close", "account changed"]);
}

#[test]
fn a_socket_nobody_listens_to_is_closed() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.socket(1, SocketEvent::Settled);
    assert_eq!(world.socket_fate(1)[2..], ["1: close"]);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    assert_eq!(world.socket_fate(1).len(), 3);
}

/// What a connection still says after it was closed, or after its socket ended, is not heard.
#[test]
fn a_closed_connection_changes_nothing() {
    let mut world = reconnecting();
    world.listen_live(1);
    let old = world.connection(1);
    world.input(Input::RefreshNow);
    world.grant(LIFETIME);
    world.accepted(1);
    let fate = world.socket_fate(1);
    for event in [
        SocketEvent::Opened(old),
        SocketEvent::Accepted(old),
        SocketEvent::Heard(old),
        SocketEvent::Lost(old, Loss::Unauthorized),
    ] {
        world.input(Input::Socket { id: SocketId(1), event });
        world.input(Input::Socket { id: SocketId(7), event });
    }
    assert_eq!(world.socket_fate(1), fate);
    assert_eq!(world.refreshes(), 1);
}

/// While it is not known how much time has passed, no connection is made and none given a token.
#[test]
fn a_clock_in_doubt_connects_nobody() {
    let mut world = World::signed_in();
    world.advance_served(mins(1), LIFETIME);
    world.input(Input::ServerDate(world.wall()));
    world.listen_live(1);
    world.listen(3);
    world.sleep(hours(2));
    world.input(Input::Timeout);
    assert!(world.is_restoring());
    world.lose(1, Loss::Interrupted);
    world.listen(2);
    world.pass(millis(10));
    world.input(Input::Timeout);
    assert_eq!(world.socket_fate(1).len(), 2);
    assert_eq!(world.socket_fate(2), [""; 0]);
    // Nor is one given up, or is the engine woken for it.
    world.advance(secs(20));
    assert_eq!(world.socket_fate(3), ["2: connect"]);
}

#[test]
fn sockets_are_asked_for_anew_after_signing_in_again() {
    let mut world = World::signed_in();
    world.listen_live(1);
    world.input(Input::SignOut);
    world.serve(LIFETIME);
    world.input(Input::SignIn(form(false)));
    world.serve(LIFETIME);
    world.listen(2);
    assert_eq!(world.socket_fate(2), ["2: connect"]);
}

// The listener's place.

#[test]
fn every_event_is_taken_once_whichever_connection_brings_it() {
    let mut position = Position::after(3);
    assert_eq!(position.take(3, 4), Taken::New);
    assert_eq!(position.take(3, 4), Taken::Repeated);
    assert_eq!(position.take(4, 5), Taken::New);
    assert_eq!(position.take(2, 3), Taken::Repeated);
    assert_eq!(position.number(), 5);
}

#[test]
fn an_event_that_stands_for_several_is_taken_for_all_of_them() {
    let mut position = Position::after(3);
    assert_eq!(position.take(3, 9), Taken::New);
    assert_eq!(position.take(8, 9), Taken::Repeated);
    assert_eq!(position.take(5, 12), Taken::New);
    assert_eq!(position.number(), 12);
}

#[test]
fn an_event_that_leaves_a_gap_is_not_taken() {
    let mut position = Position::after(3);
    assert_eq!(position.take(4, 5), Taken::Gap);
    assert_eq!(position.number(), 3);
}

fn reconnecting() -> World {
    let settings = Settings { socket_renewal: Renewal::Reconnect, ..Settings::default() };
    World::signed_in_with(settings, 1, |_| {})
}

/// How many connections were made in all.
fn connections(world: &World) -> usize {
    let is_made = |output: &&Output| {
        matches!(output, Output::Socket(_, perennial_session::SocketOrder::Connect { .. }))
    };
    world.outputs().iter().filter(is_made).count()
}
