//! Live connections of many tabs: each tab has its own, and what happens to the session happens to all of them.

use perennial_session::{
    Access, ConnectionId, Input, Output, SocketError, SocketEvent, SocketId, SocketOrder,
};

use crate::browser::{Browser, millis, secs};

/// One tab refreshes, and the connections of all carry on with what it was granted.
#[test]
fn a_token_that_one_tab_was_granted_goes_on_to_the_connections_of_all() {
    let mut browser = Browser::signed_in(3);
    browser.each(listen);
    browser.input(0, Input::RefreshNow);
    browser.run(secs(2));
    assert_eq!(browser.server.refreshes(), 1);
    let [Some(token), ..] = &browser.each_token()[..] else { panic!("nobody is signed in") };
    for tab in 0..3 {
        assert_eq!(last_token(&browser, tab).as_ref(), Some(token), "tab {tab}");
    }
}

#[test]
fn a_sign_out_in_one_tab_closes_the_connections_of_all() {
    let mut browser = Browser::signed_in(3);
    browser.each(listen);
    browser.sign_out(0);
    browser.run(millis(10));
    for tab in 0..3 {
        let orders: Vec<_> = orders(&browser, tab).collect();
        let [.., SocketOrder::Close(_), SocketOrder::Fail(SocketError::SignedOut)] = orders[..] else {
            panic!("tab {tab}: {orders:?}")
        };
    }
}

/// Whoever waits for the lock is about to have another token: a connection is made with that one.
#[test]
fn no_connection_is_made_while_a_refresh_waits_for_the_lock() {
    let mut browser = Browser::signed_in(1);
    browser.orphan_lock();
    browser.input(0, Input::RefreshNow);
    browser.input(0, Input::Socket { id: SOCKET, event: SocketEvent::Asked });
    browser.run(secs(1));
    assert_eq!(orders(&browser, 0).count(), 0);
    browser.return_lock();
    browser.run(secs(2));
    assert!(matches!(orders(&browser, 0).last(), Some(SocketOrder::Connect { .. })));
    assert_eq!(browser.server.refreshes(), 1);
}

/// Somebody listens in a tab, over a connection that the server has accepted.
fn listen(browser: &mut Browser, tab: usize) {
    let mut tell = |event| browser.input(tab, Input::Socket { id: SOCKET, event });
    tell(SocketEvent::Asked);
    tell(SocketEvent::Opened(CONNECTION));
    tell(SocketEvent::Accepted(CONNECTION));
}

fn last_token(browser: &Browser, tab: usize) -> Option<Access> {
    let token = |order: &SocketOrder| match order {
        SocketOrder::Authenticate { credential, .. } => Some(credential.access.clone()),
        SocketOrder::Connect { .. } | SocketOrder::Close(_) | SocketOrder::Fail(_) => None,
    };
    orders(browser, tab).filter_map(token).last()
}

fn orders(browser: &Browser, tab: usize) -> impl Iterator<Item = &SocketOrder> {
    browser.tab(tab).outputs().filter_map(|output| {
        let Output::Socket(_, order) = output else { return None };
        Some(order)
    })
}

const SOCKET: SocketId = SocketId(1);

/// The first that a tab makes.
const CONNECTION: ConnectionId = ConnectionId(1);
