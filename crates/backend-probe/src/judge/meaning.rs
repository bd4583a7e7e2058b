//! What the application reads in an answer, and whether that is what it should read.
//!
//! Nobody is signed in and nothing that was shown is good, so every answer should be a refusal in words that the
//! configuration knows. What is read is for [`Dialect::answer`] to say; here it is only held against that.

use perennial_dialect::{Dialect, SignInBy, answers::WireAnswer, json};
use perennial_session::{
    Answer, CallKind, ClockAnswer, Doubt, RefreshAnswer, SignInAnswer, SignOutAnswer, ValidateAnswer,
};
use serde_json::Value;

use crate::{
    call::Call,
    exchange::Incoming,
    finding::{Said, note, problem},
    quote,
};

/// What an answer is to the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// In a few words.
    pub(crate) read_as: String,
    /// What is to be said of it.
    pub(crate) said: Vec<Said>,
}

/// One answer, and all that is known of what was asked.
#[derive(Clone, Copy)]
pub(crate) struct Answered<'a> {
    pub(crate) dialect: &'a Dialect,
    pub(crate) call: Call,
    /// The method and the address.
    pub(crate) asked: (&'a str, &'a str),
    pub(crate) answer: &'a Incoming,
}

/// Reads an answer; `wire` is as much of it as script sees.
pub(crate) fn of_answer(answered: &Answered<'_>, kind: &CallKind, wire: &WireAnswer) -> Meaning {
    let read = answered.dialect.answer(kind, wire);
    let mut meaning = match read {
        Answer::SignIn(read) => answered.sign_in(&read),
        Answer::Refresh(read) => answered.refresh(&read),
        Answer::Validate(read) => answered.validate(&read),
        Answer::SignOut(read) => answered.sign_out(&read),
        Answer::Clock(read) => answered.clock(read),
    };
    meaning.said.extend(answered.client_refused());
    if meaning.said.is_empty() && answered.call != Call::Clock {
        meaning.said.extend(answered.media_type());
    }
    meaning
}

/// Status, type and first words of an answer. Where it may grant something, no words are quoted.
pub(crate) fn found(answer: &Incoming, may_quote: bool) -> String {
    let kind = answer.media_type().filter(|it| !it.is_empty());
    let kind =
        kind.map_or_else(|| "no `Content-Type`".to_owned(), |kind| format!("`{}`", quote::text(&kind)));
    let status = answer.status;
    if !may_quote {
        format!("{status} with {kind}")
    } else if let Some(title) = quote::title(&answer.body).filter(|_| answer.is_page()) {
        format!("{status} with {kind}, a page entitled `{title}`")
    } else {
        format!("{status} with {kind} and {}", quote::body(&answer.body))
    }
}

impl Answered<'_> {
    fn sign_in(&self, read: &SignInAnswer) -> Meaning {
        match read {
            SignInAnswer::WrongCredentials => good("a wrong account or password"),
            SignInAnswer::Refused { message: None } => good("refused"),
            SignInAnswer::Refused { message: Some(message) } => {
                good(format!("refused, with the sentence \"{}\" for people", quote::text(message.as_str())))
            }
            SignInAnswer::WrongOrigin => bad(
                "from a wrong origin",
                "the backend takes no sign-in from this page's origin; name the origin to it (the reference backend: \
                 `--public-origin`)",
            ),
            SignInAnswer::Granted(_) => bad(
                "granted",
                format!(
                    "the answer to a made-up account was {}, which this configuration reads as a sign-in; name in \
                     `refused_sign_in` what tells a refusal from it, and see that the backend refuses at all",
                    found(self.answer, false)
                ),
            ),
            SignInAnswer::Later(wait) => self.later(wait.as_secs()),
            SignInAnswer::Unknown(doubt) => self.not_understood(*doubt),
        }
    }

    fn refresh(&self, read: &RefreshAnswer) -> Meaning {
        match read {
            RefreshAnswer::Refused(_) => good("refused"),
            RefreshAnswer::Granted(_) => self.granted("a new credential"),
            RefreshAnswer::Later(wait) => self.later(wait.as_secs()),
            RefreshAnswer::Unknown(doubt) => self.not_understood(*doubt),
        }
    }

    fn validate(&self, read: &ValidateAnswer) -> Meaning {
        match read {
            ValidateAnswer::Unauthorized(_) => good("refused"),
            ValidateAnswer::Valid(_) => self.granted("a good session"),
            ValidateAnswer::Unknown(doubt) => self.not_understood(*doubt),
        }
    }

    fn sign_out(&self, read: &SignOutAnswer) -> Meaning {
        match read {
            SignOutAnswer::Done => good("done"),
            SignOutAnswer::NoSession { status: 404 } => Meaning {
                read_as: "no session".to_owned(),
                said: vec![note(format!(
                    "the answer was {}, which is read as no session, and would be the same \
                     for a path that is not there; make sure that `{}` is right",
                    found(self.answer, true),
                    self.call.key()
                ))],
            },
            SignOutAnswer::NoSession { .. } => good("no session"),
            SignOutAnswer::Unknown(doubt) if self.is_nowhere() => self.not_understood(*doubt),
            SignOutAnswer::Unknown(doubt) => Meaning {
                read_as: nothing(*doubt),
                said: vec![note(format!(
                    "the answer to {} was {}, which this configuration reads neither as done nor as no session, so a sign-out \
                     with a token that is over would be told again and again; let the backend answer it with 401 or a 2xx",
                    self.shown(),
                    found(self.answer, true)
                ))],
            },
        }
    }

    fn clock(&self, read: ClockAnswer) -> Meaning {
        match read {
            ClockAnswer::Date(_) => good("a time"),
            ClockAnswer::Unknown(doubt) => Meaning {
                read_as: nothing(doubt),
                said: vec![note(
                    "script sees no `Date` in the answer, which was expected, so a device clock that jumps is believed more \
                     often; let the backend send and expose it, or set `endpoints.clock` to null",
                )],
            },
        }
    }

    fn granted(&self, what: &str) -> Meaning {
        let helps = self.list().map_or_else(String::new, |list| {
            format!("name in `{list}` what tells a refusal from it, and see that the backend refuses at all")
        });
        bad(
            what,
            format!(
                "the answer to {} was {}, which this configuration reads as {what}; {helps}",
                self.shown(),
                found(self.answer, false)
            ),
        )
    }

    fn later(&self, wait_s: u64) -> Meaning {
        Meaning {
            read_as: format!("not before {wait_s} s have passed"),
            said: vec![note(format!(
                "the backend asks to wait for {wait_s} s, so this call could not be tried; ask again after that"
            ))],
        }
    }

    /// What to say of an answer that decides nothing.
    fn not_understood(&self, doubt: Doubt) -> Meaning {
        let answer = self.answer;
        let (method, address) = self.asked;
        let (key, status) = (self.call.key(), answer.status);
        let lists = self.list().map_or_else(String::new, |list| format!("name it in `{list}`"));
        let or_list = |when: &str| match self.list() {
            Some(list) => format!(", or name {status} in `{list}` if {when}"),
            None => String::new(),
        };
        let helps = match (doubt, status) {
            (Doubt::Gateway, _) => {
                "something in front of the backend wants a sign-in of its own: let it pass the application's calls, or set \
                 `gateway_401` to \"refused\" if this is the backend's own answer"
                    .to_owned()
            }
            (_, 200..=299) if answer.is_page() => format!(
                "this is a page, as static hosts give for any path that they do not know: correct `backend` or `{key}`, or let \
                 the host pass `{method} {address}` on to the backend"
            ),
            (_, 200..=299) => format!("if the backend says no by this, {lists} with a field of the body that tells it from a yes"),
            (_, 501) => format!("there seems to be no `{method} {address}`: correct `backend` or `{key}`"),
            (_, 404 | 405) => format!(
                "there seems to be no `{method} {address}`: correct `backend` or `{key}`{}",
                or_list("that is the backend's refusal")
            ),
            (_, 403) => format!(
                "a protection against forged requests (`csrf`) or something in front of the backend may have stopped it: see the \
                 backend's log{}",
                or_list("that is its refusal")
            ),
            (_, 429) => "the backend counts calls and has had enough: ask again later, and let it send `Retry-After`".to_owned(),
            (_, 400..=499) => {
                let fit = if self.call == Call::SignIn { " and the names of fields in `sign_in` fit" } else { " fits" };
                format!("see that `{key}`{fit} the backend{}", or_list("that is its refusal"))
            }
            (_, 500..) => "the backend, or what should be behind its proxy, fails: see their logs".to_owned(),
            (_, _) => format!("correct `backend` or `{key}`"),
        };
        let said = format!(
            "the answer to {} was {}, where {} was expected; {helps}",
            self.shown(),
            found(answer, true),
            self.expected()
        );
        // It is the probe that is asked to wait, not a person.
        let said = if status == 429 { note(said) } else { problem(said) };
        Meaning { read_as: nothing(doubt), said: vec![said] }
    }

    /// An OAuth provider says by this that it does not know the application (RFC 6749 section 5.2).
    fn client_refused(&self) -> Option<Said> {
        let SignInBy::Redirect(client) = &self.dialect.sign_in else { return None };
        if self.call != Call::Refresh {
            return None;
        }
        let body: Value = json::read(&self.answer.body).ok()?;
        let error = body.get("error")?.as_str()?;
        let helps = match error {
            "invalid_client" => "register it there as a public client, which has no secret",
            "unauthorized_client" | "unsupported_grant_type" => "allow it the grant `refresh_token` there",
            _ => return None,
        };
        Some(problem(format!(
            "the provider said `{error}` to the client `{}`, where `invalid_grant` was expected for a made-up token; correct \
             `oauth.client_id`, or {helps}",
            client.client_id
        )))
    }

    fn media_type(&self) -> Option<Said> {
        if self.answer.body.is_empty() {
            return None;
        }
        let kind = self.answer.media_type().unwrap_or_default();
        let is_json = kind == "application/json" || kind.ends_with("+json");
        (!is_json).then(|| {
            note(format!(
                "the answer was {}, where `application/json` was expected; it is understood, but its words for people and its \
                 reasons may not be",
                found(self.answer, true)
            ))
        })
    }

    /// Whether the backend has no such path: the answer is a page, or the method is not allowed.
    fn is_nowhere(&self) -> bool {
        self.answer.is_page() || [405, 501].contains(&self.answer.status)
    }

    fn shown(&self) -> &'static str {
        self.call.shown(self.dialect)
    }

    fn expected(&self) -> &'static str {
        match self.call {
            Call::Discovery | Call::Clock => "another",
            Call::SignIn | Call::Refresh | Call::Validate => {
                "a 401, or what the configuration lists as refused,"
            }
            Call::SignOut => "a 2xx or a 401",
        }
    }

    /// The key that lists what means "refused".
    fn list(&self) -> Option<&'static str> {
        match self.call {
            Call::Refresh => Some("refused"),
            Call::Validate => Some("refused_validate"),
            Call::SignIn => Some("refused_sign_in"),
            Call::Discovery | Call::SignOut | Call::Clock => None,
        }
    }
}

fn good(read_as: impl Into<String>) -> Meaning {
    Meaning { read_as: read_as.into(), said: Vec::new() }
}

fn bad(read_as: &str, said: impl Into<String>) -> Meaning {
    Meaning { read_as: read_as.to_owned(), said: vec![problem(said)] }
}

fn nothing(doubt: Doubt) -> String {
    match doubt {
        Doubt::Status(_) => "neither yes nor no".to_owned(),
        Doubt::Network | Doubt::TimedOut | Doubt::Unreadable | Doubt::Gateway => {
            format!("neither yes nor no: {doubt}")
        }
    }
}
