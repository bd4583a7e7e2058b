//! A small model of the reference backend: sessions, rotating refresh tokens, access tokens, moods.

use std::{sync::Arc, time::Duration};

use perennial_session::{
    Access, Account, Answer, ClockAnswer, Confirmed, Doubt, Grant, HeaderGrant, IdempotencyKey,
    RefreshAnswer, Refusal, Secret, SignInAnswer, SignOutAnswer, ValidateAnswer, Wall,
};

use crate::plan::{Holds, Mood, ServerSetup};

/// The refresh cookie: which session, and which of its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    pub(crate) session: usize,
    pub(crate) generation: usize,
    /// Whether it outlives the browser.
    pub(crate) kept: bool,
}

/// What the server is asked.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    SignIn { account: u8, keep: bool, right_password: bool },
    Refresh { key: IdempotencyKey },
    Validate { token: Option<usize> },
    Clock,
    SignOut { token: Option<usize>, ticket: Option<usize> },
    Request { token: Option<usize>, stubborn: bool },
}

/// What it answers.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    Call(Answer),
    /// To a request of the application; no status where the network failed.
    Request {
        status: Option<u16>,
        fresh: Option<HeaderGrant>,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) said: Said,
    /// `Some(None)` clears the cookie.
    pub(crate) set_cookie: Option<Option<Cookie>>,
    /// The access token that comes in a cookie as well.
    pub(crate) access: Option<usize>,
    pub(crate) date: Option<Wall>,
}

#[derive(Clone, Debug)]
pub(crate) struct ServerSession {
    pub(crate) account: u8,
    pub(crate) kept: bool,
    pub(crate) expires_at: u64,
    pub(crate) revoked: Option<Refusal>,
    /// One entry for each refresh token that was superseded: by which attempt, and when.
    pub(crate) superseded: Vec<(IdempotencyKey, u64)>,
    /// When each refresh token was made.
    pub(crate) made_at: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) session: usize,
    pub(crate) made_at: u64,
    pub(crate) expires_at: u64,
    pub(crate) epoch: u32,
}

/// What the rules want to know of a refresh.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rotation {
    Rotated,
    Repeated {
        cookie: Cookie,
    },
    /// A superseded token came back, without excuse.
    Stolen {
        cookie: Cookie,
    },
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) setup: ServerSetup,
    pub(crate) accounts: [Arc<Account>; 2],
    pub(crate) sessions: Vec<ServerSession>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) epoch: u32,
    pub(crate) mood: Option<Mood>,
    pub(crate) last_rotation: Option<Rotation>,
}

impl Server {
    pub(crate) fn new(setup: ServerSetup) -> Self {
        Self {
            setup,
            accounts: ["ada", "bob"].map(|id| {
                Arc::new(Account { id: id.into(), name: id.into(), email: id.into(), roles: None })
            }),
            sessions: Vec::new(),
            tokens: Vec::new(),
            epoch: 0,
            mood: None,
            last_rotation: None,
        }
    }

    /// Answers, after a mood has had its way. `true_wall` is what a right clock says.
    pub(crate) fn answer(
        &mut self,
        question: &Question,
        cookie: Option<Cookie>,
        now: u64,
        true_wall: u64,
    ) -> Response {
        self.last_rotation = None;
        let mut response = match self.mood {
            Some(Mood::Later { s }) if matches!(question, Question::Refresh { .. }) => {
                Response::of(Said::Call(Answer::Refresh(RefreshAnswer::Later(Duration::from_secs(s)))))
            }
            Some(Mood::Status(status)) => Response::of(doubtful(question, Doubt::Status(status))),
            Some(Mood::Garbage) => Response::of(doubtful(question, Doubt::Unreadable)),
            Some(Mood::Gateway) => Response::of(doubtful(question, Doubt::Gateway)),
            Some(Mood::StatusAfter(status)) => {
                self.act(question, cookie, now);
                Response::of(doubtful(question, Doubt::Status(status)))
            }
            Some(Mood::Later { .. } | Mood::Slow { .. } | Mood::Down) | None => {
                self.act(question, cookie, now)
            }
        };
        if self.setup.has_date {
            // Whole seconds.
            let date = Wall(true_wall / 1_000 * 1_000);
            response.date = Some(date);
            if matches!(question, Question::Clock) {
                response.said = Said::Call(Answer::Clock(ClockAnswer::Date(date)));
            }
        }
        response
    }

    pub(crate) fn is_valid(&self, session: usize, now: u64) -> bool {
        let session = &self.sessions[session];
        session.revoked.is_none() && session.expires_at >= now + 1_000
    }

    fn act(&mut self, question: &Question, cookie: Option<Cookie>, now: u64) -> Response {
        match question {
            Question::SignIn { right_password: false, .. } => {
                Response::of(Said::Call(Answer::SignIn(SignInAnswer::WrongCredentials)))
            }
            Question::SignIn { account, keep, .. } => self.sign_in(*account, *keep, now),
            Question::Refresh { key } => self.refresh(cookie, *key, now),
            Question::Validate { token } => {
                let mut answer = self.validate(*token, now);
                if let ValidateAnswer::Unauthorized(why) = &mut answer
                    && self.setup.says_nobody
                {
                    *why = Refusal::Unspecified;
                }
                Response::of(Said::Call(Answer::Validate(answer)))
            }
            Question::Clock => Response::of(doubtful(question, Doubt::Unreadable)),
            Question::SignOut { token, ticket } => self.sign_out((*token, *ticket), cookie, now),
            Question::Request { token, stubborn } => self.request(*token, *stubborn, now),
        }
    }

    fn sign_in(&mut self, account: u8, kept: bool, now: u64) -> Response {
        let length_s = if kept { self.setup.kept_session_s } else { self.setup.session_s };
        self.sessions.push(ServerSession {
            account,
            kept,
            expires_at: now + length_s * 1_000,
            revoked: None,
            superseded: Vec::new(),
            made_at: vec![now],
        });
        let cookie = Cookie { session: self.sessions.len() - 1, generation: 0, kept };
        let grant = self.grant(cookie.session, now);
        self.handing_over(cookie, grant, |grant| Answer::SignIn(SignInAnswer::Granted(grant)))
    }

    fn refresh(&mut self, cookie: Option<Cookie>, key: IdempotencyKey, now: u64) -> Response {
        let answer = |answer| Response::of(Said::Call(Answer::Refresh(answer)));
        let nothing = if self.setup.holds.is_by_script() { Refusal::Unspecified } else { Refusal::Missing };
        let Some(cookie) = cookie else { return answer(RefreshAnswer::Refused(nothing)) };
        let setup = &self.setup;
        let session = &mut self.sessions[cookie.session];
        if let Some(why) = session.revoked {
            return answer(RefreshAnswer::Refused(why));
        }
        if session.expires_at < now + 1_000 {
            return answer(RefreshAnswer::Refused(Refusal::Expired));
        }
        let current = session.superseded.len();
        let mut successor = cookie;
        let is_repeat_of =
            |(by, at): &(IdempotencyKey, u64)| *by == key && now < at + setup.idempotency_window_ms;
        // The key that made this token: the answer had come in another tab before this one asked.
        let made_it = cookie.generation > 0 && is_repeat_of(&session.superseded[cookie.generation - 1]);
        if let Some(rotation) = session.superseded.get(cookie.generation) {
            let is_previous = cookie.generation + 1 == current;
            let at = rotation.1;
            match (is_previous, is_repeat_of(rotation)) {
                (true, true) => {}
                (false, true) => return answer(RefreshAnswer::Unknown(Doubt::Status(409))),
                (true, false) if now < at + setup.overlap_ms => {}
                (_, false) if made_it => return answer(RefreshAnswer::Unknown(Doubt::Status(409))),
                (_, false) => {
                    session.revoked = Some(Refusal::Reused);
                    self.last_rotation = Some(Rotation::Stolen { cookie });
                    return answer(RefreshAnswer::Refused(Refusal::Reused));
                }
            }
            self.last_rotation = Some(Rotation::Repeated { cookie });
        } else if made_it {
            let cookie = Cookie { generation: cookie.generation - 1, ..cookie };
            self.last_rotation = Some(Rotation::Repeated { cookie });
        } else if matches!(setup.holds, Holds::AccessToken | Holds::LastingToken) {
            self.last_rotation = Some(Rotation::Rotated);
        } else {
            session.superseded.push((key, now));
            session.made_at.push(now);
            self.last_rotation = Some(Rotation::Rotated);
        }
        successor.generation = self.sessions[cookie.session].superseded.len();
        let grant = self.grant(cookie.session, now);
        self.handing_over(successor, grant, |grant| Answer::Refresh(RefreshAnswer::Granted(grant)))
    }

    /// Gives what a refresh is granted for in a cookie or to script, and access in a cookie where it is not to script.
    fn handing_over(&self, cookie: Cookie, mut grant: Grant, says: impl Fn(Grant) -> Answer) -> Response {
        let holds = self.setup.holds;
        grant.refresh = match holds {
            Holds::LastingToken if cookie.generation > 0 => None,
            Holds::LastingToken | Holds::SingleToken => Some(refresh_text(cookie)),
            Holds::Cookie | Holds::CookiePair | Holds::AccessToken => None,
        };
        let mut access = None;
        if holds == Holds::CookiePair {
            access = token_number(&grant.access);
            grant.access = Access::Cookie;
        }
        let set_cookie = (!holds.is_by_script()).then_some(Some(cookie));
        Response { set_cookie, access, ..Response::of(Said::Call(says(grant))) }
    }

    fn validate(&self, token: Option<usize>, now: u64) -> ValidateAnswer {
        let Some(token) = token else { return ValidateAnswer::Unauthorized(Refusal::Missing) };
        match self.refusal(token, now) {
            Some(why) => ValidateAnswer::Unauthorized(why),
            None => {
                let Token { session, expires_at, .. } = self.tokens[token];
                let session = &self.sessions[session];
                let tells = self.setup.holds == Holds::CookiePair && self.setup.tells_lifetime;
                ValidateAnswer::Valid(Confirmed {
                    account: Some(self.account(session.account)),
                    lifetime: tells.then(|| Duration::from_secs((expires_at - now) / 1_000)),
                    session_lifetime: Some(Duration::from_secs((session.expires_at - now) / 1_000)),
                    ..Confirmed::default()
                })
            }
        }
    }

    /// A ticket counts before all else. One that is shown for a session that is over has done what it is for.
    fn sign_out(
        &mut self,
        (token, ticket): (Option<usize>, Option<usize>),
        cookie: Option<Cookie>,
        now: u64,
    ) -> Response {
        let (epoch, is_exacting) = (self.epoch, self.setup.is_exacting);
        let token = token.map(|token| self.tokens[token]);
        let is_refused = |it: &Token| it.epoch != epoch || (is_exacting && it.expires_at <= now);
        let bearers = ticket.or(token.filter(|it| !is_refused(it)).map(|it| it.session));
        if is_exacting && bearers.is_none() && token.as_ref().is_some_and(is_refused) {
            return Response::of(Said::Call(Answer::SignOut(SignOutAnswer::NoSession { status: 401 })));
        }
        let cookies = cookie.map(|cookie| cookie.session);
        let named = bearers.or(cookies);
        if let Some(session) = named {
            self.sessions[session].revoked.get_or_insert(Refusal::Revoked);
        }
        if named.is_none() {
            return Response::of(Said::Call(Answer::SignOut(SignOutAnswer::NoSession { status: 404 })));
        }
        let clears = cookies.is_none_or(|session| named == Some(session)) && !self.setup.holds.is_by_script();
        Response {
            set_cookie: clears.then_some(None),
            ..Response::of(Said::Call(Answer::SignOut(SignOutAnswer::Done)))
        }
    }

    fn request(&mut self, token: Option<usize>, stubborn: bool, now: u64) -> Response {
        let refused = Response::of(Said::Request { status: Some(401), fresh: None });
        let Some(token) = token else { return refused };
        if stubborn || self.refusal(token, now).is_some() {
            return refused;
        }
        let Token { session, made_at, expires_at, .. } = self.tokens[token];
        let left_ms = expires_at - now;
        let is_due = left_ms < 300_000.min((expires_at - made_at) / 5);
        let mut fresh = None;
        if self.setup.header_tokens && is_due {
            let grant = self.grant(session, now);
            let lives_ms = grant.lifetime.map_or(0, |it| u64::try_from(it.as_millis()).unwrap_or(0));
            fresh = (now + lives_ms > expires_at && lives_ms > 0).then(|| HeaderGrant {
                access: grant.access.token().expect("a token").clone(),
                lifetime: Duration::from_millis(lives_ms),
                account_id: grant.account.as_ref().expect("whose it is").id.clone(),
                session_id: grant.session_id,
            });
        }
        Response::of(Said::Request { status: Some(200), fresh })
    }

    /// Why a token is not good, if it is not.
    pub(crate) fn refusal(&self, token: usize, now: u64) -> Option<Refusal> {
        let token = self.tokens[token];
        let session = &self.sessions[token.session];
        if token.epoch != self.epoch || token.expires_at <= now {
            return Some(Refusal::Unspecified);
        }
        session.revoked.or((session.expires_at < now + 1_000).then_some(Refusal::Expired))
    }

    pub(crate) fn account(&self, number: u8) -> Arc<Account> {
        self.accounts[usize::from(number)].clone()
    }

    fn grant(&mut self, session: usize, now: u64) -> Grant {
        let left_s = (self.sessions[session].expires_at - now) / 1_000;
        let lifetime_s = self.setup.lifetime_s.min(left_s);
        self.tokens.push(Token {
            session,
            made_at: now,
            expires_at: now + lifetime_s * 1_000,
            epoch: self.epoch,
        });
        Grant {
            access: Secret::new(format!("{SECRET}{}", self.tokens.len() - 1)).into(),
            refresh: None,
            lifetime: self.setup.tells_lifetime.then_some(Duration::from_secs(lifetime_s)),
            account: Some(self.account(self.sessions[session].account)),
            session_id: Some(session.to_string()),
            session_lifetime: Some(Duration::from_secs(left_s)),
            landing: None,
            sign_out_ticket: self
                .setup
                .has_tickets
                .then(|| Secret::new(format!("{SECRET}{TICKET}{session}"))),
        }
    }
}

impl Response {
    pub(crate) fn of(said: Said) -> Self {
        Self { said, set_cookie: None, access: None, date: None }
    }
}

/// An answer from which nothing follows.
pub(crate) fn doubtful(question: &Question, why: Doubt) -> Said {
    Said::Call(match question {
        Question::SignIn { .. } => Answer::SignIn(SignInAnswer::Unknown(why)),
        Question::Refresh { .. } => Answer::Refresh(RefreshAnswer::Unknown(why)),
        Question::Validate { .. } => Answer::Validate(ValidateAnswer::Unknown(why)),
        Question::Clock => Answer::Clock(ClockAnswer::Unknown(why)),
        Question::SignOut { .. } => Answer::SignOut(SignOutAnswer::Unknown(why)),
        Question::Request { .. } => {
            let status = match why {
                Doubt::Status(status) => Some(status),
                // A page of a gateway is told apart before the engine hears of it.
                Doubt::Unreadable | Doubt::Gateway => Some(200),
                Doubt::Network | Doubt::TimedOut => None,
            };
            return Said::Request { status, fresh: None };
        }
    })
}

/// The number of an access token that the server made.
pub(crate) fn token_number(access: &Access) -> Option<usize> {
    access.token()?.expose().strip_prefix(SECRET)?.parse().ok()
}

/// The session that a ticket ends.
pub(crate) fn ticket_number(ticket: &Secret) -> Option<usize> {
    ticket.expose().strip_prefix(SECRET)?.strip_prefix(TICKET)?.parse().ok()
}

/// A refresh token as script holds it.
fn refresh_text(cookie: Cookie) -> Secret {
    Secret::new(format!("{REFRESH}{}-{}-{}", cookie.session, cookie.generation, u8::from(cookie.kept)))
}

/// What a refresh token that the server made says.
pub(crate) fn parse_refresh(refresh: &Secret) -> Option<Cookie> {
    let mut parts = refresh.expose().strip_prefix(REFRESH)?.split('-');
    let mut number = || parts.next()?.parse::<usize>().ok();
    Some(Cookie { session: number()?, generation: number()?, kept: number()? == 1 })
}

const REFRESH: &str = "secret-refresh-";

/// Every credential begins so, and nothing else does.
pub(crate) const SECRET: &str = "secret-";

const TICKET: &str = "ticket-";
