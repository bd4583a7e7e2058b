//! Makes a token the current one, wherever it came from.

use core::time::Duration;

use crate::{
    Access, Generation, Grant, Happened, HeaderGrant, IdempotencyKey, LastRefresh, Line, Moment, Output,
    RefreshCause, RequestId, SharedGrant, Wall,
    engine::{Engine, gate::Sending, tabs::Left},
    state::{Activity, Flight, Session, Standing, State},
    token::Token,
};

impl Engine {
    /// Takes what a refresh brought. Requests that wait are released by the check that follows.
    pub(super) fn commit(
        &mut self,
        grant: Grant,
        (flight, key): (Flight, IdempotencyKey),
        cause: RefreshCause,
        now: Moment,
    ) {
        let is_of_another = grant
            .account
            .as_ref()
            .is_some_and(|account| self.session().is_some_and(|session| session.is_of_another(account)));
        if is_of_another {
            // Whoever has just signed in was active then; staying signed in was the other person's wish.
            self.leave_account(Activity { last: now, kept: false });
        }
        let asked = (flight.sent_at, self.timeline.wall(flight.sent_at));
        let token = self.place((grant.access.clone(), grant.lifetime), asked);
        let at = self.timeline.wall(now);
        let State::Live(live) = &mut self.state else { return };
        live.refresher = live.refresher.settle(key);
        let mut session = Session::new(grant, token, flight.sent_at, now);
        session.last_refresh = Some(LastRefresh { at, cause, took: now.since(flight.sent_at) });
        session.inherit(live.session.take());
        live.is_guess = false;
        live.session = Some(session);
        self.ask_for_name();
    }

    /// Takes what another tab was granted, or what was kept.
    pub(super) fn commit_shared(&mut self, shared: SharedGrant, now: Moment) {
        self.learn_server_date(shared.server_date);
        if self.session().is_some_and(|session| session.is_of_another(&shared.account)) {
            let told = self.moment(shared.last_activity);
            let last = self.last_active_here().map_or(told, |here| here.max(told));
            self.leave_account(Activity { last, kept: shared.kept && self.settings.may_keep });
        }
        let from = self.moment(shared.from);
        let ends_at = shared.session_ends.map(|at| self.future_moment(at));
        let at = self.timeline.wall(now);
        let token = self.place((shared.access.clone(), shared.lifetime), (from, shared.from));
        let grant = Grant {
            access: shared.access,
            refresh: shared.refresh,
            lifetime: shared.lifetime,
            account: Some(shared.account),
            session_id: shared.session_id,
            session_lifetime: None,
            landing: shared.landing,
            sign_out_ticket: shared.sign_out_ticket,
        };
        let State::Live(live) = &mut self.state else { return };
        let mut session = Session::new(grant, token, from, now);
        // Whoever tells it, or kept it, knew whose it is.
        session.standing = Standing::Known;
        session.ends_at = ends_at;
        session.last_refresh = Some(LastRefresh { at, cause: RefreshCause::OtherTab, took: Duration::ZERO });
        session.inherit(live.session.take());
        live.session = Some(session);
        live.refresher.succeed_elsewhere();
    }

    /// A cookie may be there. What it is worth, and whose it is, only the server knows.
    pub(super) fn commit_cookie(&mut self, now: Moment) {
        let asked = (now, self.timeline.wall(now));
        let token = Token { is_found: true, ..self.place((Access::Cookie, None), asked) };
        let grant = Grant {
            access: Access::Cookie,
            refresh: None,
            lifetime: None,
            account: None,
            session_id: None,
            session_lifetime: None,
            landing: None,
            sign_out_ticket: None,
        };
        if let Some(live) = self.live_mut() {
            live.session = Some(Session::new(grant, token, now, now));
        }
    }

    /// Adopts a token that came in the header of an ordinary answer, if it belongs here and lasts longer.
    pub(super) fn header_token(&mut self, request: RequestId, grant: HeaderGrant, now: Moment) {
        if let Some(Sending { generation, at: sent_at, .. }) = self.sending(request) {
            self.adopt_header(grant, (generation, sent_at), now);
        }
    }

    /// Adopts a token that came with the answer to something that was sent then, with this generation.
    pub(super) fn adopt_header(
        &mut self,
        grant: HeaderGrant,
        (generation, sent_at): (Generation, Moment),
        now: Moment,
    ) {
        let Some(session) = self.session() else { return };
        let belongs = generation == session.token.generation
            && grant.account_id == session.account.id
            && (grant.session_id.is_none() || grant.session_id == session.session_id);
        let is_by_token = session.token.access.token().is_some();
        let lasts_longer = session.token.until().is_some_and(|until| sent_at + grant.lifetime > until);
        if !belongs || !is_by_token || !lasts_longer {
            return;
        }
        let at = self.timeline.wall(now);
        let asked = (sent_at, self.timeline.wall(sent_at));
        let token = self.place((grant.access.into(), Some(grant.lifetime)), asked);
        if let State::Live(live) = &mut self.state
            && let Some(session) = &mut live.session
        {
            session.token = token;
            session.stubborn.clear();
            session.last_refresh =
                Some(LastRefresh { at, cause: RefreshCause::Header, took: Duration::ZERO });
            live.refresher.succeed_elsewhere();
        }
        self.note(Happened::Refreshed { cause: RefreshCause::Header, took: Duration::ZERO });
        self.outbox.push_back(Output::Say(Line::AutoRefreshed));
        self.announce_token();
    }

    /// Places a token in time, and its replacement, next to the one that is held.
    pub(super) fn place(&mut self, parts: (Access, Option<Duration>), asked: (Moment, Wall)) -> Token {
        let generation = self.next_generation();
        let (settings, random) = (&self.settings, &mut self.random);
        let held = match &self.state {
            State::Live(live) => live.session.as_ref().map(|session| &session.token),
            State::Starting | State::SignedOut(_) => None,
        };
        Token::schedule(parts, generation, asked, held, settings, random)
    }

    /// The session has become another person's: nothing that was under way for the one before goes on. Where nobody was
    /// shown yet, it has always been theirs.
    fn leave_account(&mut self, activity: Activity) {
        self.tell_account_changed();
        let Some(live) = self.live_mut() else { return };
        let Some(left) = live.session.take() else { return };
        if left.standing == Standing::Known {
            live.activity = activity;
        }
        self.outbox.extend(left.validation.map(|validation| Output::Abort(validation.flight.call)));
    }

    /// What was asked for on behalf of the person before belongs to nobody.
    pub(super) fn tell_account_changed(&mut self) {
        self.note(Happened::AccountChanged);
        self.outbox.push_back(Output::Say(Line::AccountChanged));
        self.fail_all(Left::ForAnother);
    }
}
