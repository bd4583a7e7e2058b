//! Whose connection it is, and for how long.

use perennial_dialect::wire::live::Close;
use uuid::Uuid;

use super::end::End;
use crate::access_token::Presented;
use crate::app::App;
use crate::clock::Moment;
use crate::live::Listener;
use crate::refusal::Refusal;
use crate::routes::caller::Caller;
use crate::sessions;

/// The person and the session that a connection belongs to.
#[derive(Debug)]
pub(super) struct Who {
    pub(super) account_id: Uuid,
    pub(super) session_id: Uuid,
    token_ends: Moment,
    session_ends: Moment,
    session_bell: Listener,
    account_bell: Listener,
}

impl Who {
    pub(super) fn new(app: &App, caller: &Caller, presented: &Presented) -> Self {
        Self {
            account_id: caller.account.id,
            session_id: caller.session.id,
            token_ends: presented.expires_at(),
            session_ends: caller.session.over_at(),
            session_bell: app.live.bells.listen(caller.session.id),
            account_bell: app.live.bells.listen(caller.account.id),
        }
    }

    /// Goes on with another token of the same session. One that ends sooner than the last shortens nothing.
    pub(super) fn renew(&mut self, caller: &Caller, presented: &Presented) -> Result<(), End> {
        if (caller.account.id, caller.session.id) != (self.account_id, self.session_id) {
            return Err(End::closed(Close::Unauthenticated, "The token belongs to another session."));
        }
        self.token_ends = self.token_ends.max(presented.expires_at());
        Ok(())
    }

    /// When this is over, if nothing is done about it.
    pub(super) fn ends_at(&self) -> Moment {
        self.token_ends.min(self.session_ends)
    }

    /// Fails when the time is over.
    pub(super) fn check_time(&self, now: Moment) -> Result<(), Refusal> {
        match now {
            _ if now >= self.session_ends => Err(Refusal::SessionExpired),
            _ if now >= self.token_ends => Err(Refusal::TokenExpired),
            _ => Ok(()),
        }
    }

    /// Fails when the time is over or the session has ended.
    pub(super) async fn check(&self, app: &App) -> Result<(), Refusal> {
        let now = app.clock.now();
        self.check_time(now)?;
        sessions::live_session(app, self.session_id, now).await.map(drop)
    }

    /// Waits until the session may have ended.
    pub(super) async fn rung(&mut self) {
        tokio::select! {
            () = self.session_bell.rung() => {}
            () = self.account_bell.rung() => {}
        }
    }
}
