//! A session engine: keeps people signed in while they work, and not a minute longer.
//!
//! The engine decides and does nothing else. It knows no network, no browser, no clock and no thread: facts go in as
//! [`Input`], orders come out as [`Output`], and the time and a seed are values among the facts. The same inputs at the
//! same times give the same outputs, always, so that every decision can be tested, replayed and simulated.
//!
//! # Driving it
//!
//! 1. Make an [`Engine`] with [`Settings`], a seed from the device's secure source, and a [`Reading`] of its clocks.
//! 2. Hand it [`Input::Start`] with what the device remembers.
//!    A device with several tabs says what they have between them in [`Tabs`], and hands over what the store holds with
//!    [`Engine::recall`] before every input. Where script holds the credentials and [`Settings::grant_store`] says where
//!    they are kept, [`Engine::recall_grant`] comes beside it.
//! 3. After **every** [`Engine::handle_input`], call [`Engine::poll_output`] until it returns [`Output::Timeout`], and do
//!    what each output says, in order. The deadline in the last one replaces the one before.
//! 4. When a call ends, a request of the application has something to say, the person does something, or the deadline
//!    comes, go to 3 with that fact.
//!
//! # What it promises
//!
//! *Four things end a session, and nothing else does*: the person signs out; the server refuses the credential in so
//! many words; the inactivity limit; the server's absolute limit. [`SignOutReason`] has these four variants; one
//! function makes the step, and one follows where another tab has made it. Whatever else a server says or fails to say is
//! a [`Doubt`], and a doubt leads to a later attempt, never to a decision.
//!
//! *One check follows every input*, in this order: limits, calls that were never answered, refresh, validation,
//! sockets, requests. The limits are also judged before the input is looked at. So a person who comes back after a night finds the
//! session over before their first move of the mouse counts and before anything is sent on their behalf; and triggers
//! that come together (a timer, the focus, the network) make one decision between them.
//!
//! *A token is replaced before it dies*: [`Settings::refresh_buffer`] or a fifth of its life before its end, whichever is
//! shorter, and up to a tenth of that earlier, so that a fleet does not move in step. Its life is counted from the moment
//! the request for it was sent, and never compared with a clock. When the server answers with a token that ends no
//! later than the one held, there is no more to be had, and it is asked again only at the end. [`RefreshWhen`] says when a token
//! is left to expire instead: where nobody is there, or always. Then it is sent to nobody, the server is not asked about it
//! ([`Health::Resting`]), and what needs one waits for the next. Limits are kept as ever.
//!
//! *One refresh at a time.* A failed one is tried again with exponential backoff and full jitter, for as long as it
//! takes; the attempts to replace one credential share one [`IdempotencyKey`], also across a restart. The device's hope
//! (the network is back, the page is seen) ends our own patience early; a wait the server asked for is kept to the end.
//!
//! *Requests pass a gate* ([`RequestEvent`], [`Order`]). They wait while there is no usable token, but no longer than
//! [`Settings::hold_limit`]. A 401 to an older token is sent again with the current one; a 401 to the current one causes
//! one refresh for all who got one; each is sent again once. A 401 to that is put before the server's validation: if the
//! session is good, the endpoint is to blame, the caller gets the 401, and the endpoint causes no further refresh with
//! that token.
//!
//! *Live connections carry on with every token* ([`SocketEvent`], [`SocketOrder`]). They are made when the session is fresh,
//! and with a new token each is authenticated again before any request is sent: in-band, or where a server looks at tokens
//! at the handshake only, by another connection that is made before the old one is closed ([`Renewal`]). What is lost is
//! made again with the backoff of refreshes; a refused token causes one refresh for all; the end of the session closes
//! every connection at once. [`Position`] takes every event once, whichever connection brings it. What comes over them is
//! no activity of a person.
//!
//! *Every credential has a [`Generation`], every call a [`CallId`].* What belongs to an older credential, to a call
//! nobody waits for or to a session that has ended changes nothing. A token that arrives after the sign-out is given back.
//!
//! *Tabs act as one.* A refresh takes the lock, asks the other tabs for a newer token, and only then the server; whoever
//! waited takes what the first one got. Messages may be slower than the lock: the store names the newest token, and a tab that
//! does not hold it waits for its message, for a second at most. A sign-in takes the lock as well, and so does a sign-out, because their answers
//! change the cookie as well. Only a person's own sign-out leaves without waiting for the lock, and whoever comes next
//! waits for its answer. The wait is bounded and nothing is stolen: a tab that does not
//! move is passed by, and generations sort out what it still says. A new tab restores itself from the others without a
//! request. Every session of a browser has a [`SessionKey`], and a later sign-in a greater one, whatever the clock says:
//! it wins in every tab, and an ended one is never taken up again, whoever still speaks of it. Messages are versioned; what
//! is not understood is dropped. Where there is no lock or no channel, the record in the store still carries sign-outs,
//! sign-ins and activity.
//!
//! *The store is not trusted to hold.* What was written and is not there any more, because the store was emptied, was full,
//! or a tab that had not learned of it wrote over it, is written again: the record of a session that goes on, and the end
//! of one that is over.
//!
//! *Nor is it trusted to tell the truth.* What is kept of a session ([`Output::Keep`]) is shown to the server before it is
//! shown to anybody, unless another tab holds the same or nobody can be asked. Of what is held and what is kept the later
//! one stands, so that no refresh token is sent that another tab has replaced; whatever somebody altered there is asked
//! about at the next check. It names the session when that ends before anybody took it up, and goes with it.
//!
//! *Clocks may lie.* A wall clock that is wrong by a day changes nothing. Time that only the wall clock saw is sleep, or a
//! clock that was set; where it would end the session, it is not believed before the server's clock ([`Input::ServerDate`],
//! [`CallKind::Clock`]) has said so, and until then nothing is shown, sent or judged, and what other tabs say of moments
//! waits.
//!
//! *A sign-out arrives.* It holds here at once, and a person's is sent at once, since the page may be closing. What the
//! server could not be told is kept, with no credential but a ticket that can do nothing else, where the server gives such,
//! and told again when the network is back or the browser has been started again, by this tab or by another that stays open; whoever signs in tells it first. Where only the cookie says
//! which session is meant, the other tabs are asked before whether somebody has signed in since. An access token that has
//! expired is not sent, and a server that recognises none has not ended the session: a new one is asked for first, with
//! what refreshes it, and the session is signed out with that.
//!
//! *A page takes its calls with it.* What gets no answer because the page is left ([`Input::Leaving`], [`Input::Left`]) is no
//! failure; the attempt is made again by the next page, or by this one where it stays or comes back.
//!
//! *Every change has a reason.* [`Engine::history`] tells what happened, when and why.
//!
//! *Nobody's absence is stretched.* Only the person's own acts count as activity. While they are asked whether they are
//! still there, a moving mouse is no answer. The last activity is remembered across restarts, and judged there first.

#![no_std]

extern crate alloc;

mod access;
mod answer;
mod engine;
mod few;
mod history;
mod input;
mod line;
mod message;
mod output;
mod random;
mod record;
mod said;
mod secret;
mod server_text;
mod settings;
mod snapshot;
mod socket;
mod state;
mod time;
mod token;

pub use access::{Access, Credential};
pub use answer::{
    Account, Answer, ClockAnswer, Confirmed, Doubt, Grant, HeaderGrant, RefreshAnswer, Refusal, SignInAnswer,
    SignOutAnswer, ValidateAnswer,
};
pub use engine::Engine;
pub use few::Few;
pub use history::{Event, Happened};
pub use input::{Input, Proof, Remembered, RequestEvent, SignInForm, Wake};
pub use line::{End, Line, Refused, WORDS, Words};
pub use message::{Message, MessageBody, SharedGrant, TabId};
pub use output::{
    Call, CallId, CallKind, Deadline, LockOrder, Order, Output, Reason, RequestError, RequestId,
};
pub use record::{Ended, Generation, IdempotencyKey, Record, SessionKey};
pub use secret::Secret;
pub use server_text::ServerText;
pub use settings::{AccessBy, GrantStore, RefreshBy, RefreshWhen, Settings, SignOutBy, Tabs};
pub use snapshot::{
    Health, LastRefresh, RefreshCause, SignInFailure, SignInProgress, SignOutReason, Snapshot, Status,
};
pub use socket::{
    ConnectionId, Loss, Position, Renewal, SocketError, SocketEvent, SocketId, SocketOrder, Taken,
};
pub use time::{Moment, Reading, Wall};
