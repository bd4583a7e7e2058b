//! One person, their engine, their network and what the server knows of them.

use std::{sync::Arc, time::Duration};

use perennial_session::{
    Account, Answer, Call, CallId, CallKind, ClockAnswer, Confirmed, Doubt, Engine, Grant, Input, Output,
    Proof, Reading, RefreshAnswer, Refusal, Remembered, Secret, Settings, SignInAnswer, SignInForm,
    SignInProgress, SignOutAnswer, SignOutReason, Snapshot, Status, ValidateAnswer, Wall,
};

use crate::{
    dice::Dice,
    server::{Cookie, Issued, Server},
    setup::{DAY_MS, LEAVE_MS, PAUSE_MS, SECOND_MS, SIGN_IN_MS, Setup},
    tally::{Tally, count},
};

/// One of the fleet. Everything that is to come for it lies in it, so that it is woken when the first of these is due
/// and at no other time.
#[derive(Debug)]
pub(crate) struct Client {
    engine: Engine,
    /// When the engine wants to be woken.
    timer_ms: u64,
    /// When the person next does something.
    person_ms: u64,
    /// Answers on their way, one of each kind at most.
    coming: [Option<Coming>; 4],
    number: u32,
    dice: Dice,
    server: Server,
    cookie: Cookie,
    is_signed_in: bool,
    last_activity_ms: u64,
    leaves_ms: u64,
    /// A refresh failed in the outage, and none has succeeded since.
    is_behind: bool,
}

#[derive(Clone, Copy, Debug)]
struct Coming {
    at_ms: u64,
    call: CallId,
    kind: Kind,
    news: News,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SignIn,
    Refresh,
    Validate,
    SignOut,
}

#[derive(Clone, Copy, Debug)]
enum News {
    /// The connection was refused.
    Unreachable,
    Issued(Issued),
    Refused(Refusal),
    Valid {
        session_left_s: u64,
    },
    Done,
}

impl Client {
    pub(crate) fn new(number: u32, setup: &Setup, settings: Arc<Settings>, tally: &mut Tally) -> Self {
        let mut dice = Dice::new(setup.seed, number.into());
        let mut client = Self {
            engine: Engine::new(settings, dice.seed(), reading(0)),
            timer_ms: NEVER,
            person_ms: dice.within(SIGN_IN_MS),
            coming: [None; 4],
            number,
            dice,
            server: Server::default(),
            cookie: Cookie::default(),
            is_signed_in: false,
            last_activity_ms: 0,
            leaves_ms: 0,
            is_behind: false,
        };
        client.input(Input::Start(Remembered::Nothing), 0, setup, tally);
        client
    }

    /// Does everything that is due before this moment, in the order in which it is due.
    pub(crate) fn run_until(&mut self, end_ms: u64, setup: &Setup, tally: &mut Tally) {
        loop {
            let coming_ms = self.coming.iter().flatten().map(|it| it.at_ms).min().unwrap_or(NEVER);
            let now_ms = coming_ms.min(self.timer_ms).min(self.person_ms);
            if now_ms >= end_ms {
                return;
            }
            if now_ms == coming_ms {
                self.receive(now_ms, setup, tally);
            } else if now_ms == self.person_ms {
                self.act(now_ms, setup, tally);
            } else {
                self.input(Input::Timeout, now_ms, setup, tally);
            }
        }
    }

    /// Whether a refresh failed in the outage and none has succeeded since.
    pub(crate) fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// The person signs in or works; at the end of the day they leave everything as it is.
    fn act(&mut self, now_ms: u64, setup: &Setup, tally: &mut Tally) {
        if !self.is_signed_in {
            self.person_ms = NEVER;
            let form = SignInForm {
                proof: Proof::Password {
                    identifier: format!("person{}@example.org", self.number),
                    password: Secret::new("correct horse"),
                },
                keep: false,
            };
            return self.input(Input::SignIn(form), now_ms, setup, tally);
        }
        self.work(now_ms);
        self.input(Input::Activity, now_ms, setup, tally);
    }

    fn work(&mut self, now_ms: u64) {
        self.last_activity_ms = now_ms;
        let next_ms = now_ms + self.dice.within(PAUSE_MS);
        let tomorrow_ms = (now_ms / DAY_MS + 1) * DAY_MS;
        self.person_ms =
            if next_ms < self.leaves_ms { next_ms } else { tomorrow_ms + self.dice.within(SIGN_IN_MS) };
    }

    fn receive(&mut self, now_ms: u64, setup: &Setup, tally: &mut Tally) {
        let due = self.coming.iter_mut().find(|it| it.is_some_and(|it| it.at_ms == now_ms));
        let Some(Coming { call, kind, news, .. }) = due.and_then(Option::take) else { return };
        if let News::Issued(issued) = news {
            self.cookie = issued.cookie;
        }
        if kind == Kind::Refresh && matches!(news, News::Issued(_)) {
            tally.grants += 1;
            if self.is_behind {
                self.is_behind = false;
                let after_ms = now_ms.saturating_sub(setup.outage_ms().end);
                tally.fresh_after_ms.push(u32::try_from(after_ms).unwrap_or(u32::MAX));
            }
        }
        let answer = self.answer(kind, news, setup);
        self.input(Input::Answered { call, answer }, now_ms, setup, tally);
    }

    fn input(&mut self, input: Input, now_ms: u64, setup: &Setup, tally: &mut Tally) {
        tally.inputs += 1;
        self.engine.handle_input(input, reading(now_ms));
        loop {
            match self.engine.poll_output() {
                Output::Send(call) => self.send(call, now_ms, setup, tally),
                Output::Abort(call) => {
                    for coming in &mut self.coming {
                        coming.take_if(|it| it.call == call);
                    }
                }
                Output::Forget(ended) => self.ended(ended.reason, now_ms, tally),
                Output::Publish(snapshot) => self.see(&snapshot, now_ms, tally),
                Output::Timeout(deadline) => {
                    self.timer_ms = deadline.map_or(NEVER, |deadline| now_ms + to_ms(deadline.after));
                    return;
                }
                Output::Request(..)
                | Output::Socket(..)
                | Output::Store(_)
                | Output::Keep(_)
                | Output::Discard
                | Output::Say(_)
                | Output::Broadcast(_)
                | Output::Lock(_) => {}
            }
        }
    }

    /// The network: what reaches the server, and what comes back when.
    fn send(&mut self, call: Call, now_ms: u64, setup: &Setup, tally: &mut Tally) {
        let kind = match &call.kind {
            CallKind::SignIn(_) => Kind::SignIn,
            CallKind::Refresh { .. } => Kind::Refresh,
            CallKind::Validate { .. } | CallKind::Clock => Kind::Validate,
            CallKind::SignOut { .. } => Kind::SignOut,
        };
        match kind {
            Kind::Refresh => count(&mut tally.refreshes, now_ms),
            Kind::Validate => count(&mut tally.validations, now_ms),
            Kind::SignIn | Kind::SignOut => {}
        }
        let is_outage = setup.outage_ms().contains(&now_ms);
        self.is_behind |= is_outage && kind == Kind::Refresh;
        let (news, after_ms) = if is_outage {
            (News::Unreachable, self.dice.within(REFUSAL_MS))
        } else {
            let is_lost = self.dice.hits(setup.loss_percent);
            if is_lost && self.dice.hits(50.0) {
                return;
            }
            let news = self.ask_server(&call.kind, now_ms, setup);
            if is_lost {
                return;
            }
            (news, self.dice.within(LATENCY_MS))
        };
        self.coming[kind as usize] = Some(Coming { at_ms: now_ms + after_ms, call: call.id, kind, news });
    }

    fn ask_server(&mut self, kind: &CallKind, now_ms: u64, setup: &Setup) -> News {
        let lifetime_ms = setup.lifetime_ms();
        match kind {
            CallKind::SignIn(_) => News::Issued(self.server.sign_in(lifetime_ms, now_ms)),
            CallKind::Refresh { key, .. } => self
                .server
                .refresh(self.cookie, *key, lifetime_ms, now_ms)
                .map_or_else(News::Refused, News::Issued),
            CallKind::Validate { access } => match self.server.validate(access, now_ms) {
                Ok(session_left_s) => News::Valid { session_left_s },
                Err(refusal) => News::Refused(refusal),
            },
            CallKind::SignOut { .. } => {
                self.server.sign_out();
                News::Done
            }
            CallKind::Clock => News::Done,
        }
    }

    fn answer(&self, kind: Kind, news: News, setup: &Setup) -> Answer {
        match (kind, news) {
            (Kind::SignIn, News::Issued(issued)) => {
                Answer::SignIn(SignInAnswer::Granted(self.grant(issued, setup)))
            }
            (Kind::SignIn, _) => Answer::SignIn(SignInAnswer::Unknown(Doubt::Network)),
            (Kind::Refresh, News::Issued(issued)) => {
                Answer::Refresh(RefreshAnswer::Granted(self.grant(issued, setup)))
            }
            (Kind::Refresh, News::Refused(refusal)) => Answer::Refresh(RefreshAnswer::Refused(refusal)),
            (Kind::Refresh, _) => Answer::Refresh(RefreshAnswer::Unknown(Doubt::Network)),
            (Kind::Validate, News::Valid { session_left_s }) => {
                Answer::Validate(ValidateAnswer::Valid(Confirmed {
                    session_lifetime: Some(Duration::from_secs(session_left_s)),
                    ..Confirmed::default()
                }))
            }
            (Kind::Validate, News::Refused(refusal)) => {
                Answer::Validate(ValidateAnswer::Unauthorized(refusal))
            }
            (Kind::Validate, News::Done) => Answer::Clock(ClockAnswer::Date(Wall(0))),
            (Kind::Validate, _) => Answer::Validate(ValidateAnswer::Unknown(Doubt::Network)),
            (Kind::SignOut, News::Done) => Answer::SignOut(SignOutAnswer::Done),
            (Kind::SignOut, _) => Answer::SignOut(SignOutAnswer::Unknown(Doubt::Network)),
        }
    }

    fn grant(&self, issued: Issued, setup: &Setup) -> Grant {
        let number = self.number;
        Grant {
            access: issued.token().into(),
            refresh: None,
            lifetime: Some(setup.lifetime()),
            account: Some(Arc::new(Account {
                id: format!("{number:026}"),
                name: format!("Person {number}"),
                email: format!("person{number}@example.org"),
                roles: Some(vec!["member".into()]),
            })),
            session_id: Some(format!("{number:026}")),
            session_lifetime: Some(Duration::from_secs(issued.session_left_s)),
            landing: Some("/".into()),
            sign_out_ticket: None,
        }
    }

    /// The person looks at the page: somebody who was let in starts to work, somebody who was not tries again.
    fn see(&mut self, snapshot: &Snapshot, now_ms: u64, tally: &mut Tally) {
        let is_signed_in = matches!(snapshot.status, Status::SignedIn { .. });
        if is_signed_in && !self.is_signed_in {
            self.is_signed_in = true;
            tally.begun += 1;
            self.leaves_ms = now_ms / DAY_MS * DAY_MS + self.dice.within(LEAVE_MS);
            self.work(now_ms);
        } else if matches!(snapshot.sign_in, SignInProgress::Failed(_)) && self.person_ms == NEVER {
            self.person_ms = now_ms + SIGN_IN_AGAIN_MS;
        }
    }

    /// The order is given twice for a session whose end the server has to be told.
    fn ended(&mut self, reason: SignOutReason, now_ms: u64, tally: &mut Tally) {
        if !std::mem::take(&mut self.is_signed_in) {
            return;
        }
        let limit_ms = to_ms(Settings::default().inactivity_limit);
        if reason == SignOutReason::Inactivity && now_ms >= self.last_activity_ms + limit_ms {
            tally.ended_rightly += 1;
        } else {
            tally.ended_wrongly(reason, now_ms);
        }
    }
}

/// The clocks of every device are right and run on.
fn reading(now_ms: u64) -> Reading {
    Reading { monotonic_ms: now_ms, wall_ms: MIDNIGHT_WALL_MS + now_ms }
}

fn to_ms(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(NEVER)
}

const NEVER: u64 = u64::MAX;

/// Midnight before the first day.
const MIDNIGHT_WALL_MS: u64 = 1_800_057_600_000;

/// How long the server and the way to it and back take.
const LATENCY_MS: std::ops::Range<u64> = 20..200;

/// How long it takes to learn that nobody listens. A silent server would be kinder: whoever waits for the timeout asks
/// less often.
const REFUSAL_MS: std::ops::Range<u64> = 5..50;

const SIGN_IN_AGAIN_MS: u64 = 5 * SECOND_MS;
