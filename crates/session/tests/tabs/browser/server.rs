//! A server that turns every refresh credential over, and calls one that comes back stolen.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use perennial_session::{
    Access, Account, Answer, Call, CallKind, ClockAnswer, Confirmed, Doubt, Grant, IdempotencyKey, Proof,
    RefreshAnswer, RefreshBy, Refusal, Secret, SignInAnswer, SignOutAnswer, ValidateAnswer, Wall,
};

/// What the browser keeps for the server: whose session, and which of its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    session: u64,
    number: u64,
}

pub(crate) struct Server {
    /// What it grants a refresh for.
    pub(super) by: RefreshBy,
    /// The time in the world, whatever the device's clock says.
    pub(super) now_ms: u64,
    pub(crate) mood: Mood,
    pub(crate) lifetime: Duration,
    pub(crate) session_lifetime: Option<Duration>,
    /// How long a call takes to reach it.
    pub(crate) reach_ms: u64,
    /// How long an answer takes.
    pub(crate) delay_ms: u64,
    pub(crate) tells_date: bool,
    /// Whether a call of a tab that died at once had not left yet.
    pub(crate) loses_calls_of_the_dead: bool,
    /// Whether a credential that was used is stolen whatever its key: the time in which an answer is given again is over.
    pub(crate) forgets_answers: bool,
    /// Whether answers to requests are reported at all.
    pub(crate) answers_requests: bool,
    /// What it was asked, and when.
    pub(crate) asked: Vec<Asked>,
    /// How many credentials were replaced by another; an answer that is given again replaces none.
    pub(crate) turned_over: usize,
    sessions: BTreeMap<u64, Family>,
    tokens: BTreeMap<String, Token>,
}

/// How it answers what it would otherwise answer well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// Not at all.
    Silent,
    /// The network fails before it.
    Unreachable,
    /// To refreshes only.
    RefreshLater(Duration),
    RefreshDoubt(Doubt),
}

#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) at_ms: u64,
    pub(crate) kind: CallKind,
}

struct Family {
    account: String,
    current: u64,
    /// The credential before, under which key it was turned over, and with what answer.
    previous: Option<(u64, IdempotencyKey, Grant)>,
    is_over: bool,
}

#[derive(Debug)]
struct Token {
    session: u64,
    ends_ms: u64,
}

pub(super) struct Reply {
    pub(super) answer: Answer,
    /// What becomes of the cookie, if anything does.
    pub(super) cookie: Option<Option<Cookie>>,
}

impl Server {
    pub(super) fn new(by: RefreshBy, now_ms: u64) -> Self {
        Self {
            by,
            now_ms,
            mood: Mood::Well,
            lifetime: Duration::from_secs(900),
            session_lifetime: None,
            reach_ms: 0,
            delay_ms: 20,
            tells_date: true,
            loses_calls_of_the_dead: false,
            forgets_answers: false,
            answers_requests: true,
            asked: Vec::new(),
            turned_over: 0,
            sessions: BTreeMap::new(),
            tokens: BTreeMap::new(),
        }
    }

    /// How many sessions it would still serve.
    pub(crate) fn open_sessions(&self) -> usize {
        self.sessions.values().filter(|session| !session.is_over).count()
    }

    /// A token of a session that it has served.
    pub(crate) fn any_grant(&mut self) -> Grant {
        let session = *self.sessions.keys().next().expect("a session");
        self.grant(session)
    }

    /// Somebody ends all sessions on another device.
    pub(crate) fn revoke_all(&mut self) {
        self.sessions.values_mut().for_each(|session| session.is_over = true);
    }

    pub(crate) fn refreshes(&self) -> usize {
        self.count(|kind| matches!(kind, CallKind::Refresh { .. }))
    }

    pub(crate) fn refreshes_at(&self) -> Vec<u64> {
        let is_refresh = |asked: &&Asked| matches!(asked.kind, CallKind::Refresh { .. });
        self.asked.iter().filter(is_refresh).map(|asked| asked.at_ms).collect()
    }

    pub(crate) fn count(&self, is_wanted: impl Fn(&CallKind) -> bool) -> usize {
        self.asked.iter().filter(|asked| is_wanted(&asked.kind)).count()
    }

    /// The keys of all refreshes, in order.
    pub(crate) fn keys(&self) -> Vec<IdempotencyKey> {
        let key = |asked: &Asked| match &asked.kind {
            CallKind::Refresh { key, .. } => Some(*key),
            CallKind::SignIn(_) | CallKind::Validate { .. } | CallKind::Clock | CallKind::SignOut { .. } => {
                None
            }
        };
        self.asked.iter().filter_map(key).collect()
    }

    /// No token leaves the browser after its end.
    pub(super) fn assert_fresh(&self, access: &Access) {
        // Of what somebody wrote into the store nobody knows.
        let Some(token) = access.token().and_then(|token| self.tokens.get(token.expose())) else { return };
        assert!(token.ends_ms > self.now_ms, "{token:?} leaves although it has expired");
    }

    /// How an ordinary request ends; `None` while it does not.
    pub(super) fn judge_request(&self, access: &Access) -> Option<bool> {
        let is_silent = matches!(self.mood, Mood::Silent) || !self.answers_requests;
        (!is_silent).then(|| self.session_of(access).is_some())
    }

    pub(super) fn answer(&mut self, call: &Call, cookie: Option<Cookie>) -> Option<Reply> {
        let Call { kind, .. } = call;
        if self.mood == Mood::Unreachable {
            let answer = unreachable(kind);
            return Some(Reply { answer, cookie: None });
        }
        self.asked.push(Asked { at_ms: self.now_ms, kind: kind.clone() });
        if self.mood == Mood::Silent {
            return None;
        }
        Some(match kind {
            CallKind::SignIn(form) => {
                let reply = self.sign_in(identifier(form));
                self.by_its_means(reply)
            }
            CallKind::Refresh { key, access, refresh, account: _ } => {
                let credential = self.credential(access.as_ref(), refresh.as_ref(), cookie);
                let reply = self.refresh(*key, credential);
                self.by_its_means(reply)
            }
            CallKind::Validate { access } => {
                let answer = match self.session_of(access) {
                    Some(_) => ValidateAnswer::Valid(Confirmed::default()),
                    None => ValidateAnswer::Unauthorized(Refusal::Revoked),
                };
                Reply { answer: Answer::Validate(answer), cookie: None }
            }
            CallKind::Clock => {
                let date = Wall(self.now_ms / 1_000 * 1_000);
                Reply { answer: Answer::Clock(ClockAnswer::Date(date)), cookie: None }
            }
            CallKind::SignOut { access, .. } => {
                let reply = self.sign_out(access.as_ref(), cookie);
                self.by_its_means(reply)
            }
        })
    }

    /// What a refresh is asked for with, as a cookie would say it.
    fn credential(
        &self,
        access: Option<&Access>,
        refresh: Option<&Secret>,
        cookie: Option<Cookie>,
    ) -> Option<Cookie> {
        match self.by {
            RefreshBy::Cookie => cookie,
            RefreshBy::AccessToken => {
                let session = self.tokens.get(text(access?))?.session;
                Some(Cookie { session, number: self.sessions[&session].current })
            }
            RefreshBy::RefreshToken => {
                let (session, number) = refresh?.expose().strip_prefix(REFRESH)?.split_once('-')?;
                Some(Cookie { session: session.parse().ok()?, number: number.parse().ok()? })
            }
        }
    }

    /// Where script holds the credentials there are no cookies.
    fn by_its_means(&self, reply: Reply) -> Reply {
        Reply { cookie: reply.cookie.filter(|_| self.by == RefreshBy::Cookie), ..reply }
    }

    fn sign_in(&mut self, who: &str) -> Reply {
        let number = self.sessions.len() as u64 + 1;
        let family = Family { account: who.into(), current: 1, previous: None, is_over: false };
        self.sessions.insert(number, family);
        let answer = Answer::SignIn(SignInAnswer::Granted(self.grant(number)));
        Reply { answer, cookie: Some(Some(Cookie { session: number, number: 1 })) }
    }

    fn refresh(&mut self, key: IdempotencyKey, cookie: Option<Cookie>) -> Reply {
        let refused =
            |refusal| Reply { answer: Answer::Refresh(RefreshAnswer::Refused(refusal)), cookie: Some(None) };
        match self.mood {
            Mood::RefreshLater(wait) => {
                return Reply { answer: Answer::Refresh(RefreshAnswer::Later(wait)), cookie: None };
            }
            Mood::RefreshDoubt(doubt) => {
                return Reply { answer: Answer::Refresh(RefreshAnswer::Unknown(doubt)), cookie: None };
            }
            Mood::Well | Mood::Silent | Mood::Unreachable => {}
        }
        let Some(cookie) = cookie else { return refused(Refusal::Missing) };
        let Some(family) = self.sessions.get_mut(&cookie.session) else { return refused(Refusal::Missing) };
        if family.is_over {
            return refused(Refusal::Revoked);
        }
        if self.forgets_answers && cookie.number != family.current {
            family.is_over = true;
            return refused(Refusal::Reused);
        }
        let grant = if cookie.number == family.current {
            family.current += 1;
            self.turned_over += 1;
            let grant = self.grant(cookie.session);
            self.family(cookie).previous = Some((cookie.number, key, grant.clone()));
            grant
        } else {
            match &family.previous {
                Some((number, known, grant)) if (*number, *known) == (cookie.number, key) => grant.clone(),
                Some(_) | None => panic!("a credential that was used already came back under another key"),
            }
        };
        let next = Cookie { number: self.family(cookie).current, ..cookie };
        Reply { answer: Answer::Refresh(RefreshAnswer::Granted(grant)), cookie: Some(Some(next)) }
    }

    fn family(&mut self, cookie: Cookie) -> &mut Family {
        self.sessions.get_mut(&cookie.session).expect("a cookie has a session")
    }

    /// Ends the session that it names, or else the cookie's.
    fn sign_out(&mut self, access: Option<&Access>, cookie: Option<Cookie>) -> Reply {
        let named = access.and_then(|access| self.tokens.get(text(access))).map(|token| token.session);
        let cookies = cookie.map(|cookie| cookie.session);
        if let Some(family) = named.or(cookies).and_then(|number| self.sessions.get_mut(&number)) {
            family.is_over = true;
        }
        let clears = named.is_none() || named == cookies;
        Reply { answer: Answer::SignOut(SignOutAnswer::Done), cookie: clears.then_some(None) }
    }

    fn grant(&mut self, session: u64) -> Grant {
        let access = format!("token-{}", self.tokens.len() + 1);
        let lifetime_ms = super::ms(self.lifetime);
        self.tokens.insert(access.clone(), Token { session, ends_ms: self.now_ms + lifetime_ms });
        Grant {
            access: Secret::new(access).into(),
            refresh: (self.by == RefreshBy::RefreshToken)
                .then(|| Secret::new(format!("{REFRESH}{session}-{}", self.sessions[&session].current))),
            lifetime: Some(self.lifetime),
            account: Some(account(&self.sessions[&session].account)),
            session_id: Some(format!("session-{session}")),
            session_lifetime: self.session_lifetime,
            landing: None,
            sign_out_ticket: None,
        }
    }

    fn session_of(&self, access: &Access) -> Option<u64> {
        let token = self.tokens.get(text(access)).filter(|token| token.ends_ms > self.now_ms)?;
        self.sessions.get(&token.session).filter(|family| !family.is_over).map(|_| token.session)
    }
}

const REFRESH: &str = "refresh-";

fn text(access: &Access) -> &str {
    access.token().expect("these browsers hold tokens").expose()
}

fn identifier(form: &perennial_session::SignInForm) -> &str {
    match &form.proof {
        Proof::Password { identifier, .. } => identifier.as_str(),
        Proof::Code { .. } => panic!("nobody signs in with a code here"),
    }
}

pub(crate) fn account(id: &str) -> Arc<Account> {
    Arc::new(Account { id: id.into(), name: id.into(), email: format!("{id}@example.org"), roles: None })
}

fn unreachable(kind: &CallKind) -> Answer {
    match kind {
        CallKind::SignIn(_) => Answer::SignIn(SignInAnswer::Unknown(Doubt::Network)),
        CallKind::Refresh { .. } => Answer::Refresh(RefreshAnswer::Unknown(Doubt::Network)),
        CallKind::Validate { .. } => Answer::Validate(ValidateAnswer::Unknown(Doubt::Network)),
        CallKind::Clock => Answer::Clock(ClockAnswer::Unknown(Doubt::Network)),
        CallKind::SignOut { .. } => Answer::SignOut(SignOutAnswer::Unknown(Doubt::Network)),
    }
}
