//! The world around one engine: two clocks that move when they are told to, a server that answers when it is told
//! to, and a device that remembers the record.

mod kept;
mod make;
mod rules;
mod seen;
mod sockets;

use std::{collections::BTreeMap, time::Duration};

use perennial_session::{
    Access, AccessBy, Answer, CallId, CallKind, ClockAnswer, Deadline, Ended, Engine, Grant, GrantStore,
    HeaderGrant, Input, Output, Reading, Record, RefreshAnswer, RefreshBy, Remembered, RequestEvent,
    RequestId, Secret, Settings, SharedGrant, SignInAnswer, SignOutAnswer, ValidateAnswer, Wall,
};

pub(crate) use kept::{cookie_pair, exchange, refresh_token};
pub(crate) use make::{LIFETIME, account, days, form, hours, millis, mins, record, secs, valid};
use rules::Rules;

pub(crate) struct World {
    engine: Engine,
    settings: Settings,
    monotonic_ms: u64,
    wall_ms: u64,
    deadline: Option<Deadline>,
    /// Where on the monotonic clock the deadline lies.
    deadline_ms: u64,
    /// How many timeouts in a row asked for another at once.
    spins: u32,
    outputs: Vec<Output>,
    open: BTreeMap<CallId, CallKind>,
    /// The call that the input under way answers: the engine may have given it up before it looks at the answer.
    answered: Option<CallId>,
    record: Option<Record>,
    ended: Option<Ended>,
    /// What is kept of the credentials, where the settings say so.
    pub(crate) kept: Option<SharedGrant>,
    /// Somebody else has written there.
    is_altered: bool,
    remembered: Option<Record>,
    tokens: u64,
    rules: Rules,
}

impl World {
    /// A device that has just loaded the application and has not told it anything.
    pub(crate) fn new(settings: Settings, seed: u8) -> Self {
        Self::at(settings, seed, Reading { monotonic_ms: 0, wall_ms: START_WALL_MS })
    }

    pub(crate) fn at(settings: Settings, seed: u8, reading: Reading) -> Self {
        Self {
            engine: Engine::new(settings.clone(), [seed; 32], reading),
            settings,
            monotonic_ms: reading.monotonic_ms,
            wall_ms: reading.wall_ms,
            deadline: None,
            deadline_ms: u64::MAX,
            spins: 0,
            outputs: Vec::new(),
            open: BTreeMap::new(),
            answered: None,
            record: None,
            ended: None,
            kept: None,
            is_altered: false,
            remembered: None,
            tokens: 0,
            rules: Rules::default(),
        }
    }

    /// Nobody is signed in.
    pub(crate) fn signed_out() -> Self {
        let mut world = Self::new(Settings { may_keep: true, ..Settings::default() }, 1);
        world.input(Input::Start(Remembered::Nothing));
        world
    }

    /// Somebody has just signed in with the first token, which lives for [`LIFETIME`].
    pub(crate) fn signed_in() -> Self {
        Self::signed_in_for(LIFETIME)
    }

    pub(crate) fn signed_in_for(lifetime: Duration) -> Self {
        Self::signed_in_with(Settings::default(), 1, |grant| grant.lifetime = Some(lifetime))
    }

    pub(crate) fn signed_in_with(settings: Settings, seed: u8, change: impl FnOnce(&mut Grant)) -> Self {
        let mut world = Self::new(settings, seed);
        world.input(Input::Start(Remembered::Nothing));
        world.input(Input::SignIn(form(false)));
        let mut grant = world.new_grant(LIFETIME);
        change(&mut grant);
        world.answer_sign_in(SignInAnswer::Granted(grant));
        world
    }

    /// Somebody who stays signed in on this device, so that no limit of activity cuts a long scenario short.
    pub(crate) fn kept(lifetime: Duration) -> Self {
        Self::kept_with(1, lifetime)
    }

    pub(crate) fn kept_with(seed: u8, lifetime: Duration) -> Self {
        let mut world = Self::new(Settings { may_keep: true, ..Settings::default() }, seed);
        world.input(Input::Start(Remembered::Nothing));
        world.input(Input::SignIn(form(true)));
        world.serve(lifetime);
        world
    }

    /// A page that was loaded with something to remember, and is asking the server.
    pub(crate) fn restoring(kept: bool) -> Self {
        let mut world = Self::new(Settings { may_keep: true, ..Settings::default() }, 1);
        let record = Record { kept, ..record(world.wall()) };
        world.record = Some(record);
        world.input(Input::Start(Remembered::Session(record)));
        world
    }

    /// The page is loaded again: a new engine, that knows only what the device remembers.
    pub(crate) fn restart(self) -> Self {
        let mut world = Self::new(self.settings, 2);
        world.wall_ms = self.wall_ms;
        world.engine = Engine::new(world.settings.clone(), [2; 32], world.reading());
        world.tokens = self.tokens;
        (world.record, world.ended) = (self.record, self.ended);
        (world.kept, world.is_altered) = (self.kept, self.is_altered);
        world.remembered = world.record;
        let ended = world.ended.clone().map_or(Remembered::Nothing, Remembered::Ended);
        let remembered = world.record.map_or(ended, Remembered::Session);
        world.input(Input::Start(remembered));
        world
    }

    // Time.

    pub(crate) fn reading(&self) -> Reading {
        Reading { monotonic_ms: self.monotonic_ms, wall_ms: self.wall_ms }
    }

    pub(crate) fn wall(&self) -> Wall {
        Wall(self.wall_ms)
    }

    /// Lets time pass, and wakes the engine whenever it asked for it.
    pub(crate) fn advance(&mut self, length: Duration) {
        self.advance_with(length, |_| {});
    }

    /// The same, with something that is done now and after every waking, such as answering.
    pub(crate) fn advance_with(&mut self, length: Duration, mut then: impl FnMut(&mut Self)) {
        let end = self.monotonic_ms.saturating_add(to_ms(length));
        then(self);
        while self.deadline.is_some() && self.deadline_ms <= end {
            self.pass(Duration::from_millis(self.deadline_ms.saturating_sub(self.monotonic_ms)));
            self.input(Input::Timeout);
            then(self);
        }
        self.pass(Duration::from_millis(end.saturating_sub(self.monotonic_ms)));
    }

    /// The same, with a server that answers everything at once and as one would wish.
    pub(crate) fn advance_served(&mut self, length: Duration, lifetime: Duration) {
        self.advance_with(length, |world| world.serve(lifetime));
    }

    /// Answers all open calls as one would wish.
    pub(crate) fn serve(&mut self, lifetime: Duration) {
        for _ in 0..MAX_ANSWERS {
            let Some((call, kind)) = self.open.pop_first() else { return };
            self.open.insert(call, kind.clone());
            let answer = match kind {
                CallKind::SignIn(_) => Answer::SignIn(SignInAnswer::Granted(self.new_grant(lifetime))),
                CallKind::Refresh { .. } => Answer::Refresh(RefreshAnswer::Granted(self.new_grant(lifetime))),
                CallKind::Validate { .. } => Answer::Validate(valid()),
                CallKind::SignOut { .. } => Answer::SignOut(SignOutAnswer::Done),
                CallKind::Clock => Answer::Clock(ClockAnswer::Date(self.wall())),
            };
            self.answer(call, answer);
        }
        assert!(self.open.is_empty(), "every answer causes another call: {:?}", self.open);
    }

    /// Lets time pass on both clocks while nobody wakes the engine, as in a throttled tab.
    pub(crate) fn pass(&mut self, length: Duration) {
        self.monotonic_ms = self.monotonic_ms.saturating_add(to_ms(length));
        self.wall_ms = self.wall_ms.saturating_add(to_ms(length));
        self.rules.pass(length);
    }

    /// Lets the device sleep: only the wall clock sees it, and nobody wakes the engine.
    pub(crate) fn sleep(&mut self, length: Duration) {
        self.wall_ms = self.wall_ms.saturating_add(to_ms(length));
        self.rules.pass(length);
    }

    /// Sets the wall clock back.
    pub(crate) fn set_back(&mut self, length: Duration) {
        self.wall_ms = self.wall_ms.saturating_sub(to_ms(length));
    }

    /// Puts both clocks anywhere.
    pub(crate) fn set_clocks(&mut self, reading: Reading) {
        self.monotonic_ms = reading.monotonic_ms;
        self.wall_ms = reading.wall_ms;
        self.rules.forget_time();
    }

    // What goes in.

    pub(crate) fn input(&mut self, input: Input) {
        self.rules.before(&input, &self.open);
        self.answered = None;
        if let Input::Answered { call, .. } = &input {
            self.answered = self.open.remove(call).map(|_| *call);
        }
        let is_timeout = input == Input::Timeout;
        let due = self.deadline_ms <= self.monotonic_ms;
        if self.settings.grant_store != GrantStore::None {
            self.engine.recall_grant(self.kept.clone());
        }
        self.engine.handle_input(input, self.reading());
        self.drain();
        let asks_at_once = self.deadline.is_some_and(|deadline| deadline.after.is_zero());
        self.spins = if is_timeout && due && asks_at_once { self.spins + 1 } else { 0 };
        assert!(
            self.spins < MAX_SPINS,
            "the engine asks to be woken at once, again and again: {:?}",
            self.deadline
        );
    }

    pub(crate) fn answer(&mut self, call: CallId, answer: Answer) {
        self.input(Input::Answered { call, answer });
    }

    pub(crate) fn answer_sign_in(&mut self, answer: SignInAnswer) {
        let call = self.open_call(|kind| matches!(kind, CallKind::SignIn(_)));
        self.answer(call, Answer::SignIn(answer));
    }

    pub(crate) fn answer_refresh(&mut self, answer: RefreshAnswer) {
        let (call, _) = self.open_refresh();
        self.answer(call, Answer::Refresh(answer));
    }

    pub(crate) fn answer_validation(&mut self, answer: ValidateAnswer) {
        let call = self.open_call(|kind| matches!(kind, CallKind::Validate { .. }));
        self.answer(call, Answer::Validate(answer));
    }

    pub(crate) fn answer_sign_out(&mut self, answer: SignOutAnswer) {
        let call = self.open_call(|kind| matches!(kind, CallKind::SignOut { .. }));
        self.answer(call, Answer::SignOut(answer));
    }

    /// Answers the open refresh with the next token.
    pub(crate) fn grant(&mut self, lifetime: Duration) {
        let grant = self.new_grant(lifetime);
        self.answer_refresh(RefreshAnswer::Granted(grant));
    }

    /// The next token, not yet given to anybody.
    pub(crate) fn new_grant(&mut self, lifetime: Duration) -> Grant {
        self.tokens += 1;
        let number = self.tokens;
        Grant {
            access: match self.settings.access_by {
                AccessBy::Token => Secret::new(format!("{TOKEN}{number}")).into(),
                AccessBy::Cookie => Access::Cookie,
            },
            refresh: (self.settings.refresh_by == RefreshBy::RefreshToken)
                .then(|| Secret::new(format!("{REFRESH_TOKEN}{number}"))),
            lifetime: Some(lifetime),
            account: Some(account("ada")),
            session_id: Some("session".into()),
            session_lifetime: None,
            landing: None,
            sign_out_ticket: None,
        }
    }

    pub(crate) fn ask(&mut self, id: u64) {
        self.ask_endpoint(id, &format!("GET /things/{id}"));
    }

    pub(crate) fn ask_endpoint(&mut self, id: u64, endpoint: &str) {
        self.request(id, RequestEvent::Asked { endpoint: endpoint.into() });
    }

    pub(crate) fn refuse(&mut self, id: u64) {
        self.request(id, RequestEvent::Refused);
    }

    pub(crate) fn settle(&mut self, id: u64) {
        self.request(id, RequestEvent::Settled);
    }

    pub(crate) fn request(&mut self, id: u64, event: RequestEvent) {
        self.input(Input::Request { id: RequestId(id), event });
    }

    /// An answer to this request carries the next token in its header.
    pub(crate) fn header_token(&mut self, request: u64, lifetime: Duration) {
        let grant = self.new_grant(lifetime);
        let grant = HeaderGrant {
            access: Secret::new(format!("{TOKEN}{}", self.tokens)),
            lifetime,
            account_id: grant.account.expect("whose it is").id.clone(),
            session_id: grant.session_id,
        };
        self.input(Input::HeaderToken { request: RequestId(request), grant });
    }

    fn drain(&mut self) {
        let from = self.outputs.len();
        for _ in 0..MAX_OUTPUTS {
            let output = self.engine.poll_output();
            self.judge_kept(&output);
            match &output {
                Output::Send(call) => {
                    self.open.insert(call.id, call.kind.clone());
                }
                Output::Abort(call) => {
                    let was_open = self.open.remove(call).is_some() || self.answered == Some(*call);
                    assert!(was_open, "gave up a call that had ended: {call:?}");
                }
                Output::Store(record) => self.record = Some(*record),
                Output::Forget(ended) => (self.record, self.ended) = (None, Some(ended.clone())),
                Output::Keep(grant) => self.kept = Some(SharedGrant::clone(grant)),
                Output::Discard => self.kept = None,
                Output::Timeout(deadline) => {
                    self.deadline = *deadline;
                    let after = deadline.map_or(u64::MAX, |deadline| to_ms(deadline.after));
                    self.deadline_ms = self.monotonic_ms.saturating_add(after);
                    let snapshot = self.engine.snapshot();
                    self.rules.after(&self.outputs[from..], &snapshot, &self.open);
                    self.judge_kept_after();
                    return;
                }
                Output::Broadcast(_) | Output::Lock(_) => panic!("there are no other tabs: {output:?}"),
                Output::Request(..) | Output::Socket(..) | Output::Publish(_) | Output::Say(_) => {}
            }
            self.outputs.push(output);
        }
        panic!("more than {MAX_OUTPUTS} orders from one input");
    }
}

fn to_ms(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

/// Some day in 2027.
const START_WALL_MS: u64 = 1_800_000_000_000;

const TOKEN: &str = "secret-token-";

const REFRESH_TOKEN: &str = "secret-refresh-";

const MAX_OUTPUTS: usize = 25_000;

const MAX_SPINS: u32 = 3;

/// More calls than can follow from one another.
const MAX_ANSWERS: u32 = 8;
