//! The engine: one entry for facts, one exit for orders.

mod check;
mod clock;
mod commit;
mod gate;
mod keep;
mod leaving;
mod lock;
mod recall;
mod refresh;
mod revocation;
mod show;
mod sign_in;
mod sign_out;
mod sockets;
mod tabs;
mod validate;

use alloc::{boxed::Box, collections::VecDeque, sync::Arc};
use core::time::Duration;

use crate::{
    Answer, Call, CallId, CallKind, Doubt, Ended, Event, Few, Generation, Happened, Input, MessageBody,
    Moment, Output, Reading, Record, RefreshAnswer, Remembered, RequestEvent, RequestId, SessionKey,
    Settings, SharedGrant, SignInAnswer, SignOutReason, Snapshot, SocketEvent, SocketId, TabId, Wake,
    access::Held,
    history::History,
    random::Random,
    state::{Flight, Live, RefreshPhase, Standing, State},
    time::Timeline,
};

use gate::Request;
use sockets::Socket;

/// A session: everything that decides, and nothing that acts.
///
/// Every [`Engine::handle_input`] must be followed by a complete drain of [`Engine::poll_output`], until it returns
/// [`Output::Timeout`].
#[derive(Debug)]
pub struct Engine {
    settings: Arc<Settings>,
    random: Random,
    timeline: Timeline,
    state: State,
    requests: Few<RequestId, Request>,
    sockets: Few<SocketId, Socket>,
    connections: u64,
    /// How many connections have taken a new token since it was last said.
    renewed: u32,
    unsaid: Option<sockets::Unsaid>,
    offline: bool,
    presence: leaving::Presence,
    calls: u64,
    /// By which calls a grant was asked for last, and when: an answer that comes too late brings a token that may have
    /// expired.
    asked: VecDeque<(CallId, Moment)>,
    generations: u64,
    outbox: VecDeque<Output>,
    published: Option<Box<Snapshot>>,
    /// What this tab wrote last, and when.
    stored: Option<(Record, Moment)>,
    /// When it is to be written again, as things stood after the last input.
    store_at: Option<Moment>,
    /// What the store held when it was last looked at.
    seen: Option<Record>,
    /// What the store said last, to be looked at with the next input.
    recalled: Option<Remembered>,
    /// What is kept beside the record, as far as is known, and whether that is still to be looked at.
    kept: Option<SharedGrant>,
    kept_is_news: bool,
    kept_at: Option<Moment>,
    /// The session of which this tab has nothing to go on with.
    given_up: Option<SessionKey>,
    tab: TabId,
    lock: lock::Lock,
    /// The last session of this browser that is over, and why, and with it all before it: whatever still speaks of one of
    /// them comes too late.
    ended: Option<(SessionKey, SignOutReason)>,
    /// What is left on the device of the session that ended last, as far as this tab wrote it or found it there.
    left: Option<Ended>,
    /// When the latest session began that this tab has heard of.
    latest_since_ms: u64,
    activity_told_at: Option<Moment>,
    server_date: Option<clock::ServerDate>,
    clock_doubt: Option<clock::ClockDoubt>,
    /// When time that only the wall clock saw was last taken for sleep.
    slept_at: Moment,
    /// What only the wall clock saw of the time since the last input, until it has been looked at.
    jump: Duration,
    /// A token was granted that the other tabs have not been told of.
    has_news: bool,
    /// When the token held here was last told to all tabs, by this one or another.
    token_told_at: Option<Moment>,
    /// When the end of the last session was told to all tabs, by this one or another.
    end_told_at: Option<Moment>,
    history: History,
}

impl Engine {
    /// Makes an engine that waits for [`Input::Start`].
    ///
    /// Engines that behave alike can share their settings.
    ///
    /// The seed should come from the device's secure source: it keeps a fleet of engines out of step.
    #[must_use]
    pub fn new(settings: impl Into<Arc<Settings>>, seed: [u8; 32], reading: Reading) -> Self {
        let mut random = Random::from_seed(seed);
        let timeline = Timeline::start(reading);
        Self {
            settings: settings.into(),
            tab: TabId(random.next_u64()),
            random,
            slept_at: timeline.now(),
            timeline,
            state: State::Starting,
            requests: Few::new(),
            sockets: Few::new(),
            connections: 0,
            renewed: 0,
            unsaid: None,
            offline: false,
            presence: leaving::Presence::default(),
            calls: 0,
            asked: VecDeque::new(),
            generations: 0,
            outbox: VecDeque::new(),
            published: None,
            stored: None,
            store_at: None,
            seen: None,
            recalled: None,
            kept: None,
            kept_is_news: false,
            kept_at: None,
            given_up: None,
            lock: lock::Lock::None,
            ended: None,
            left: None,
            latest_since_ms: 0,
            activity_told_at: None,
            server_date: None,
            clock_doubt: None,
            jump: Duration::ZERO,
            has_news: false,
            token_told_at: None,
            end_told_at: None,
            history: History::default(),
        }
    }

    /// Takes a fact in, with what the clocks say now.
    ///
    /// The limits are judged before the fact is looked at: after a sleep the first move of the mouse finds the
    /// session already over, and no request leaves on its behalf.
    pub fn handle_input(&mut self, input: Input, reading: Reading) {
        let (now, jump) = self.timeline.advance(reading);
        self.jump = jump;
        self.absorb_recalled(now);
        self.jumped(now);
        let now = self.timeline.now();
        self.absorb_kept(now);
        self.judge_limits(now);
        self.apply(input, now);
        let now = self.timeline.now();
        self.check(now);
        self.store_if_due(now);
        self.share_news(now);
        self.settle_lock();
        self.publish_if_changed(now);
    }

    /// The next order; [`Output::Timeout`] when there is none left.
    pub fn poll_output(&mut self) -> Output {
        self.outbox.pop_front().unwrap_or_else(|| {
            // Most of its life an engine has nothing to say.
            self.outbox = VecDeque::new();
            Output::Timeout(self.next_deadline())
        })
    }

    /// What may be shown.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.show(self.timeline.now())
    }

    /// The last things that happened, oldest first: as many as [`Settings::history_limit`] says.
    pub fn history(&self) -> impl Iterator<Item = &Event> {
        self.history.iter()
    }

    /// Whether the server is being asked for a token, or is about to be.
    #[must_use]
    pub fn is_refreshing(&self) -> bool {
        let phase = self.live().map(|live| &live.refresher.phase);
        matches!(phase, Some(RefreshPhase::Queued { .. } | RefreshPhase::InFlight { .. }))
    }

    /// How many things have happened so far: by this much more than before, the last of [`Engine::history`] are new.
    #[must_use]
    pub fn happened(&self) -> u64 {
        self.history.noted()
    }

    fn note(&mut self, what: Happened) {
        let at = self.timeline.wall(self.timeline.now());
        self.history.note(Event { at, what }, self.settings.history_limit);
    }

    fn apply(&mut self, input: Input, now: Moment) {
        if self.offline && shows_a_network(&input) {
            // Devices err (a VPN, a virtual adapter): what the server says is believed before them.
            self.offline = false;
            self.note(Happened::CameOnline);
        }
        match input {
            Input::Start(remembered) => self.start(remembered, now),
            Input::SignIn(form) => self.sign_in(form, now),
            Input::SignOut => self.end(SignOutReason::ByPerson, now),
            Input::RefreshNow => self.refresh(crate::RefreshCause::Manual, now),
            Input::Extend => {
                self.activity_told_at = None;
                self.active(now);
                self.store_record(now);
            }
            Input::Activity => {
                if !self.is_asking(now) {
                    self.active(now);
                }
            }
            Input::Woke(wake) => self.woke(wake, now),
            Input::WentOffline => {
                self.offline = true;
                self.note(Happened::WentOffline);
            }
            Input::Leaving => self.leaving(now),
            Input::Left => self.left(now),
            Input::Answered { call, answer } => self.answered(call, answer, now),
            Input::Request { id, event } => self.request(id, event, now),
            Input::Socket { id, event } => self.socket(id, event, now),
            Input::HeaderToken { request, grant } => self.header_token(request, grant, now),
            Input::LockGranted => self.lock_granted(now),
            Input::Heard(message) => self.heard(message, now),
            Input::ServerDate(date) => self.server_said(date, now),
            Input::RecordChanged | Input::Timeout => {}
        }
    }

    /// Notes that the person is there, and tells the other tabs now and then. While it is not known how long they were
    /// away, no move of theirs may stand for the time before.
    fn active(&mut self, now: Moment) {
        if self.is_in_clock_doubt() {
            return;
        }
        let State::Live(live) = &mut self.state else { return };
        live.activity.last = now;
        let session = live.key;
        let interval = MAX_ACTIVITY_INTERVAL.min(self.settings.inactivity_limit / ACTIVITY_SHARE);
        if self.activity_told_at.is_none_or(|at| at + interval <= now) {
            self.activity_told_at = Some(now);
            self.broadcast(MessageBody::Activity { session, at: self.timeline.wall(now) });
        }
    }

    fn woke(&mut self, wake: Wake, now: Moment) {
        let look_again = match wake {
            Wake::Seen => false,
            // The page shows what it showed when it was left; the server knows what became of that.
            Wake::Restored => {
                self.came_back(now);
                true
            }
            Wake::Online => {
                self.offline = false;
                self.note(Happened::CameOnline);
                true
            }
        };
        self.retry_early(now);
        self.revoke_early(now);
        self.ask_clock_early(now);
        self.reconnect_early();
        let due = now - self.settings.check_interval;
        let is_unknown = self.session().is_some_and(|session| session.standing != Standing::Known);
        if (look_again || is_unknown)
            && let Some(session) = self.session_mut()
        {
            session.last_check = due;
        }
    }

    /// The commit guard: an answer counts only for the call that the present state waits for.
    fn answered(&mut self, call: CallId, answer: Answer, now: Moment) {
        match answer {
            Answer::SignIn(answer) => {
                if let Some(flight) = self.sign_in_flight()
                    && flight.call == call
                {
                    self.sign_in_answered(flight, answer, now);
                } else if let SignInAnswer::Granted(grant) = answer {
                    self.give_back(Held::granted(grant, self.asked_at(call), None), now);
                }
            }
            Answer::Refresh(answer) => match self.refresh_flight() {
                Some(flight) if flight.call == call => self.refresh_answered(flight, answer, now),
                Some(_) | None if self.is_renewing_for_sign_out(call) => {
                    self.renewed_for_sign_out(answer, now);
                }
                Some(_) | None => {
                    if let RefreshAnswer::Granted(grant) = answer {
                        self.give_back(Held::granted(grant, self.asked_at(call), None), now);
                    }
                }
            },
            Answer::Validate(answer) => {
                if self
                    .session()
                    .and_then(|it| it.validation.as_ref())
                    .is_some_and(|it| it.flight.call == call)
                {
                    self.validate_answered(answer, now);
                }
            }
            Answer::Clock(answer) => self.clock_answered(call, answer, now),
            Answer::SignOut(answer) => self.revocation_answered(call, answer, now),
        }
    }

    /// When a grant was asked for by this call, if that was not too long ago.
    fn asked_at(&self, call: CallId) -> Option<Moment> {
        self.asked.iter().find(|(asked, _)| *asked == call).map(|(_, at)| *at)
    }

    fn send(&mut self, kind: CallKind, now: Moment) -> Flight {
        self.calls += 1;
        let call = CallId(self.calls);
        if matches!(kind, CallKind::SignIn(_) | CallKind::Refresh { .. }) {
            self.asked.truncate(MOST_ASKED - 1);
            self.asked.push_front((call, now));
        }
        self.outbox.push_back(Output::Send(Call { id: call, kind }));
        Flight { call, sent_at: now }
    }

    fn next_generation(&mut self) -> Generation {
        self.generations += 1;
        Generation(self.generations)
    }

    fn live(&self) -> Option<&Live> {
        match &self.state {
            State::Live(live) => Some(live),
            State::Starting | State::SignedOut(_) => None,
        }
    }

    fn live_mut(&mut self) -> Option<&mut Live> {
        match &mut self.state {
            State::Live(live) => Some(live),
            State::Starting | State::SignedOut(_) => None,
        }
    }

    fn session(&self) -> Option<&crate::state::Session> {
        self.live().and_then(|live| live.session.as_ref())
    }

    fn session_mut(&mut self) -> Option<&mut crate::state::Session> {
        self.live_mut().and_then(|live| live.session.as_mut())
    }
}

/// Whether this can only have happened with a network.
fn shows_a_network(input: &Input) -> bool {
    match input {
        Input::Answered { answer, .. } => match answer.doubt() {
            Some(Doubt::Network | Doubt::TimedOut) => false,
            Some(Doubt::Status(_) | Doubt::Unreadable | Doubt::Gateway) | None => true,
        },
        Input::Request { event, .. } => *event == RequestEvent::Refused,
        Input::Socket { event, .. } => match event {
            SocketEvent::Opened(_) | SocketEvent::Accepted(_) | SocketEvent::Heard(_) => true,
            SocketEvent::Asked | SocketEvent::Lost(..) | SocketEvent::Settled => false,
        },
        Input::HeaderToken { .. } | Input::ServerDate(_) => true,
        Input::Start(_)
        | Input::SignIn(_)
        | Input::SignOut
        | Input::RefreshNow
        | Input::Extend
        | Input::Activity
        | Input::Woke(_)
        | Input::WentOffline
        | Input::Leaving
        | Input::Left
        | Input::LockGranted
        | Input::Heard(_)
        | Input::RecordChanged
        | Input::Timeout => false,
    }
}

/// More calls for a grant than a browser leaves unanswered at once.
const MOST_ASKED: usize = 8;

/// The other tabs learn of a person's activity often enough that their limits differ by no more than a hundredth.
const ACTIVITY_SHARE: u32 = 100;

/// And often enough that a question in one tab goes away while the person works in another.
const MAX_ACTIVITY_INTERVAL: Duration = Duration::from_secs(5);
