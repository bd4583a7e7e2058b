//! Drives the engine without a browser: what any front end, in any framework, has to do.
//!
//! The loop is the whole of it: hand a fact in, do what comes out, wait until the deadline. Here the server is a struct,
//! the store a variable and the clock jumps from deadline to deadline, so that half an hour passes at once.
//!
//! `cargo run -p perennial-session --example drive`

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::{collections::VecDeque, time::Duration};

use perennial_session::{
    Account, Answer, Call, CallKind, ClockAnswer, Confirmed, Doubt, Engine, Grant, Input, Order, Output,
    Proof, Reading, RefreshAnswer, Refusal, Remembered, RequestEvent, RequestId, Secret, Settings,
    SignInAnswer, SignInForm, SignOutAnswer, Snapshot, Status, ValidateAnswer, WORDS, Wall,
};

fn main() {
    let mut front_end = FrontEnd::new();
    front_end.load_page();
    let password = Secret::new("correct horse battery staple");
    let proof = Proof::Password { identifier: "ada@example.org".into(), password };
    front_end.tell(Input::SignIn(SignInForm { proof, keep: false }));
    front_end.ask("GET /api/devices");

    front_end.title("The server takes the token for too old: one refresh, and the request is sent again");
    front_end.run_for(Duration::from_secs(60));
    front_end.server.accepted = None;
    front_end.ask("GET /api/devices");

    front_end.title("Half an hour of work, the server down for five minutes");
    front_end.run_for(Duration::from_secs(20 * 60));
    front_end.server.is_up = false;
    front_end.run_for(Duration::from_secs(5 * 60));
    front_end.server.is_up = true;
    front_end.run_for(Duration::from_secs(5 * 60));

    front_end.title("The page is loaded again: what was stored and the server's cookie restore the session");
    front_end.load_page();
    front_end.ask("GET /api/devices");

    front_end.title("The person signs out and asks for something all the same");
    front_end.tell(Input::SignOut);
    front_end.ask("GET /api/devices");
    front_end.print_history();

    front_end.title("The page is loaded again: the end was remembered, and nobody is asked");
    front_end.load_page();
}

/// A front end: the engine, what waits to be handed to it, what the device remembers, and its two clocks.
struct FrontEnd {
    engine: Engine,
    inbox: VecDeque<Input>,
    store: Remembered,
    shown: String,
    requests: u64,
    loads: u8,
    now_ms: u64,
    deadline_ms: u64,
    server: Server,
}

impl FrontEnd {
    fn new() -> Self {
        Self {
            engine: Engine::new(Settings::default(), [0; 32], Reading { monotonic_ms: 0, wall_ms: START_MS }),
            inbox: VecDeque::new(),
            store: Remembered::Nothing,
            shown: String::new(),
            requests: 0,
            loads: 0,
            now_ms: 0,
            deadline_ms: u64::MAX,
            server: Server { is_up: true, is_signed_in: false, accepted: None, tokens: 0 },
        }
    }

    /// Steps 1 and 2 of the contract: a new engine is told what the device remembers. No token outlives the page.
    fn load_page(&mut self) {
        // A real front end draws the seed from the device's secure source.
        self.loads += 1;
        self.engine = Engine::new(Settings::default(), [self.loads; 32], self.reading());
        self.tell(Input::Start(self.store.clone()));
    }

    /// Step 3: hand the fact in, then drain.
    fn tell(&mut self, input: Input) {
        self.inbox.push_back(input);
        while let Some(input) = self.inbox.pop_front() {
            self.engine.handle_input(input, self.reading());
            loop {
                let output = self.engine.poll_output();
                if let Output::Timeout(deadline) = output {
                    self.deadline_ms =
                        deadline.map_or(u64::MAX, |deadline| self.now_ms + to_ms(deadline.after));
                    break;
                }
                self.obey(output);
            }
        }
    }

    /// Step 4: jumps from deadline to deadline; a real front end sets a timer. The person moves the mouse each minute.
    fn run_for(&mut self, length: Duration) {
        let end_ms = self.now_ms + to_ms(length);
        while self.now_ms < end_ms {
            let minute_ms = (self.now_ms / 60_000 + 1) * 60_000;
            self.now_ms = self.deadline_ms.min(minute_ms).min(end_ms);
            self.tell(if self.now_ms == minute_ms { Input::Activity } else { Input::Timeout });
        }
    }

    /// A request of the application asks before it leaves; it waits until the engine orders something.
    fn ask(&mut self, endpoint: &str) {
        self.requests += 1;
        let event = RequestEvent::Asked { endpoint: endpoint.into() };
        self.tell(Input::Request { id: RequestId(self.requests), event });
    }

    fn obey(&mut self, output: Output) {
        match output {
            Output::Send(call) => {
                if self.server.is_up {
                    // The answer's `Date`, reported just before the answer.
                    self.inbox.push_back(Input::ServerDate(Wall(START_MS + self.now_ms)));
                }
                let answer = self.server.answer(&call, self.now_ms);
                self.inbox.push_back(Input::Answered { call: call.id, answer });
            }
            Output::Request(id, order) => self.obey_for_request(id, &order),
            // Both outlive the page. Without the end the next page would try to restore a session that is over, and a
            // server that was not reached would never be told of it.
            Output::Store(record) => self.store = Remembered::Session(record),
            Output::Forget(ended) => self.store = Remembered::Ended(ended),
            // Only for a program that says that it keeps them.
            Output::Keep(_) | Output::Discard => {}
            Output::Publish(snapshot) => self.show(&snapshot),
            Output::Say(line) => {
                if let Some(said) = WORDS.say(line) {
                    self.print(&format!("console: {said}"));
                }
            }
            // Calls end at once here, nobody listens, and there are no other tabs.
            Output::Abort(_)
            | Output::Socket(..)
            | Output::Broadcast(_)
            | Output::Lock(_)
            | Output::Timeout(_) => {}
        }
    }

    fn obey_for_request(&mut self, id: RequestId, order: &Order) {
        match order {
            Order::Send(credential) | Order::Replay(credential) => {
                let token = credential.access.token().map(Secret::expose).unwrap_or_default();
                let is_accepted = self.server.accepted.as_deref() == Some(token);
                self.print(&format!("request {}, {token}: {}", id.0, if is_accepted { 200 } else { 401 }));
                // A 401 is kept until the engine says whether the caller gets it; any other answer goes to the caller.
                let event = if is_accepted { RequestEvent::Settled } else { RequestEvent::Refused };
                self.inbox.push_back(Input::Request { id, event });
            }
            Order::Deliver => self.print(&format!("request {}: the caller gets the 401", id.0)),
            Order::Fail(why) => self.print(&format!("request {}: the caller is told {why:?}", id.0)),
        }
    }

    fn show(&mut self, snapshot: &Snapshot) {
        let shown = match &snapshot.status {
            Status::Restoring => "nothing yet".into(),
            Status::SignedIn { account, .. } => format!("{}'s pages", account.name),
            Status::SignedOut { reason: None } => "the sign-in page".into(),
            Status::SignedOut { reason: Some(reason) } => format!("the sign-in page, {reason:?}"),
        };
        if shown != self.shown {
            self.print(&format!("shown: {shown}"));
            self.shown = shown;
        }
    }

    fn print_history(&self) {
        self.title("What the engine's record says since the page was loaded");
        for event in self.engine.history() {
            println!("{:>6} s  {:?}", (event.at.0 - START_MS) / 1000, event.what);
        }
    }

    fn title(&self, words: &str) {
        println!("\n{words}");
    }

    fn print(&self, words: &str) {
        println!("{:>6} s  {words}", self.now_ms / 1000);
    }

    fn reading(&self) -> Reading {
        Reading { monotonic_ms: self.now_ms, wall_ms: START_MS + self.now_ms }
    }
}

/// A server, and the cookie by which it knows who comes back.
struct Server {
    is_up: bool,
    is_signed_in: bool,
    accepted: Option<String>,
    tokens: u32,
}

impl Server {
    fn answer(&mut self, call: &Call, now_ms: u64) -> Answer {
        let doubt = Doubt::Network;
        match &call.kind {
            CallKind::SignIn(_) if !self.is_up => Answer::SignIn(SignInAnswer::Unknown(doubt)),
            CallKind::SignIn(_) => Answer::SignIn(SignInAnswer::Granted(self.grant())),
            CallKind::Refresh { .. } if !self.is_up => Answer::Refresh(RefreshAnswer::Unknown(doubt)),
            CallKind::Refresh { .. } if self.is_signed_in => {
                Answer::Refresh(RefreshAnswer::Granted(self.grant()))
            }
            CallKind::Refresh { .. } => Answer::Refresh(RefreshAnswer::Refused(Refusal::Missing)),
            CallKind::Validate { .. } if !self.is_up => Answer::Validate(ValidateAnswer::Unknown(doubt)),
            CallKind::Validate { access }
                if self.accepted.as_deref() == access.token().map(Secret::expose) =>
            {
                Answer::Validate(ValidateAnswer::Valid(Confirmed::default()))
            }
            CallKind::Validate { .. } => Answer::Validate(ValidateAnswer::Unauthorized(Refusal::Unspecified)),
            CallKind::Clock if !self.is_up => Answer::Clock(ClockAnswer::Unknown(doubt)),
            CallKind::Clock => Answer::Clock(ClockAnswer::Date(Wall(START_MS + now_ms))),
            CallKind::SignOut { .. } if !self.is_up => Answer::SignOut(SignOutAnswer::Unknown(doubt)),
            CallKind::SignOut { .. } => {
                (self.is_signed_in, self.accepted) = (false, None);
                Answer::SignOut(SignOutAnswer::Done)
            }
        }
    }

    fn grant(&mut self) -> Grant {
        self.tokens += 1;
        let token = format!("token-{}", self.tokens);
        (self.is_signed_in, self.accepted) = (true, Some(token.clone()));
        let account = Account {
            id: "1".into(),
            name: "Ada Lovelace".into(),
            email: "ada@example.org".into(),
            roles: Some(vec!["member".into()]),
        };
        Grant {
            access: Secret::new(token).into(),
            refresh: None,
            lifetime: Some(Duration::from_secs(15 * 60)),
            account: Some(account.into()),
            session_id: None,
            session_lifetime: Some(Duration::from_secs(24 * 60 * 60)),
            landing: None,
            sign_out_ticket: None,
        }
    }
}

fn to_ms(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

/// Some day in 2027.
const START_MS: u64 = 1_800_000_000_000;
