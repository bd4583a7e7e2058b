//! What must hold after every step, judged by a reference far simpler than the engine: it knows what the person truly
//! did, what the server truly holds and which faults there were.

mod coordination;
mod ends;
mod requests;
mod rule;
mod sockets;
mod tokens;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use perennial_session::{
    Answer, CallId, Health, Input, Line, Message, MessageBody, RefreshAnswer, Refusal, SessionKey,
    SignInAnswer, SignOutReason, Snapshot, SocketId, Status, ValidateAnswer, Wall,
};

use crate::{
    server::{Cookie, Question, SECRET, Server, token_number},
    tab::Fetch,
    world::World,
};

pub(crate) use rule::{Broken, Rule};

/// What the reference remembers.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// By the server's number of the session.
    truths: Vec<Truth>,
    /// The server's session under each of the engines' keys.
    keys: BTreeMap<SessionKey, usize>,
    ended_keys: BTreeMap<SessionKey, Spread>,
    /// What tabs ended, and why.
    ends_told: Vec<(SessionKey, SignOutReason)>,
    /// From when until when each token lives at the latest, as far as was ever said.
    token_lives: BTreeMap<usize, Range<u64>>,
    /// The tokens that were refused.
    refused: BTreeSet<usize>,
    /// Since when nothing has kept the tabs from acting as one.
    pub(crate) together_since: u64,
    /// When there last was a reason to refresh before the time.
    pub(crate) cause_at: u64,
    pub(crate) stepped_at: Option<u64>,
    /// When the wall clock was set, and by how much.
    pub(crate) steps: Vec<(u64, i64)>,
    pub(crate) later_until: u64,
    pub(crate) store_bad_at: Option<u64>,
    was_cleared: bool,
    /// The server's session that a ticket was left for.
    tickets: BTreeMap<SessionKey, usize>,
    later_told_at: u64,
    pub(crate) granted_at: u64,
    later_session: Option<usize>,
    window_from: u64,
    window_messages: u64,
    window_inputs: u64,
    window_writes: u64,
    // About the input under way.
    pub(crate) is_timeout: bool,
    pub(crate) answered: Option<CallId>,
    /// The call under that number was given up before its answer was looked at.
    pub(crate) has_given_up: bool,
    pub(crate) cookie_of_answer: Option<Cookie>,
    pub(crate) token_of_answer: Option<usize>,
    /// When each refresh token that script holds first reached a tab.
    pub(crate) delivered: BTreeMap<(usize, usize), u64>,
    /// When somebody first wrote into the store in which grants are kept.
    pub(crate) tampered_at: Option<u64>,
    /// A token was to be exchanged whose key the server had lost.
    pub(crate) lost_keys: bool,
    /// The token that is kept, and when it was asked for, as the tab reads it.
    pub(crate) kept_news: Option<(usize, Wall)>,
    cause: Cause,
    /// The person does something; whether it answers the question whether they are there.
    touch: Option<bool>,
    /// The token that the input brings.
    pub(crate) news: Option<usize>,
    turn: sockets::Turn,
    /// Nobody listens to it any more.
    pub(crate) settled: Option<(usize, SocketId)>,
    /// A connection that served it was closed; its end would explain that.
    unexplained_close: Option<(usize, SocketId)>,
}

/// What is true of one session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Truth {
    /// The last activity that every tab can know of that was there.
    shared_activity: u64,
    /// The last activity that was or will be written down.
    stored_activity: u64,
    /// The last activity, whoever knows of it.
    last_touch: u64,
    pub(crate) revoked_elsewhere: bool,
    /// A refresh token whose successor was lost came back when it was too late.
    pub(crate) honestly_stolen: bool,
    /// Two answers brought cookies, and the older one came last: only a lock prevents that.
    pub(crate) is_cookie_stale: bool,
    ended: Option<Spread>,
    reasons: Vec<SignOutReason>,
}

/// When a session ended, and how the other tabs can learn of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    at: u64,
    by: usize,
    by_store: bool,
    by_channel: bool,
    key: SessionKey,
}

/// What an input may be the cause of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Cause {
    #[default]
    Other,
    SignOut,
    Refused(Refusal),
    Told,
}

impl Spread {
    pub(crate) fn at(&self) -> u64 {
        self.at
    }
}

impl Rules {
    pub(crate) fn truth(&mut self, session: usize) -> &mut Truth {
        if self.truths.len() <= session {
            self.truths.resize(session + 1, Truth::default());
        }
        &mut self.truths[session]
    }

    /// So many things come at once that were said one by one.
    pub(crate) fn allow(&mut self, inputs: usize, now: u64) {
        (self.window_from, self.window_messages, self.window_writes) = (now, 0, 0);
        self.window_inputs += 2 * inputs as u64;
    }

    /// What is known by the store is not known by it any more.
    pub(crate) fn store_cleared(&mut self) {
        self.was_cleared = true;
        self.truths.iter_mut().for_each(|truth| truth.stored_activity = 0);
        for spread in
            self.truths.iter_mut().filter_map(|it| it.ended.as_mut()).chain(self.ended_keys.values_mut())
        {
            spread.by_store = false;
        }
    }

    pub(crate) fn end_of(&self, session: SessionKey) -> Option<Spread> {
        self.ended_keys.get(&session).copied()
    }

    pub(crate) fn has_ended_key(&self, session: SessionKey) -> bool {
        self.ended_keys.contains_key(&session)
    }

    pub(crate) fn token_refused(&mut self, token: usize) {
        self.refused.insert(token);
    }

    pub(crate) fn session_of_sign_out(&self, fetch: &Fetch, server: &Server) -> Option<usize> {
        match fetch.question {
            Question::SignOut { ticket: Some(session), .. } => Some(session),
            Question::SignOut { token: Some(token), .. } => Some(server.tokens[token].session),
            Question::SignOut { token: None, .. } => fetch.cookie.map(|cookie| cookie.session),
            Question::SignIn { .. }
            | Question::Refresh { .. }
            | Question::Validate { .. }
            | Question::Clock
            | Question::Request { .. } => None,
        }
    }
}

impl World<'_> {
    #[cold]
    #[inline(never)]
    pub(crate) fn fail_rule(&mut self, rule: Rule, how: impl FnOnce() -> String) {
        if self.broken.is_none() {
            let how = how();
            self.note(|| format!("!!!! {rule}: {how}"));
            self.broken = Some(Broken { rule, how, at_ms: self.now });
        }
    }

    /// Looks at an input before the engine does.
    pub(crate) fn before(&mut self, tab: usize, input: &Input) {
        self.rules.is_timeout = matches!(input, Input::Timeout);
        if !matches!(input, Input::Timeout | Input::ServerDate(_)) {
            self.rules.answered = None;
        }
        self.rules.news = None;
        self.rules.cause = Cause::Other;
        self.rules.turn = sockets::Turn::default();
        self.tabs[tab].seen.has_heard |= matches!(input, Input::Answered { .. } | Input::Heard(_));
        match input {
            Input::Answered { call, answer } => {
                self.rules.answered = Some(*call);
                self.before_answer(answer);
            }
            Input::Heard(Message { body, .. }) => {
                self.rules.cause = Cause::Told;
                if let MessageBody::Granted(shared) = body {
                    self.rules.news = self.number_of(&shared.access);
                }
            }
            Input::HeaderToken { grant, .. } => {
                self.rules.news = token_number(&grant.access.clone().into());
            }
            Input::SignOut => self.rules.cause = Cause::SignOut,
            Input::Activity | Input::Extend => {
                self.rules.touch = Some(matches!(input, Input::Extend));
            }
            Input::Start(_)
            | Input::SignIn(_)
            | Input::RefreshNow
            | Input::Woke(_)
            | Input::WentOffline
            | Input::Leaving
            | Input::Left
            | Input::Request { .. }
            | Input::Socket { .. }
            | Input::LockGranted
            | Input::RecordChanged
            | Input::ServerDate(_)
            | Input::Timeout => {}
        }
        let is_silent = matches!(input, Input::Timeout | Input::RecordChanged | Input::Socket { .. });
        if self.rules.cause != Cause::Told && !is_silent {
            self.rules.window_inputs += 1;
        }
    }

    fn before_answer(&mut self, answer: &Answer) {
        match answer {
            Answer::SignIn(SignInAnswer::Granted(grant)) | Answer::Refresh(RefreshAnswer::Granted(grant)) => {
                self.rules.news = token_number(&grant.access).or(self.rules.token_of_answer);
            }
            Answer::Refresh(RefreshAnswer::Refused(why))
            | Answer::Validate(ValidateAnswer::Unauthorized(why)) => {
                self.rules.cause = Cause::Refused(*why);
            }
            Answer::SignIn(_)
            | Answer::Refresh(_)
            | Answer::Validate(_)
            | Answer::Clock(_)
            | Answer::SignOut(_) => {}
        }
    }

    pub(crate) fn after_feed(&mut self, tab: usize) {
        if !self.rules.is_timeout {
            self.tabs[tab].seen.spins = 0;
        }
        if self.rules.news.is_some() {
            self.tabs[tab].seen.last_news = self.rules.news;
        }
        if let Some(is_answer) = self.rules.touch.take() {
            let is_asked = self.tabs[tab].snapshot.inactivity_ends.is_some();
            self.touch(tab, is_answer || !is_asked);
        }
        if self.tabs[tab].snapshot.health == Health::Resting {
            self.judge_rest(tab);
        }
    }

    /// A timer that asks for another at once.
    pub(crate) fn spins(&mut self, tab: usize) {
        self.tabs[tab].seen.spins += 1;
        if self.tabs[tab].seen.spins > MOST_SPINS {
            self.fail_rule(Rule::Bounded, || format!("tab {tab} asks to be woken at once, again and again"));
        }
    }

    /// Takes note of what a tab shows.
    pub(crate) fn show(&mut self, tab: usize, snapshot: Snapshot) {
        let account_shown = match &snapshot.status {
            Status::SignedIn { account, .. } => [&account.id, &account.name, &account.email]
                .into_iter()
                .chain(account.roles.iter().flatten())
                .any(|text| text.contains(SECRET)),
            Status::Restoring | Status::SignedOut { .. } => false,
        };
        if account_shown {
            self.fail_rule(Rule::Secret, || format!("tab {tab} shows {snapshot:?}"));
        }
        let old = std::mem::replace(&mut self.tabs[tab].snapshot, snapshot);
        let was_in = matches!(old.status, Status::SignedIn { .. });
        match self.tabs[tab].snapshot.status {
            Status::SignedIn { .. } => {
                if !was_in {
                    self.judge_vouched(tab);
                }
                let is_new = (old.token_from, old.token_until)
                    != (self.tabs[tab].snapshot.token_from, self.tabs[tab].snapshot.token_until);
                if is_new || !was_in {
                    self.takes_token(tab);
                }
                self.judge_question(tab);
            }
            Status::Restoring => {
                if old.status != Status::Restoring {
                    self.tabs[tab].seen.restoring_since = self.now;
                }
            }
            Status::SignedOut { reason } => {
                if !matches!(old.status, Status::SignedOut { .. }) {
                    self.judge_shown_end(tab, reason, was_in);
                    self.judge_given_up(tab, reason);
                    self.tabs[tab].seen.session = None;
                    self.tabs[tab].seen.token = None;
                    self.tabs[tab].seen.restores = None;
                    self.tabs[tab].seen.later_until = 0;
                }
            }
        }
    }

    pub(crate) fn judge_line(&mut self, line: Line) {
        if self.trace.is_some() && format!("{line:?}").contains(SECRET) {
            self.fail_rule(Rule::Secret, || format!("the console says {line:?}"));
        }
    }

    pub(crate) fn judge_broadcast(&mut self, tab: usize, message: &Message) {
        self.stats.messages += 1;
        if !self.plan.setup.settings.tabs.has_channel {
            self.fail_rule(Rule::Contract, || format!("tab {tab} speaks where nobody hears"));
        }
        let most = self.most_in_window();
        self.rules.window_messages += 1;
        if self.rules.window_messages > most {
            self.fail_rule(Rule::Storm, || {
                format!("more than twenty messages per tab in a second, such as {message:?}")
            });
        }
    }

    pub(super) fn count_write(&mut self, tab: usize) {
        self.stats.writes += 1;
        let most = self.most_in_window();
        self.rules.window_writes += 1;
        if self.rules.window_writes > most {
            self.fail_rule(Rule::Storm, || {
                format!("more than twenty writes per tab in a second, the last by tab {tab}")
            });
        }
    }

    /// How many messages or writes there may be in one second.
    fn most_in_window(&mut self) -> u64 {
        if self.now >= self.rules.window_from + 1_000 {
            self.rules.window_from = self.now;
            self.rules.window_messages = 0;
            self.rules.window_writes = 0;
            self.rules.window_inputs = 0;
        }
        let tabs = self.tabs.iter().filter(|tab| tab.is_open).count() as u64;
        20 + 20 * tabs + 2 * self.rules.window_inputs
    }

    /// Looks at everything, now and then.
    pub(crate) fn sweep(&mut self) {
        for tab in 0..self.tabs.len() {
            if self.tabs[tab].is_running() && self.device.asleep_until.is_none() {
                self.sweep_ends(tab);
                self.sweep_requests(tab);
            }
        }
        self.sweep_kept();
    }

    /// All faults have stopped for long enough.
    pub(crate) fn check_end(&mut self) {
        self.sweep();
        let running: Vec<usize> = (0..self.tabs.len()).filter(|tab| self.tabs[*tab].is_running()).collect();
        for tab in &running {
            let it = &self.tabs[*tab];
            let status = it.snapshot.status.clone();
            if status == Status::Restoring {
                self.fail_rule(Rule::NotFresh, || format!("tab {tab} still does not know who is there"));
            } else if it.is_signed_in() && it.seen.probe.is_some() && !it.seen.probe_answered {
                self.fail_rule(Rule::NotFresh, || {
                    format!("tab {tab} is signed in, but its request was not answered")
                });
            }
        }
        for tab in &running {
            self.check_watches(*tab);
        }
        self.check_agreement(&running);
    }

    fn check_agreement(&mut self, running: &[usize]) {
        let mut shown = running.iter().map(|tab| {
            let tab = &self.tabs[*tab];
            // Two sign-ins of one person at once may leave two sessions of theirs behind.
            let session = tab.seen.session.filter(|_| tab.is_signed_in());
            session.map(|session| self.server.sessions[session].account)
        });
        let Some(first) = shown.next() else { return };
        // A tab that finds an emptied store asks nobody: on this device nobody is signed in.
        if !self.rules.was_cleared && !self.may_find_nothing() && shown.any(|other| other != first) {
            let all: Vec<_> = running
                .iter()
                .map(|tab| (*tab, self.tabs[*tab].is_signed_in(), self.tabs[*tab].seen.session))
                .collect();
            self.fail_rule(Rule::NotAgreed, || format!("tab, signed in, session: {all:?}"));
        }
    }
}

/// How often in a row a timer may ask for another at once.
const MOST_SPINS: u32 = 3;
