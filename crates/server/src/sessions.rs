//! Sign-in, refresh and sign-out, whatever dialect asks for them.

use std::net::IpAddr;

use uuid::Uuid;

use crate::access_token;
use crate::app::App;
use crate::attempts::Attempt;
use crate::clock::Moment;
use crate::device;
use crate::refresh_token::{self, Meaning, RefreshToken};
use crate::refusal::Refusal;
use crate::store::{Account, Chain, Presentation, RevokedWhy, Session, Successor};

/// What a person sends to sign in, and from where.
pub(crate) struct SignIn<'a> {
    pub(crate) email: &'a str,
    pub(crate) password: String,
    /// Whether to stay signed in on the device; granted only where it is offered.
    pub(crate) keep: bool,
    pub(crate) user_agent: &'a str,
    pub(crate) address: IpAddr,
}

/// A refresh token presented, and from where.
pub(crate) struct Refresh<'a> {
    pub(crate) token: &'a RefreshToken,
    pub(crate) idempotency_key: Option<&'a str>,
    pub(crate) address: IpAddr,
}

/// Credentials granted by a sign-in or a refresh.
pub(crate) struct Granted {
    pub(crate) session: Session,
    pub(crate) account: Account,
    pub(crate) access: access_token::Issued,
    pub(crate) refresh: RefreshToken,
    pub(crate) now: Moment,
    /// What happened, for the log.
    pub(crate) outcome: &'static str,
}

/// A refusal that may be about a session that is known.
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) session_id: Option<Uuid>,
}

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(refusal: E) -> Self {
        Self { refusal: refusal.into(), session_id: None }
    }
}

/// Opens a session for whoever knows the password.
pub(crate) async fn sign_in(app: &App, wanted: SignIn<'_>) -> Result<Granted, Refusal> {
    let email = wanted.email.trim().to_lowercase();
    let account = authenticate(app, &email, wanted.password, wanted.address).await?;
    let limits = &app.settings.limits;
    let kept = wanted.keep && limits.kept_session_lifetime_s > 0;
    let lifetime_s = if kept { limits.kept_session_lifetime_s } else { limits.session_lifetime_s };
    let now = app.clock.now();
    let session = Session {
        id: Uuid::new_v4(),
        account_id: account.id,
        device: device::name(wanted.user_agent),
        address: wanted.address.to_string(),
        kept,
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus_s(lifetime_s),
        generation: FIRST_GENERATION,
        revoked: None,
    };
    let (refresh, first) = token_of(app, session.id, FIRST_GENERATION);
    app.store.open_session(&session, &first).await?;
    grant(app, session, account, refresh, now, "signed_in")
}

/// Exchanges a refresh token for new credentials, once.
pub(crate) async fn refresh(app: &App, presented: Refresh<'_>) -> Result<Granted, Refused> {
    let now = app.clock.now();
    let address = presented.address.to_string();
    let presentation = Presentation {
        hash: presented.token.hash(),
        idempotency_key: presented.idempotency_key,
        address: &address,
        now,
    };
    let judge = |chain: &Chain| {
        let meaning = refresh_token::judge(chain, presented.idempotency_key, now, &app.settings.limits);
        let successor =
            (meaning == Meaning::Current).then(|| token_of(app, chain.session.id, chain.generation + 1).1);
        (meaning, successor)
    };
    let Some((chain, meaning)) = app.store.refresh(&presentation, &judge).await? else {
        return Err(Refusal::RefreshUnknown.into());
    };
    let session_id = Some(chain.session.id);
    let refused = |refusal| Err(Refused { refusal, session_id });
    let outcome = match meaning {
        Meaning::Current => "rotated",
        Meaning::Repeated => "repeated",
        Meaning::Superseded => return refused(Refusal::RefreshSuperseded),
        Meaning::Stolen => {
            app.live.bells.ring(chain.session.id);
            return refused(Refusal::RefreshReused);
        }
        Meaning::Revoked(why) => return refused(Refusal::SessionRevoked(why)),
        Meaning::Expired => return refused(Refusal::SessionExpired),
    };
    let Some(key) = app.keys.by_kid(&chain.current_kid) else {
        // The key was given up within the window, so the successor cannot be made again; it is good all the same.
        return refused(Refusal::RefreshSuperseded);
    };
    let successor = RefreshToken::derive(key, chain.session.id, chain.session.generation);
    grant(app, chain.session, chain.account, successor, now, outcome)
        .map_err(|refusal| Refused { refusal, session_id })
}

/// What became of a sign-out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedOut {
    /// The session that was ended, if one was live.
    pub(crate) ended: Option<Uuid>,
    /// Whether the refresh cookie belongs to nobody else.
    pub(crate) clears_cookie: bool,
}

/// Ends the session of a bearer's token, else that of the refresh token.
///
/// Where the two name different sessions, somebody has signed in since in the same browser, and a sign-out that was
/// delayed must not end that.
pub(crate) async fn sign_out(
    app: &App,
    bearers: Option<Uuid>,
    refresh: Option<&RefreshToken>,
) -> Result<SignedOut, Refusal> {
    let cookies = match refresh {
        Some(token) => app.store.session_of_token(&token.hash()).await?,
        None => None,
    };
    let named = bearers.or(cookies);
    let ended = match named {
        Some(id) if app.store.revoke(id, RevokedWhy::SignedOut, app.clock.now()).await? => {
            app.live.bells.ring(id);
            Some(id)
        }
        Some(_) | None => None,
    };
    Ok(SignedOut { ended, clears_cookie: cookies.is_none_or(|id| named == Some(id)) })
}

/// The account, if the password is right and guessing has not gone on for too long.
async fn authenticate(app: &App, email: &str, password: String, address: IpAddr) -> Result<Account, Refusal> {
    let too_many = |retry_after_s| Refusal::TooManyAttempts { retry_after_s };
    let attempt = Attempt::new(email, address);
    app.attempts.check(&attempt, app.clock.now()).map_err(too_many)?;
    let account = app.store.account_by_email(email).await?.filter(|account| !account.disabled);
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let turn = app.passwords.turn().await.ok_or(Refusal::Busy)?;
    app.attempts.begin(&attempt, app.clock.now()).map_err(too_many)?;
    match turn.matches(password, hash).await {
        Ok(true) => {}
        Ok(false) => return Err(Refusal::WrongCredentials),
        Err(error) => {
            app.attempts.abandoned(&attempt);
            return Err(error.into());
        }
    }
    app.attempts.succeeded(&attempt);
    account.ok_or(Refusal::WrongCredentials)
}

fn grant(
    app: &App,
    session: Session,
    account: Account,
    refresh: RefreshToken,
    now: Moment,
    outcome: &'static str,
) -> Result<Granted, Refusal> {
    let access = access_token::issue(&app.keys, &session, app.settings.limits.access_token_lifetime_s, now)
        .ok_or(Refusal::Internal)?;
    Ok(Granted { session, account, access, refresh, now, outcome })
}

fn token_of(app: &App, session_id: Uuid, generation: i64) -> (RefreshToken, Successor) {
    let key = app.keys.signing();
    let token = RefreshToken::derive(key, session_id, generation);
    let successor = Successor { hash: token.hash(), kid: key.kid.clone() };
    (token, successor)
}

const FIRST_GENERATION: i64 = 1;
