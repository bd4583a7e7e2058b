//! Requests of the application: each ends, and is sent again once at most, after a refusal.

use perennial_session::Order;

use crate::{rules::Rule, tab::Stage, world::World};

impl World<'_> {
    pub(crate) fn judge_order(&mut self, tab: usize, id: u64, order: &Order) {
        let stage = self.tabs[tab].requests.get(&id).map(|request| request.stage);
        match (order, stage) {
            (Order::Send(credential), Some(Stage::Asked)) => {
                self.judge_token(tab, &credential.access, "a request")
            }
            (Order::Replay(credential), Some(Stage::RefusedOnce)) => {
                self.stats.replays += 1;
                self.judge_token(tab, &credential.access, "a replay");
            }
            (Order::Deliver, Some(Stage::RefusedOnce | Stage::RefusedTwice)) | (Order::Fail(_), _) => {}
            (Order::Replay(_), stage) => {
                self.fail_rule(Rule::Replayed, || {
                    format!("tab {tab} replays request {id}, which is {stage:?}")
                });
            }
            (Order::Send(_) | Order::Deliver, stage) => {
                self.fail_rule(Rule::Contract, || {
                    format!("tab {tab}: {order:?} for request {id}, which is {stage:?}")
                });
            }
        }
    }

    pub(super) fn sweep_requests(&mut self, tab: usize) {
        if !self.is_calm(tab) {
            return;
        }
        let hold_ms = u64::try_from(self.plan.setup.settings.hold_limit.as_millis()).unwrap_or(u64::MAX);
        let calm_since = self.tabs[tab].seen.calm_since;
        let waits = |since: u64| self.now - since.max(calm_since);
        let late = self.tabs[tab]
            .requests
            .iter()
            .find(|(_, it)| it.stage.waits() && waits(it.since) > hold_ms + SLACK_MS)
            .map(|(id, it)| (*id, it.stage, waits(it.since)));
        if let Some((id, stage, ms)) = late {
            self.fail_rule(Rule::RequestNeverEnds, || {
                format!("request {id} of tab {tab} is {stage:?} and has waited for {ms} ms")
            });
        }
    }
}

/// Waking from sleep, a throttled timer.
const SLACK_MS: u64 = 63_000;
