//! Live work: imports that are watched while tokens, servers and networks come and go.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use perennial_e2e::wait::within;
use perennial_e2e::{
    Browser, Clocks, Concern, Engine, Fault, Role, Runs, Setup, Side, Socket, World, eventually, scenario,
};
use serde_json::{Value, json};

use crate::queue::{
    LONGEST_IMPORT, cell, comes_to, console, is_marked_page, long_file, makes_progress, mark_page, progress,
    queue, send,
};
use crate::wire::{
    Repeats, by_topic, handshake_token, renewals, taken, tokens, tokens_of, tokens_were_fresh,
};
use crate::{EVENTS, REFRESH};

#[test]
fn an_import_is_watched_over_three_refreshes_on_one_connection_that_is_given_each_new_token() {
    watch_for_three_refreshes(json!({}), |sockets| {
        ensure!(sockets.len() == 1, "{} connections for one job", sockets.len());
        ensure!(handshake_token(&sockets[0].headers).is_none(), "a token in the handshake");
        Ok(Repeats::Nowhere)
    });
}

#[test]
fn an_import_is_watched_over_three_refreshes_on_connections_that_overlap_where_tokens_count_at_the_handshake()
{
    watch_for_three_refreshes(
        json!({ "sockets": { "authenticate": "subprotocol", "renew": "reconnect" } }),
        |sockets| {
            for pair in sockets.windows(2) {
                ensure!(
                    pair[0].was_open_at(pair[1].opened),
                    "the old connection was closed before the new was there"
                );
                ensure!(matches!(pair[0].closed_by(), Some((Side::Page, _))), "{:?}", pair[0].closed_by());
            }
            for socket in sockets {
                let open = sockets.iter().filter(|other| other.was_open_at(socket.opened)).count();
                ensure!(open <= 2, "{open} connections for one job at a time");
                ensure!(
                    handshake_token(&socket.headers).is_some() && tokens(socket)?.len() == 1,
                    "a token by another way"
                );
            }
            Ok(Repeats::BesideAnother)
        },
    );
}

/// Has one import waiting behind others while a token is replaced three times, then calls back those between, so that
/// it runs. The imports are real work and take their time, of which the lifetimes pass while they go on.
fn watch_for_three_refreshes(config: Value, judge: fn(&[Socket]) -> Result<Repeats>) {
    let server = vec!["--access-token-lifetime-s=10", "--jobs-per-account=20"];
    let setup = Setup { server, config, clock: Clocks::Moved, ..Setup::default() };
    scenario(setup, async |world| {
        let browser = queue(world).await?;
        let names = send_four(world, &browser).await?;
        let last = names.last().context("no file was sent")?;
        let since = world.now();
        world
            .pass_until(Duration::from_secs(60), "three refreshes", async || {
                let renewals = renewals(world).into_iter().filter(|at| *at > since);
                Ok(renewals.filter(|at| world.since(*at) > ANSWER).nth(2))
            })
            .await?;
        for name in names.iter().rev().skip(1) {
            if !cell(&browser, name, "State").await?.is_some_and(|state| state.starts_with("Waiting")) {
                break;
            }
            browser.click(Role::Button, &format!("Cancel {name}")).await?;
            comes_to(&browser, name, "Cancelled").await?;
        }
        comes_to(&browser, last, "Done").await?;
        let lines = console(&browser).await?;
        all_is_watched(world, judge)?;
        for name in [&names[0], last] {
            steady(&browser, name).await?;
        }
        for line in
            ["Token refreshed successfully (WebSocket updated)", "WebSocket connections with new token"]
        {
            assert!(lines.iter().any(|said| said.contains(line)), "no line says {line:?}: {lines:#?}");
        }
        Ok(())
    });
}

/// Sends four files, of which each waits for the one before; their names.
async fn send_four(world: &World, browser: &Browser) -> Result<[String; 4]> {
    let names = [1, 2, 3, 4].map(|number| format!("{number}.csv"));
    let first = long_file(world, &names[0], ROWS)?;
    send(browser, &first).await?;
    for name in &names[1..] {
        let file = world.file(name)?;
        std::fs::hard_link(&first, &file)?;
        send(browser, &file).await?;
    }
    Ok(names)
}

/// Fails unless every job was heard of to its end without a gap, and one of them over three new tokens.
fn all_is_watched(world: &World, judge: fn(&[Socket]) -> Result<Repeats>) -> Result<()> {
    tokens_were_fresh(world)?;
    let renewals = renewals(world);
    let mut most = 0;
    for sockets in by_topic(world)?.values() {
        let events = taken(sockets, judge(sockets)?)?;
        let end = events.last().context("nothing was heard of a job")?;
        let is_whole = end.state == "done" && end.rows_accepted == ROWS as u64;
        ensure!(is_whole || end.state == "cancelled", "{end:?}");
        let during: Vec<_> = renewals
            .iter()
            .filter(|renewal| sockets[0].opened < **renewal && **renewal + ANSWER < end.at)
            .collect();
        each_reaches(&during, &tokens_of(sockets)?)?;
        if is_whole {
            most = most.max(during.len());
        }
    }
    ensure!(most >= 3, "no job was watched to its end over more than {most} refreshes");
    Ok(())
}

/// Fails unless each renewal is followed by its token, shown once for each connection that it concerns and no sooner.
fn each_reaches(renewals: &[&Instant], shown: &[(Instant, String)]) -> Result<()> {
    let tokens: BTreeSet<_> = shown.iter().map(|(_, token)| token).collect();
    ensure!(tokens.len() == shown.len(), "a token was shown twice for one job");
    for renewal in renewals {
        let follows = |(at, _): &&(Instant, String)| *renewal < at && *at < **renewal + ANSWER;
        let count = shown.iter().filter(follows).count();
        ensure!(count == 1, "after a refresh {count} tokens were shown for one job");
    }
    // The first was there before; a refresh may have been under way then, and another at the end.
    let others = shown.len() - 1 - renewals.len();
    ensure!(others <= 2, "{others} tokens were shown without a refresh before");
    Ok(())
}

#[test]
fn an_import_goes_on_when_the_server_is_killed_and_the_page_follows_it() {
    scenario(
        Setup { server_runs: Runs::AsProcess, ..short_tokens() }.concerning(Concern::Sockets),
        async |world| {
            let browser = queue(world).await?;
            send(&browser, &long_file(world, "killed.csv", ROWS)?).await?;
            makes_progress(&browser, "killed.csv").await?;
            mark_page(&browser).await?;
            world.server.kill()?;
            browser.sees("Reconnecting…").await?;
            world.server.start().await?;
            comes_to(&browser, "killed.csv", "Done").await?;
            is_marked_page(&browser).await?;
            let heard = nothing_is_missing(world, &browser, "killed.csv").await?;
            assert!(heard > 1, "the connection was never lost");
            Ok(())
        },
    );
}

#[test]
fn an_import_is_followed_again_after_ten_seconds_without_a_network() {
    scenario(Setup { clock: Clocks::Moved, ..short_tokens() }.concerning(Concern::Sockets), async |world| {
        let browser = queue(world).await?;
        send(&browser, &long_file(world, "offline.csv", ROWS)?).await?;
        makes_progress(&browser, "offline.csv").await?;
        // The browser's switch leaves open connections alone.
        browser.set_offline(true).await?;
        world.proxy.disturb(EVENTS, usize::MAX, Fault::LoseRequest);
        world.proxy.cut_sockets();
        browser.sees("You are offline. You stay signed in").await?;
        world.pass(LIFETIME).await?;
        assert_eq!(world.proxy.open_sockets(), 0, "the network was not taken");
        world.proxy.undisturb();
        let back = world.now();
        browser.set_offline(false).await?;
        comes_to(&browser, "offline.csv", "Done").await?;
        let heard = nothing_is_missing(world, &browser, "offline.csv").await?;
        assert!(heard > 1, "the connection was never lost");
        let sockets = world.proxy.sockets();
        let again = sockets.iter().find(|socket| socket.opened > back).context("no connection was made")?;
        let refreshed =
            world.proxy.calls(REFRESH).into_iter().find(|seen| seen.at > back).context("no refresh")?;
        // Firefox puts off a connection by itself where one has failed: this may be one that was asked for before.
        let used = match browser.engine() {
            Engine::Firefox => again.frames.first().context("nothing was said")?.at,
            Engine::Chromium | Engine::WebKit => again.opened,
        };
        assert!(refreshed.at < used, "the connection was used before the session was fresh");
        Ok(())
    });
}

#[test]
fn a_sign_out_in_one_tab_closes_the_connections_of_the_other_and_the_imports_go_on() {
    scenario(Setup::default().concerning(Concern::Sockets), async |world| {
        let browser = queue(world).await?;
        send_three(world, &browser).await?;
        let first = browser.tab().await?;
        let second = browser.open_tab("/queue").await?;
        comes_to(&browser, "3.csv", "").await?;
        eventually("both tabs to watch", async || {
            let both = by_topic(world)?.values().filter(|sockets| sockets.len() == 2).count();
            Ok((both == 3).then_some(()))
        })
        .await?;
        browser.look_at(&first).await?;
        let clicked = Instant::now();
        browser.click(Role::Button, "Sign out").await?;
        eventually("all connections to be closed", async || {
            Ok((world.proxy.open_sockets() == 0).then_some(()))
        })
        .await?;
        let mut cut_short = 0;
        for socket in world.proxy.sockets().iter().filter(|socket| socket.was_open_at(clicked)) {
            let closed = socket.closed.context("it is open")?;
            assert!(closed.duration_since(clicked) < Duration::from_secs(2), "it was open for too long");
            let events = taken(std::slice::from_ref(socket), Repeats::Nowhere)?;
            cut_short += usize::from(events.iter().all(|event| event.state != "done"));
        }
        assert!(cut_short >= 2, "one in each tab had more to hear: {cut_short}");
        browser.look_at(&second).await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&world.demo()?).await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.open_page("Queue").await?;
        comes_to(&browser, "1.csv", "Done").await
    });
}

#[test]
fn a_running_import_keeps_nobody_signed_in_and_is_there_when_they_are_back() {
    // Files are sent while nobody is asked yet: a busy machine needs a while for three.
    let config = json!({ "inactivity_limit_s": 20, "inactivity_warning_s": 5 });
    scenario(Setup { config, clock: Clocks::Moved, ..Setup::default() }, async |world| {
        // Written before anybody is there: nobody is active while it is.
        let files = three_files(world)?;
        let browser = queue(world).await?;
        for file in &files {
            send(&browser, file).await?;
        }
        let left = world.now();
        world.pass(Duration::from_secs(5)).await?;
        let was_heard = |socket: &Socket| {
            let late = |(at, _): (Instant, &str)| at > left + Duration::from_secs(4);
            socket.texts(Side::Server).any(late)
        };
        eventually("something to happen while the person is away", async || {
            Ok(world.proxy.sockets().iter().any(was_heard).then_some(()))
        })
        .await?;
        world
            .pass_until(Duration::from_secs(20), "the end of the session", async || {
                browser.look_for(Role::Heading, "Sign in").await
            })
            .await?;
        browser.sees("You were signed out after 20 seconds without activity.").await?;
        assert!(world.since(left) < Duration::from_secs(25), "the import kept the person signed in");
        eventually("the connections to be closed", async || {
            Ok((world.proxy.open_sockets() == 0).then_some(()))
        })
        .await?;
        browser.submit(&world.demo()?).await?;
        browser.find(Role::Heading, "Queue").await?;
        within(LONGEST_IMPORT, "the first import to be done", async || {
            // A person who waits moves now and then.
            browser.find(Role::Heading, "Queue").await?.click().await?;
            Ok(cell(&browser, "1.csv", "State").await?.filter(|state| state.starts_with("Done")))
        })
        .await?;
        Ok(())
    });
}

/// Three files, of which each waits for the one before.
fn three_files(world: &World) -> Result<[PathBuf; 3]> {
    let first = long_file(world, "1.csv", ROWS)?;
    let [second, third] = [world.file("2.csv")?, world.file("3.csv")?];
    for copy in [&second, &third] {
        std::fs::hard_link(&first, copy)?;
    }
    Ok([first, second, third])
}

async fn send_three(world: &World, browser: &Browser) -> Result<()> {
    for file in &three_files(world)? {
        send(browser, file).await?;
    }
    Ok(())
}

/// Fails where an event of the only job was left out, or the table went back; says how many connections there were.
async fn nothing_is_missing(world: &World, browser: &Browser, file: &str) -> Result<usize> {
    tokens_were_fresh(world)?;
    let by_topic = by_topic(world)?;
    ensure!(by_topic.len() == 1, "{} jobs were watched", by_topic.len());
    let sockets = by_topic.into_values().next().unwrap_or_default();
    let events = taken(&sockets, Repeats::Anywhere)?;
    let end = events.last().context("nothing was heard of the job")?;
    ensure!(end.state == "done" && end.rows_accepted == ROWS as u64, "{end:?}");
    steady(browser, file).await?;
    Ok(sockets.len())
}

/// Fails unless the table counted a file up, and to the end.
async fn steady(browser: &Browser, file: &str) -> Result<()> {
    let shown = progress(browser, file).await?;
    ensure!(shown.is_sorted(), "{file} went back: {shown:?}");
    ensure!(shown.last() == Some(&(ROWS as u64)), "{file} ended otherwise: {shown:?}");
    ensure!(shown.len() > 3, "{file} was not watched: {shown:?}");
    Ok(())
}

fn short_tokens() -> Setup {
    Setup { server: vec!["--access-token-lifetime-s=10"], ..Setup::default() }
}

/// That of [`short_tokens`].
const LIFETIME: Duration = Duration::from_secs(10);

/// How long a refresh and what follows it may take on a busy machine; shorter than the time between two.
const ANSWER: Duration = Duration::from_secs(4);

const ROWS: usize = 200_000;
