//! What passed on WebSockets, read the way the application must read it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::HeaderMap;
use perennial_e2e::proxy::Frame;
use perennial_e2e::{Said, Side, Socket, World};
use serde_json::Value;

use crate::{EVENTS, REFRESH};

/// One event as it was sent.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) at: Instant,
    pub(crate) number: u64,
    after: u64,
    /// When the connection was told what is wanted.
    asked: Instant,
    pub(crate) state: String,
    pub(crate) rows_accepted: u64,
}

/// Where one event may be sent more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeats {
    Nowhere,
    /// Where they were asked for while another connection for the same job was open, which sent them too.
    BesideAnother,
    /// After a connection broke with events on their way.
    Anywhere,
}

/// The connections for each job, by its topic, in the order in which they were opened.
pub(crate) fn by_topic(world: &World) -> Result<BTreeMap<String, Vec<Socket>>> {
    let mut found: BTreeMap<String, Vec<Socket>> = BTreeMap::new();
    for socket in world.proxy.sockets() {
        // One that was given up before it was of use has asked for nothing.
        if let Some(watch) = watches(&socket)?.into_iter().next() {
            found.entry(watch.topic).or_default().push(socket);
        }
    }
    Ok(found)
}

/// The events of one job in the order in which somebody takes them who follows all of its connections, each once.
///
/// Fails where one was left out or came twice.
pub(crate) fn taken(sockets: &[Socket], repeats: Repeats) -> Result<Vec<Event>> {
    let first = sockets.first().context("nobody watched")?;
    let mut position = watches(first)?.first().context("nobody asked for events")?.after;
    let mut sent = Vec::new();
    for socket in sockets {
        sent.extend(events(socket)?);
    }
    sent.sort_by_key(|event| event.at);
    let mut taken = Vec::new();
    for event in sent {
        if event.number <= position {
            // Either of two that are open may be the one that brings it first.
            let has_company = |at| sockets.iter().filter(|socket| socket.was_open_at(at)).count() > 1;
            let may_be = match repeats {
                Repeats::Nowhere => false,
                Repeats::BesideAnother => has_company(event.asked) || has_company(event.at),
                Repeats::Anywhere => true,
            };
            ensure!(may_be, "{event:?} came again after number {position}");
            continue;
        }
        ensure!(event.after <= position, "between number {position} and {event:?} something is missing");
        position = event.number;
        taken.push(event);
    }
    Ok(taken)
}

/// Every token that was shown on a connection, at the handshake or later, and when.
pub(crate) fn tokens(socket: &Socket) -> Result<Vec<(Instant, String)>> {
    let mut tokens: Vec<(Instant, String)> =
        handshake_token(&socket.headers).map(|token| (socket.opened, token)).into_iter().collect();
    for (at, text) in socket.texts(Side::Page) {
        let message: Value = serde_json::from_str(text)?;
        if message["type"] == "authenticate" {
            let token = message["access_token"].as_str().context("no token")?;
            tokens.push((at, token.to_owned()));
        }
    }
    Ok(tokens)
}

/// Every token that was shown for one job.
pub(crate) fn tokens_of(sockets: &[Socket]) -> Result<Vec<(Instant, String)>> {
    Ok(sockets.iter().map(tokens).collect::<Result<Vec<_>>>()?.concat())
}

/// The token that a request for a connection carried.
pub(crate) fn handshake_token(headers: &HeaderMap) -> Option<String> {
    let offered = headers.get("sec-websocket-protocol")?.to_str().ok()?;
    let token = offered.split(',').find_map(|protocol| protocol.trim().strip_prefix("bearer."));
    token.map(str::to_owned)
}

/// Fails where a token was shown for a connection, or on one, that had expired.
pub(crate) fn tokens_were_fresh(world: &World) -> Result<()> {
    let asked = world.proxy.calls(EVENTS);
    let mut shown: Vec<(Instant, String)> =
        asked.iter().filter_map(|seen| Some((seen.at, handshake_token(&seen.headers)?))).collect();
    for socket in world.proxy.sockets() {
        shown.extend(tokens(&socket)?);
    }
    ensure!(!shown.is_empty(), "no token was shown");
    for (at, token) in shown {
        let late = unix_s(world, at)? - expiry_unix_s(&token)?;
        ensure!(late < 0.0, "a token was shown {late:.1} s after its end");
    }
    Ok(())
}

/// When new tokens were asked for and given.
pub(crate) fn renewals(world: &World) -> Vec<Instant> {
    let seen = world.proxy.seen();
    let granted =
        seen.iter().filter(|seen| (seen.call == REFRESH && seen.status == Some(200)) || seen.brought_token);
    granted.map(|seen| seen.at).collect()
}

/// A wish to hear of a job.
struct Watch {
    at: Instant,
    topic: String,
    after: u64,
}

fn watches(socket: &Socket) -> Result<Vec<Watch>> {
    let mut watches = Vec::new();
    for (at, text) in socket.texts(Side::Page) {
        let message: Value = serde_json::from_str(text)?;
        if message["type"] == "watch" {
            let topic = message["topic"].as_str().context("a watch without a topic")?.to_owned();
            let after = message["after"].as_u64().context("a watch without a number")?;
            watches.push(Watch { at, topic, after });
        }
    }
    Ok(watches)
}

/// The events of one connection.
fn events(socket: &Socket) -> Result<Vec<Event>> {
    let watches = watches(socket)?;
    let mut events: Vec<Event> = Vec::new();
    for (at, text) in socket.texts(Side::Server) {
        let message: Value = serde_json::from_str(text)?;
        if message["type"] == "event" {
            let number = |value: &Value| value.as_u64().with_context(|| format!("no number in {text}"));
            let asked = watches.iter().rfind(|watch| watch.at <= at).context("an event nobody asked for")?.at;
            let event = Event {
                at,
                asked,
                number: number(&message["number"])?,
                after: number(&message["after"])?,
                state: message["event"]["state"].as_str().unwrap_or_default().to_owned(),
                rows_accepted: number(&message["event"]["rows_accepted"])?,
            };
            ensure!(event.after < event.number, "{text}");
            ensure!(message["event"]["number"] == event.number, "{text}");
            events.push(event);
        }
    }
    Ok(events)
}

fn expiry_unix_s(token: &str) -> Result<f64> {
    let claims = token.split('.').nth(1).context("that is no JWT")?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
    claims["exp"].as_f64().context("a token without an end")
}

fn unix_s(world: &World, at: Instant) -> Result<f64> {
    let now = world.wall().duration_since(UNIX_EPOCH)?;
    Ok((now - world.since(at)).as_secs_f64())
}

#[test]
fn an_event_that_is_left_out_or_comes_twice_is_noticed() {
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    let socket = |from: u64, to: u64, after: u64, events: &[(u64, u64)]| {
        let watch = format!("{{\"type\":\"watch\",\"topic\":\"jobs/1\",\"after\":{after}}}");
        let mut frames = vec![Frame { at: at(from), by: Side::Page, said: Said::Text(watch) }];
        for (index, (after, number)) in (from + 1..).zip(events) {
            let event = format!(
                "{{\"type\":\"event\",\"number\":{number},\"after\":{after},\"event\":{{\"number\":{number},\
                \"state\":\"running\",\"rows_accepted\":0}}}}"
            );
            frames.push(Frame { at: at(index), by: Side::Server, said: Said::Text(event) });
        }
        Socket { opened: at(from), closed: Some(at(to)), headers: HeaderMap::new(), frames }
    };
    let numbers = |sockets: &[Socket], repeats| {
        let taken = taken(sockets, repeats)?;
        Ok::<_, anyhow::Error>(taken.iter().map(|event| event.number).collect::<Vec<_>>())
    };
    let whole = [socket(0, 9, 1, &[(1, 2), (2, 3), (3, 6)])];
    assert_eq!(numbers(&whole, Repeats::Nowhere).unwrap(), [2, 3, 6]);
    numbers(&[socket(0, 9, 1, &[(1, 2), (3, 4)])], Repeats::Anywhere).unwrap_err();
    let again = [socket(0, 9, 1, &[(1, 2), (1, 2)])];
    numbers(&again, Repeats::Nowhere).unwrap_err();
    numbers(&again, Repeats::BesideAnother).unwrap_err();
    assert_eq!(numbers(&again, Repeats::Anywhere).unwrap(), [2]);

    let overlapping = [socket(0, 20, 1, &[(1, 2), (2, 3)]), socket(10, 30, 2, &[(2, 3), (3, 4)])];
    assert_eq!(numbers(&overlapping, Repeats::BesideAnother).unwrap(), [2, 3, 4]);
    let apart = [socket(0, 5, 1, &[(1, 2), (2, 3)]), socket(10, 30, 2, &[(2, 3), (3, 4)])];
    numbers(&apart, Repeats::BesideAnother).unwrap_err();
    numbers(&[socket(0, 5, 1, &[(1, 2)]), socket(10, 30, 4, &[(4, 5)])], Repeats::Anywhere).unwrap_err();
}
