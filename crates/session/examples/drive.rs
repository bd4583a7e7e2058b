//! Drives the engine without a browser: what any front end, in any framework, has to do.
//!
//! The loop is the whole of it: hand a fact in, do what comes out, wait until the deadline. Here the server is a
//! function, the store a variable and the clock jumps from deadline to deadline, so that an hour passes at once.
//!
//! `cargo run -p perennial-session --example drive`

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::{collections::VecDeque, time::Duration};

use perennial_session::{
    Account, Answer, Call, CallKind, ClockAnswer, Doubt, Engine, Grant, Input, Output, Reading, Record,
    RefreshAnswer, Remembered, RequestEvent, RequestId, Secret, Settings, SignInAnswer, SignInForm,
    SignOutAnswer, ValidateAnswer, Wall,
};

/// A front end: the engine, what it waits for, and the two clocks of the device.
struct FrontEnd {
    engine: Engine,
    inbox: VecDeque<Input>,
    store: Option<Record>,
    now_ms: u64,
    deadline_ms: u64,
    tokens: u32,
    server_is_up: bool,
}

fn main() {
    let reading = Reading { monotonic_ms: 0, wall_ms: START_MS };
    let mut front_end = FrontEnd {
        // A real front end draws the seed from the device's secure source.
        engine: Engine::new(Settings::default(), [7; 32], reading),
        inbox: VecDeque::new(),
        store: None,
        now_ms: 0,
        deadline_ms: u64::MAX,
        tokens: 0,
        server_is_up: true,
    };
    front_end.tell(Input::Start(Remembered::Nothing));
    let password = Secret::new("correct horse battery staple");
    front_end.tell(Input::SignIn(SignInForm { identifier: "ada@example.org".into(), password, keep: false }));
    front_end.tell(Input::Request {
        id: RequestId(1),
        event: RequestEvent::Asked { endpoint: "GET /api/devices".into() },
    });
    front_end.run_for(Duration::from_secs(20 * 60));
    front_end.server_is_up = false;
    front_end.run_for(Duration::from_secs(5 * 60));
    front_end.server_is_up = true;
    front_end.run_for(Duration::from_secs(5 * 60));
    front_end.tell(Input::SignOut);

    println!("\nWhat the engine's record says:");
    for event in front_end.engine.history() {
        println!("{:>6} s  {:?}", (event.at.0 - START_MS) / 1000, event.what);
    }
}

impl FrontEnd {
    /// Step 3 of the contract: hand the fact in, then drain.
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

    /// Jumps from deadline to deadline; a real front end sets a timer. The person moves the mouse each minute.
    fn run_for(&mut self, length: Duration) {
        let end_ms = self.now_ms + to_ms(length);
        while self.now_ms < end_ms {
            let minute_ms = (self.now_ms / 60_000 + 1) * 60_000;
            let wake_ms = self.deadline_ms.min(minute_ms).min(end_ms);
            let is_minute = wake_ms == minute_ms;
            self.now_ms = wake_ms;
            self.tell(if is_minute { Input::Activity } else { Input::Timeout });
        }
    }

    fn obey(&mut self, output: Output) {
        match output {
            Output::Send(call) => {
                let answer = self.server(&call);
                self.inbox.push_back(Input::Answered { call: call.id, answer });
            }
            Output::Store(record) => self.store = Some(record),
            Output::Forget(_) => self.store = None,
            Output::Say(line) => println!("{:>6} s  {line}", self.now_ms / 1000),
            Output::Request(id, order) => {
                println!("{:>6} s  request {}: {order:?}", self.now_ms / 1000, id.0)
            }
            // Calls end at once here, nothing is shown, and there are no other tabs.
            Output::Abort(_)
            | Output::Publish(_)
            | Output::Broadcast(_)
            | Output::Lock(_)
            | Output::Timeout(_) => {}
        }
    }

    fn server(&mut self, call: &Call) -> Answer {
        let doubt = Doubt::Network;
        match &call.kind {
            CallKind::SignIn(_) => Answer::SignIn(SignInAnswer::Granted(self.grant())),
            CallKind::Refresh { .. } if self.server_is_up => {
                Answer::Refresh(RefreshAnswer::Granted(self.grant()))
            }
            CallKind::Refresh { .. } => Answer::Refresh(RefreshAnswer::Unknown(doubt)),
            CallKind::Validate { .. } if self.server_is_up => {
                Answer::Validate(ValidateAnswer::Valid { account: None, session_lifetime: None })
            }
            CallKind::Validate { .. } => Answer::Validate(ValidateAnswer::Unknown(doubt)),
            CallKind::Clock => Answer::Clock(ClockAnswer::Date(Wall(START_MS + self.now_ms))),
            CallKind::SignOut { .. } => Answer::SignOut(SignOutAnswer::Done),
        }
    }

    fn grant(&mut self) -> Grant {
        self.tokens += 1;
        Grant {
            access: Secret::new(format!("token-{}", self.tokens)),
            lifetime: Some(Duration::from_secs(15 * 60)),
            account: Account {
                id: "1".into(),
                name: "Ada Lovelace".into(),
                email: "ada@example.org".into(),
                roles: vec!["member".into()],
            }
            .into(),
            session_id: None,
            session_lifetime: Some(Duration::from_secs(24 * 60 * 60)),
            landing: None,
        }
    }

    fn reading(&self) -> Reading {
        Reading { monotonic_ms: self.now_ms, wall_ms: START_MS + self.now_ms }
    }
}

fn to_ms(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

/// Some day in 2027.
const START_MS: u64 = 1_800_000_000_000;
