//! Between the tabs and the server: loss, delay, repetition, and no network at all.

use std::rc::Rc;

use perennial_session::{Answer, Doubt, Input, RequestEvent, RequestId};

use crate::{
    browser::true_wall,
    plan::Mood,
    plant::Plant,
    server::{Cookie, Question, Response, Rotation, Said, doubtful},
    tab::{Fetch, Of, Stage},
    world::{Event, World},
};

impl World<'_> {
    pub(super) fn fetch(&mut self, tab: usize, of: Of, question: Question, cookie: Option<Cookie>) {
        self.fetches += 1;
        let fetch = Rc::new(Fetch { number: self.fetches, of, question, cookie, sent_at: self.now });
        self.tabs[tab].fetches.push(Rc::clone(&fetch));
        if self.net.is_cut() {
            // The device mostly knows at once; sometimes it tries for long.
            let after_ms = if self.rng.percent(70) { 5 } else { 30_000 };
            self.fail(tab, fetch, after_ms);
        } else if self.is_lost() {
            let after_ms = self.rng.between(10, 40_000);
            self.fail(tab, fetch, after_ms);
        } else {
            let times = 1 + u64::from(self.net.twice_percent > 0 && self.rng.percent(self.net.twice_percent));
            for _ in 0..times {
                let after_ms = 1 + self.rng.below(self.net.delay_ms);
                self.after(after_ms, Event::Arrive { tab, fetch: Rc::clone(&fetch) });
            }
        }
    }

    pub(super) fn arrive(&mut self, tab: usize, fetch: Rc<Fetch>) {
        if self.net.is_cut() || self.server.mood == Some(Mood::Down) {
            self.fail(tab, fetch, 20);
            return;
        }
        let response = self.server.answer(&fetch.question, fetch.cookie, self.now, true_wall(self.now));
        self.note(|| {
            format!("       server: {:?} with {:?} -> {:?}", fetch.question, fetch.cookie, response.said)
        });
        self.judge_at_server(&fetch, &response);
        if !self.sockets.at_server.is_empty() {
            self.hang_up_ended();
        }
        let mut after_ms = 1 + self.rng.below(self.net.delay_ms);
        if let Some(Mood::Slow { ms }) = self.server.mood {
            after_ms += ms;
        }
        if matches!(self.server.last_rotation, Some(Rotation::Rotated)) {
            self.stats.refreshes += 1;
            self.rules.granted_at = self.now;
        }
        if self.is_lost() {
            let after_ms = self.rng.between(10, 40_000);
            self.fail(tab, fetch, after_ms);
        } else {
            self.after(after_ms, Event::Answer { tab, fetch, response: Box::new(response) });
        }
    }

    /// The answer never comes; sooner or later the browser says so.
    fn fail(&mut self, tab: usize, fetch: Rc<Fetch>, after_ms: u64) {
        let response = Box::new(Response::of(doubtful(&fetch.question, Doubt::Network)));
        self.after(after_ms, Event::Answer { tab, fetch, response });
    }

    fn is_lost(&mut self) -> bool {
        let lost = self.net.lost_percent > 0 && self.rng.percent(self.net.lost_percent);
        self.stats.lost += u64::from(lost);
        lost
    }

    /// The browser takes the cookie out of an answer that somebody still waits for.
    pub(super) fn set_cookie(&mut self, tab: usize, fetch: &Fetch, response: &Response) {
        let is_waited_for = self.tabs[tab].fetches.iter().any(|it| it.number == fetch.number);
        let is_taken = is_waited_for && !self.plan.setup.drops_cookies;
        let Some(cookie) = response.set_cookie.filter(|_| is_taken) else { return };
        if let (Some(new), Some(held)) = (cookie, self.jar.cookie)
            && new.session == held.session
            && new.generation < held.generation
        {
            self.note(|| {
                format!("       the cookie {held:?} is overwritten by {new:?}, whose answer was late")
            });
            self.rules.truth(new.session).is_cookie_stale = true;
        }
        self.jar.cookie = cookie;
        self.jar.access = response.access;
        self.jar.closed_with_browser = false;
        self.jar.cleared_by = match cookie {
            Some(_) => None,
            None => self.rules.session_of_sign_out(fetch, &self.server).or(self.jar.cleared_by),
        };
    }

    pub(super) fn answer(&mut self, tab: usize, fetch: &Fetch, response: Response) {
        self.set_cookie(tab, fetch, &response);
        let Some(fetch) = self.tabs[tab].take_fetch(fetch.number) else {
            self.late_answer(tab, fetch, response);
            return;
        };
        if !self.tabs[tab].is_open {
            return;
        }
        self.rules.cookie_of_answer = fetch.cookie;
        self.rules.token_of_answer = response.access;
        match (response.said, fetch.of) {
            (Said::Call(answer), Of::Call(call)) => {
                self.rules.has_given_up = false;
                if let Some(date) = response.date {
                    self.tabs[tab].seen.dated_at.get_or_insert(self.now);
                    self.rules.answered = Some(call);
                    self.feed(tab, Input::ServerDate(date));
                }
                // A tab that was away for long gives the call up before it looks at the answer.
                if !self.rules.has_given_up {
                    self.learn_from(tab, &fetch, &answer);
                }
                self.feed(tab, Input::Answered { call, answer });
            }
            (Said::Request { status, fresh }, Of::Request(id)) => {
                self.request_answered(tab, &fetch, id, status, fresh)
            }
            (Said::Call(_), Of::Request(_)) | (Said::Request { .. }, Of::Call(_)) => {}
        }
    }

    fn request_answered(
        &mut self,
        tab: usize,
        fetch: &Fetch,
        id: u64,
        status: Option<u16>,
        fresh: Option<perennial_session::HeaderGrant>,
    ) {
        let Some(request) = self.tabs[tab].requests.get_mut(&id) else { return };
        let request_id = RequestId(id);
        if status == Some(401) {
            request.stage =
                if request.stage == Stage::Replayed { Stage::RefusedTwice } else { Stage::RefusedOnce };
            request.since = self.now;
            let is_old = matches!(fetch.question, Question::Request { token, .. } if self.tabs[tab].seen.token != token);
            if self.plant == Some(Plant::Stale401) && is_old {
                self.refuse_current(tab);
            }
            self.feed(tab, Input::Request { id: request_id, event: RequestEvent::Refused });
            return;
        }
        if let Some(grant) = fresh {
            self.learn_token(&grant.access.clone().into(), fetch.sent_at, Some(grant.lifetime));
            self.feed(tab, Input::HeaderToken { request: request_id, grant });
        }
        let seen = &mut self.tabs[tab].seen;
        if seen.probe == Some(id) {
            seen.probe_answered = status == Some(200);
        }
        self.settle(tab, id);
    }

    pub(super) fn settle(&mut self, tab: usize, id: u64) {
        if self.tabs[tab].requests.remove(&id).is_some() {
            self.feed(tab, Input::Request { id: RequestId(id), event: RequestEvent::Settled });
        }
    }

    /// Makes the engine believe that the token in use was refused.
    fn refuse_current(&mut self, tab: usize) {
        self.ask(tab, false);
        let id = self.tabs[tab].requests_made;
        if let Some(request) = self.tabs[tab].requests.get_mut(&id).filter(|it| it.stage == Stage::Sent) {
            request.stage = Stage::RefusedOnce;
            self.tabs[tab].take_fetch_of(Of::Request(id));
            self.feed(tab, Input::Request { id: RequestId(id), event: RequestEvent::Refused });
        }
    }

    /// Nobody waits for it: a browser drops it.
    fn late_answer(&mut self, tab: usize, fetch: &Fetch, response: Response) {
        if let Some(plant) = self.plant
            && self.tabs[tab].is_running()
            && let Said::Call(answer) = response.said
            && let Some(call) = plant.forward_late(&self.tabs[tab], &fetch.question)
        {
            self.note(|| format!("tab {tab} takes a late answer for that to {call:?}"));
            if let Answer::Refresh(_) = answer {
                self.tabs[tab].take_fetch_of(Of::Call(call));
            }
            self.feed(tab, Input::Answered { call, answer });
        }
    }
}
