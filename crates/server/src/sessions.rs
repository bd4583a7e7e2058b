//! Sign-in, refresh and sign-out, whatever dialect asks for them.

use std::net::IpAddr;

use axum::response::{IntoResponse, Response};
use perennial_dialect::wire::NewPassword;
use uuid::Uuid;

use crate::access_token::{self, Presented};
use crate::accounts;
use crate::app::App;
use crate::attempts::{Attempt, Name};
use crate::clock::Moment;
use crate::device;
use crate::dialect::Dialect;
use crate::known_device::KnownDevices;
use crate::new_password;
use crate::refresh_token::{self, Meaning, RefreshToken};
use crate::refusal::Refusal;
use crate::request_log::Note;
use crate::store::accounts::{PasswordChange, Spared};
use crate::store::{Account, Chain, Presentation, RevokedWhy, Session, Successor};

/// What a person sends to sign in, and from where.
pub(crate) struct SignIn<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) email: &'a str,
    pub(crate) password: String,
    /// Whether to stay signed in on the device; granted only where it is offered.
    pub(crate) keep: bool,
    pub(crate) user_agent: &'a str,
    pub(crate) address: IpAddr,
    /// What the browser is known by, if it was sent.
    pub(crate) known_by: Option<&'a str>,
}

/// What a sign-in grants.
pub(crate) struct SignedIn {
    pub(crate) granted: Granted,
    pub(crate) refresh: RefreshToken,
    /// What the browser is known by from now on, if it is to be.
    pub(crate) known_by: Option<String>,
}

/// A refresh token presented, in which dialect and from where.
pub(crate) struct Refresh<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) token: &'a RefreshToken,
    pub(crate) idempotency_key: Option<&'a str>,
    pub(crate) address: IpAddr,
}

/// What a sign-in or a refresh grants, but for the refresh token.
pub(crate) struct Granted {
    pub(crate) session: Session,
    pub(crate) account: Account,
    pub(crate) access: access_token::Issued,
    pub(crate) now: Moment,
    /// What happened, for the log.
    pub(crate) outcome: &'static str,
}

impl Granted {
    /// What the log is to say.
    pub(crate) fn note(&self) -> Note {
        Note::session(self.session.id).and_outcome(self.outcome)
    }
}

/// A refusal that may be about a session that is known.
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) session_id: Option<Uuid>,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.refusal.into_response();
        if let Some(id) = self.session_id {
            Note::session(id).attach(&mut response);
        }
        response
    }
}

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(refusal: E) -> Self {
        Self { refusal: refusal.into(), session_id: None }
    }
}

/// Opens a session for whoever knows the password.
pub(crate) async fn sign_in(app: &App, mut wanted: SignIn<'_>) -> Result<SignedIn, Refusal> {
    let email = accounts::address(wanted.email);
    let password = std::mem::take(&mut wanted.password);
    let account = match authenticate(app, &email, password, &wanted).await {
        Ok(account) => account,
        Err(refusal) => {
            log_failure(app, &email, wanted.address, &refusal);
            return Err(refusal);
        }
    };
    let limits = &app.settings.limits;
    let kept = wanted.keep && limits.kept_session_lifetime_s > 0;
    let lifetime_s = match kept {
        true => limits.kept_session_lifetime_s,
        false => limits.session_lifetime_s_in(wanted.dialect),
    };
    let now = app.clock.now();
    let session = Session {
        id: Uuid::new_v4(),
        account_id: account.id,
        dialect: wanted.dialect,
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
    let most = limits.sessions_per_account;
    let ended = app.store.open_session(&session, &first, most, &account.password_hash).await?;
    for ended in ended.ok_or(Refusal::WrongCredentials)? {
        app.live.bells.ring(ended);
    }
    // Whoever looks at the list of this person's sessions sees it there.
    app.live.bells.ring(account.id);
    let known_by = remember_device(app, wanted.known_by, &account, now);
    Ok(SignedIn { granted: grant(app, session, account, now, "signed_in")?, refresh, known_by })
}

/// What the browser is known by after a sign-in to this account.
pub(crate) fn remember_device(
    app: &App,
    known_by: Option<&str>,
    account: &Account,
    now: Moment,
) -> Option<String> {
    known_devices(app, now).remember(known_by, account).unwrap_or_else(|error| {
        tracing::warn!(%error, "a device could not be made known");
        None
    })
}

fn known_devices(app: &App, now: Moment) -> KnownDevices<'_> {
    KnownDevices { keys: &app.keys, lifetime_s: app.settings.limits.known_device_lifetime_s, now }
}

/// Gives the account another password, where the one of before is known, and ends the other sessions where that is
/// wished; how many ended.
pub(crate) async fn change_password(
    app: &App,
    session: &Session,
    mut account: Account,
    wanted: NewPassword,
    now: Moment,
) -> Result<(Account, u64), Refusal> {
    if account.email == accounts::DEMO_EMAIL {
        return Err(Refusal::PasswordFixed);
    }
    // Counted for each session and not with the guesses of strangers: a person who found it open has few tries.
    let attempt = Attempt::in_session(session.id);
    app.sign_ins.check(&attempt, now).map_err(too_many_attempts)?;
    let before = account.password_hash.clone();
    if !compare(app, &attempt, wanted.current, Some(before.clone())).await? {
        return Err(Refusal::WrongPassword);
    }
    account.password_hash = hash_new(app, &attempt, &account, wanted.new).await?;
    let spared = if wanted.sign_out_others { Spared::One(session.id) } else { Spared::All };
    let (account_id, password_hash) = (account.id, account.password_hash.as_str());
    let change = PasswordChange { account_id, password_hash, instead_of: Some(&before), spared, now };
    let ended = app.store.change_password(change).await?.ok_or(Refusal::WrongPassword)?;
    for id in &ended {
        app.live.bells.ring(*id);
    }
    app.live.bells.ring(account.id);
    Ok((account, u64::try_from(ended.len()).unwrap_or(u64::MAX)))
}

/// Judges a new password and hashes it.
async fn hash_new(
    app: &App,
    attempt: &Attempt,
    account: &Account,
    password: String,
) -> Result<String, Refusal> {
    let about = [account.email.clone(), account.name.clone()];
    let judged = tokio::task::spawn_blocking(move || {
        let unfit = new_password::check(&password, &[&about[0], &about[1]]);
        (password, unfit)
    });
    let (password, unfit) = judged.await.map_err(|_| Refusal::Internal)?;
    unfit.map_err(Refusal::PasswordUnfit)?;
    let (account, address) = attempt.lines();
    let turn = app.passwords.turn(account, address).await.ok_or(Refusal::Busy)?;
    Ok(turn.hash(password).await?)
}

/// Exchanges a refresh token for new credentials, once.
pub(crate) async fn refresh(app: &App, presented: Refresh<'_>) -> Result<(Granted, RefreshToken), Refused> {
    let now = app.clock.now();
    let (chain, outcome) = present(app, &presented, now).await?;
    let session_id = Some(chain.session.id);
    let Some(key) = app.keys.by_kid(&chain.current_kid) else {
        // The key was given up within the window, so the successor cannot be made again; it is good all the same.
        return Err(Refused { refusal: Refusal::RefreshSuperseded, session_id });
    };
    let successor = RefreshToken::derive(key, chain.session.id, chain.session.generation);
    match grant(app, chain.session, chain.account, now, outcome) {
        Ok(granted) => Ok((granted, successor)),
        Err(refusal) => Err(Refused { refusal, session_id }),
    }
}

/// Gives a new access token for a refresh token that stays the same.
pub(crate) async fn renew(app: &App, presented: Refresh<'_>) -> Result<Granted, Refused> {
    let now = app.clock.now();
    let (chain, outcome) = present(app, &presented, now).await?;
    let session_id = Some(chain.session.id);
    note_seen(app, &chain.session, presented.address, now).await;
    grant(app, chain.session, chain.account, now, outcome).map_err(|refusal| Refused { refusal, session_id })
}

/// Exchanges an access token, expired or not, for the next one, for as long as its session lives.
///
/// In the one dialect that means it so: elsewhere an access token that got into the wrong hands ends by itself.
pub(crate) async fn exchange(app: &App, presented: &Presented, address: IpAddr) -> Result<Granted, Refused> {
    let now = app.clock.now();
    let refused = |refusal| Refused { refusal, session_id: Some(presented.session_id) };
    count_refresh(app, Some(presented.session_id), address, now).map_err(refused)?;
    if presented.dialect != Dialect::Exchange {
        return Err(refused(Refusal::TokenNotExchangeable));
    }
    let (session, account) = presented_session(app, presented, now).await.map_err(refused)?;
    note_seen(app, &session, address, now).await;
    grant(app, session, account, now, "exchanged").map_err(refused)
}

/// The session that an access token names, if it has not ended and is that of the account that the token names.
pub(crate) async fn presented_session(
    app: &App,
    presented: &Presented,
    now: Moment,
) -> Result<(Session, Account), Refusal> {
    let (session, account) = live_session(app, presented.session_id, now).await?;
    if account.id == presented.account_id { Ok((session, account)) } else { Err(Refusal::TokenInvalid) }
}

/// A session that has not ended, and its person.
pub(crate) async fn live_session(app: &App, id: Uuid, now: Moment) -> Result<(Session, Account), Refusal> {
    // A session that is not known any more was ended long ago, or the database is older than the token.
    let (session, account) = app.store.session(id).await?.ok_or(Refusal::TokenInvalid)?;
    if let Some(why) = session.revoked {
        return Err(Refusal::SessionRevoked(why));
    }
    if session.remaining_s(now) == 0 {
        return Err(Refusal::SessionExpired);
    }
    Ok((session, account))
}

/// Notes that a session was used, if that was not noted a moment ago.
pub(crate) async fn note_seen(app: &App, session: &Session, address: IpAddr, now: Moment) {
    if now.ms_since(session.last_seen_at) >= SEEN_RESOLUTION_MS
        && let Err(error) = app.store.note_seen(session.id, &address.to_string(), now).await
    {
        tracing::warn!(%error, "the time a session was last seen could not be noted");
    }
}

/// What became of a sign-out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedOut {
    /// The session that was ended, if one was live.
    pub(crate) ended: Option<Uuid>,
    /// Whether the cookies belong to nobody else.
    pub(crate) clears_cookies: bool,
}

impl SignedOut {
    /// What the log is to say of a request that named this session.
    pub(crate) fn note(&self, named: Option<Uuid>) -> Note {
        let outcome = if self.ended.is_some() { "signed_out" } else { "nothing_to_end" };
        self.ended.or(named).map(Note::session).unwrap_or_default().and_outcome(outcome)
    }
}

/// Ends the session that the request itself names, else that of its cookies.
///
/// Where the two name different sessions, somebody has signed in since in the same browser, and a sign-out that was
/// delayed must not end that.
pub(crate) async fn sign_out(
    app: &App,
    named: Option<Uuid>,
    cookies: Option<Uuid>,
) -> Result<SignedOut, Refusal> {
    let named = named.or(cookies);
    let ended = match named {
        Some(id) if app.store.revoke(id, RevokedWhy::SignedOut, app.clock.now()).await? => {
            app.live.bells.ring(id);
            ring_for_person_of(app, id).await;
            Some(id)
        }
        Some(_) | None => None,
    };
    Ok(SignedOut { ended, clears_cookies: cookies.is_none_or(|id| named == Some(id)) })
}

/// Ends the session that a browser had before somebody signed in there: its cookies are gone, so nobody could.
///
/// Where that cannot be done now it lives on to its limit: what was granted must not be lost for it.
pub(crate) async fn end_replaced(app: &App, id: Option<Uuid>) {
    let Some(id) = id else { return };
    match app.store.revoke(id, RevokedWhy::Replaced, app.clock.now()).await {
        Ok(true) => {
            app.live.bells.ring(id);
            ring_for_person_of(app, id).await;
        }
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "a session that another took the place of could not be ended"),
    }
}

/// Tells those who look at the list of a person's sessions that it has changed. They look by themselves in a while.
async fn ring_for_person_of(app: &App, session_id: Uuid) {
    match app.store.session(session_id).await {
        Ok(Some((session, _))) => app.live.bells.ring(session.account_id),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "whose session has ended could not be found out"),
    }
}

/// Judges a refresh token, and lets it be followed by the next one where its dialect says so.
async fn present(app: &App, presented: &Refresh<'_>, now: Moment) -> Result<(Chain, &'static str), Refused> {
    let Refresh { dialect, token, idempotency_key, address } = *presented;
    // Before the store is asked whose token it is.
    let by_address = Attempt::refresh(None, address);
    app.refreshes.check(&by_address, now).map_err(too_many_refreshes)?;
    let session_id = session_of(app, Some(token)).await?;
    count_refresh(app, session_id, address, now).map_err(|refusal| Refused { refusal, session_id })?;
    let address = address.to_string();
    let presentation = Presentation { hash: token.hash(), idempotency_key, address: &address, now };
    let judge = |chain: &Chain| {
        let meaning = refresh_token::judge(chain, dialect, idempotency_key, now, &app.settings.limits);
        let is_followed = meaning == Meaning::Current && dialect.rotates();
        (meaning, is_followed.then(|| token_of(app, chain.session.id, chain.generation + 1).1))
    };
    let Some((chain, meaning)) = app.store.refresh(&presentation, &judge).await? else {
        return Err(Refusal::RefreshUnknown.into());
    };
    let refusal = match meaning {
        Meaning::Current if dialect.rotates() => return Ok((chain, "rotated")),
        Meaning::Current => return Ok((chain, "renewed")),
        Meaning::Repeated => return Ok((chain, "repeated")),
        Meaning::Foreign => Refusal::RefreshUnknown,
        Meaning::Superseded => Refusal::RefreshSuperseded,
        Meaning::Stolen => {
            app.live.bells.ring(chain.session.id);
            app.live.bells.ring(chain.account.id);
            Refusal::RefreshReused
        }
        Meaning::Revoked(why) => Refusal::SessionRevoked(why),
        Meaning::Expired => Refusal::SessionExpired,
    };
    Err(Refused { refusal, session_id: Some(chain.session.id) })
}

/// Counts a refresh, unless there were too many lately.
fn count_refresh(app: &App, session_id: Option<Uuid>, address: IpAddr, now: Moment) -> Result<(), Refusal> {
    app.refreshes.begin(&Attempt::refresh(session_id, address), now).map_err(too_many_refreshes)
}

fn too_many_refreshes(retry_after_s: u64) -> Refusal {
    Refusal::TooManyRefreshes { retry_after_s }
}

/// The session that a refresh token belongs to, whether the token is still good or not.
pub(crate) async fn session_of(app: &App, token: Option<&RefreshToken>) -> Result<Option<Uuid>, Refusal> {
    match token {
        Some(token) => Ok(app.store.session_of_token(&token.hash()).await?),
        None => Ok(None),
    }
}

/// The account, if the password is right and guessing has not gone on for too long.
async fn authenticate(
    app: &App,
    email: &str,
    password: String,
    wanted: &SignIn<'_>,
) -> Result<Account, Refusal> {
    let account = accounts::find(&*app.store, email).await?.filter(|account| !account.disabled);
    let now = app.clock.now();
    let recognise = |account: &Account| known_devices(app, now).recognise(wanted.known_by?, account);
    let device = account.as_ref().and_then(recognise);
    let attempt = permitted(app, email, device, wanted.address)?;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    if compare(app, &attempt, password, hash).await? {
        return account.ok_or(Refusal::WrongCredentials);
    }
    Err(Refusal::WrongCredentials)
}

/// The attempt to make: that of the device, if it is known, else that of a stranger.
///
/// A device with too many failures is a stranger for a while, so a stolen cookie keeps nobody out.
pub(crate) fn permitted(
    app: &App,
    email: &str,
    device: Option<Name>,
    address: IpAddr,
) -> Result<Attempt, Refusal> {
    let now = app.clock.now();
    let mut shortest_s = u64::MAX;
    for attempt in device.map(Attempt::sign_in_on).into_iter().chain([Attempt::sign_in(email, address)]) {
        match app.sign_ins.check(&attempt, now) {
            Ok(()) => return Ok(attempt),
            Err(wait_s) => shortest_s = shortest_s.min(wait_s),
        }
    }
    Err(too_many_attempts(shortest_s))
}

/// Whether the password is right; counted as a failure until it is known to be.
pub(crate) async fn compare(
    app: &App,
    attempt: &Attempt,
    password: String,
    hash: Option<String>,
) -> Result<bool, Refusal> {
    // Before the turn, which others wait for, and before the password is compared, so that hanging up saves nothing.
    tokio::time::sleep(app.sign_ins.delay(attempt, app.clock.now())).await;
    let (account, address) = attempt.lines();
    let turn = app.passwords.turn(account, address).await.ok_or(Refusal::Busy)?;
    app.sign_ins.begin(attempt, app.clock.now()).map_err(too_many_attempts)?;
    match turn.matches(password, hash).await {
        Ok(true) => app.sign_ins.succeeded(attempt),
        Ok(false) => return Ok(false),
        Err(error) => {
            app.sign_ins.abandoned(attempt);
            return Err(error.into());
        }
    }
    Ok(true)
}

fn too_many_attempts(retry_after_s: u64) -> Refusal {
    Refusal::TooManyAttempts { retry_after_s }
}

/// Writes the line that programs watch for which close the door to an address: its beginning stays as it is.
fn log_failure(app: &App, email: &str, address: IpAddr, refusal: &Refusal) {
    if matches!(refusal, Refusal::WrongCredentials | Refusal::TooManyAttempts { .. }) {
        let account = app.keys.signing().pseudonym(email);
        tracing::warn!(%address, account, reason = refusal.reason(), "sign-in failed");
    }
}

fn grant(
    app: &App,
    session: Session,
    account: Account,
    now: Moment,
    outcome: &'static str,
) -> Result<Granted, Refusal> {
    let access = access_token::issue(&app.keys, &session, &app.settings, now).ok_or(Refusal::Internal)?;
    Ok(Granted { session, account, access, now, outcome })
}

fn token_of(app: &App, session_id: Uuid, generation: i64) -> (RefreshToken, Successor) {
    let key = app.keys.signing();
    let token = RefreshToken::derive(key, session_id, generation);
    let successor = Successor { hash: token.hash(), kid: key.kid.clone() };
    (token, successor)
}

const FIRST_GENERATION: i64 = 1;

/// How far `last_seen_at` may lag behind: a write per request would cost more than it tells.
const SEEN_RESOLUTION_MS: i64 = 30_000;
