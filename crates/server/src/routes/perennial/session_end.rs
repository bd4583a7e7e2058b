//! The end of a session, for what goes on after the request was let through.

use std::sync::Arc;

use crate::app::App;
use crate::live::Listener;
use crate::refusal::Refusal;
use crate::routes::caller::Caller;
use crate::sessions;
use crate::store::Session;

/// Waits for the end of a session the way live connections do: by bells, by the clock, and by a look now and then for
/// what another process did.
#[derive(Debug)]
pub(super) struct SessionEnd {
    app: Arc<App>,
    session: Session,
    session_bell: Listener,
    account_bell: Listener,
}

impl SessionEnd {
    /// Listens from now on.
    pub(super) fn of(app: &Arc<App>, caller: &Caller) -> Self {
        let listen = |id| app.live.bells.listen(id);
        Self {
            session_bell: listen(caller.session.id),
            account_bell: listen(caller.account.id),
            session: caller.session.clone(),
            app: Arc::clone(app),
        }
    }

    /// Waits until the session has ended, and says why. Where that cannot be found out now, it is looked at later.
    pub(super) async fn reached(mut self) -> Refusal {
        loop {
            let now = self.app.clock.now();
            if now >= self.session.over_at() {
                return Refusal::SessionExpired;
            }
            // At first as well: it may have ended before there was somebody to hear the bell.
            match sessions::live_session(&self.app, self.session.id, now).await {
                Err(refusal) if !refusal.is_trouble_here() => return refusal,
                Ok(_) | Err(_) => {}
            }
            tokio::select! {
                () = self.session_bell.rung() => {}
                () = self.account_bell.rung() => {}
                () = self.app.clock.wait_until(self.session.over_at()) => {}
                () = tokio::time::sleep(self.app.settings.live_times.look) => {}
            }
        }
    }
}
