//! What holds after every input, whatever the scenario.

use std::{collections::BTreeMap, time::Duration};

use perennial_session::{
    Access, Answer, Call, CallId, CallKind, Credential, Input, Order, Output, RefreshAnswer, RequestEvent,
    RequestId, SignInAnswer, Snapshot, Status,
};

use super::sockets::Sockets;

/// The rules, and what must be remembered to judge by them.
#[derive(Default)]
pub(super) struct Rules {
    /// The time that has passed as one who knows of sleep would say.
    now: Duration,
    last_call: u64,
    sent: BTreeMap<CallId, Duration>,
    /// When each token ends.
    ends: BTreeMap<String, Duration>,
    requests: BTreeMap<RequestId, Stage>,
    pub(super) sockets: Sockets,
    is_out: bool,
    /// What was last told to be shown.
    shown: Option<Snapshot>,
    /// The request that the input under way settles: the engine may have failed it before it looks at the news.
    settled: Option<RequestId>,
    /// The clocks have said what no clock says: nothing is known about the end of any token.
    is_time_void: bool,
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Asked,
    Sent { at: Duration },
    RefusedOnce,
    Replayed { at: Duration },
    RefusedTwice,
}

impl Rules {
    pub(super) fn pass(&mut self, length: Duration) {
        self.now = self.now.saturating_add(length);
    }

    pub(super) fn forget_time(&mut self) {
        self.is_time_void = true;
    }

    pub(super) fn age_of(&self, call: CallId) -> Duration {
        self.now.saturating_sub(self.sent[&call])
    }

    pub(super) fn waiting_requests(&self) -> usize {
        let waits = |stage: &&Stage| match stage {
            Stage::Asked | Stage::RefusedOnce | Stage::RefusedTwice => true,
            Stage::Sent { .. } | Stage::Replayed { .. } => false,
        };
        self.requests.values().filter(waits).count()
    }

    pub(super) fn before(&mut self, input: &Input, open: &BTreeMap<CallId, CallKind>) {
        if let Input::Answered { call, answer } = input
            && let (
                Some(sent),
                Answer::Refresh(RefreshAnswer::Granted(it)) | Answer::SignIn(SignInAnswer::Granted(it)),
            ) = (self.sent.get(call), answer)
            && open.contains_key(call)
        {
            self.ends_at(&it.access, sent.saturating_add(it.lifetime.unwrap_or(Duration::MAX)));
        }
        if let Input::HeaderToken { request, grant } = input
            && let Some(Stage::Sent { at } | Stage::Replayed { at }) = self.requests.get(request)
        {
            self.ends_at(&grant.access.clone().into(), at.saturating_add(grant.lifetime));
        }
        self.sockets.before(input);
        self.settled = None;
        if let Input::Request { id, event } = input {
            self.settled = (*event == RequestEvent::Settled).then_some(*id);
            let next = match (event, self.requests.get(id)) {
                (RequestEvent::Asked { .. }, None) => Some(Stage::Asked),
                (RequestEvent::Refused, Some(Stage::Sent { .. })) => Some(Stage::RefusedOnce),
                (RequestEvent::Refused, Some(Stage::Replayed { .. })) => Some(Stage::RefusedTwice),
                (RequestEvent::Asked { .. } | RequestEvent::Progressed | RequestEvent::Refused, stage) => {
                    stage.copied()
                }
                (RequestEvent::Settled, _) => None,
            };
            self.set_stage(*id, next);
        }
    }

    pub(super) fn after(
        &mut self,
        outputs: &[Output],
        snapshot: &Snapshot,
        open: &BTreeMap<CallId, CallKind>,
    ) {
        let is_out = matches!(snapshot.status, Status::SignedOut { .. });
        for output in outputs {
            no_secret(output);
            match output {
                Output::Send(call) => self.sent(call, is_out),
                Output::Request(id, order) => self.ordered(*id, order, is_out),
                Output::Socket(id, order) => {
                    if let Some(access) = self.sockets.ordered(*id, order, is_out) {
                        self.is_unexpired(access);
                    }
                }
                Output::Store(_) => assert!(!is_out || !self.is_out, "stored while nobody is signed in"),
                Output::Publish(published) => {
                    assert_ne!(self.shown.as_ref(), Some(&**published), "nothing has changed");
                    self.shown = Some((**published).clone());
                }
                Output::Abort(_)
                | Output::Forget(_)
                | Output::Keep(_)
                | Output::Discard
                | Output::Broadcast(_)
                | Output::Lock(_)
                | Output::Say(_)
                | Output::Timeout(_) => {}
            }
        }
        assert_eq!(self.shown.as_ref(), Some(snapshot), "what is shown is not what is");
        self.is_out = is_out;
        self.sockets.after(is_out);
        if is_out {
            assert!(self.requests.is_empty(), "requests outlived the session: {:?}", self.requests);
        }
        let of = |is: fn(&CallKind) -> bool| open.values().filter(|kind| is(kind)).count();
        assert!(of(|kind| matches!(kind, CallKind::Refresh { .. })) <= 1, "two refreshes at once: {open:?}");
        assert!(
            of(|kind| matches!(kind, CallKind::Validate { .. })) <= 1,
            "two validations at once: {open:?}"
        );
        assert!(of(|kind| matches!(kind, CallKind::SignIn(_))) <= 1, "two sign-ins at once: {open:?}");
    }

    fn sent(&mut self, call: &Call, is_out: bool) {
        assert!(call.id.0 > self.last_call, "a call's number was used twice");
        self.last_call = call.id.0;
        self.sent.insert(call.id, self.now);
        match &call.kind {
            CallKind::Clock => {}
            CallKind::SignIn(_) => assert!(is_out, "{call:?} while somebody is in"),
            CallKind::SignOut { access, .. } => {
                assert!(is_out, "{call:?} while somebody is in");
                access.iter().for_each(|access| self.is_unexpired(access));
            }
            // A sign-out may need a token as well, when nobody is signed in any more.
            CallKind::Refresh { .. } => {}
            CallKind::Validate { access } => {
                assert!(!is_out, "a validation while nobody is signed in");
                self.is_unexpired(access);
            }
        }
    }

    fn ordered(&mut self, id: RequestId, order: &Order, is_out: bool) {
        let stage = self.requests.get(&id).copied();
        let next = match (order, stage) {
            (Order::Send(Credential { access, .. }), Some(Stage::Asked)) if !is_out => {
                self.is_unexpired(access);
                Some(Stage::Sent { at: self.now })
            }
            (Order::Replay(Credential { access, .. }), Some(Stage::RefusedOnce)) if !is_out => {
                self.is_unexpired(access);
                Some(Stage::Replayed { at: self.now })
            }
            (Order::Deliver, Some(Stage::RefusedOnce | Stage::RefusedTwice)) => None,
            (Order::Fail(_), Some(_)) => None,
            (Order::Fail(_), None) if self.settled == Some(id) => None,
            (order, stage) => panic!("{order:?} for {id:?}, which is {stage:?}"),
        };
        self.set_stage(id, next);
    }

    fn set_stage(&mut self, id: RequestId, stage: Option<Stage>) {
        match stage {
            Some(stage) => self.requests.insert(id, stage),
            None => self.requests.remove(&id),
        };
    }

    fn is_unexpired(&self, access: &Access) {
        let Some(access) = access.token() else { return };
        if let Some(end) = self.ends.get(access.expose())
            && !self.is_time_void
        {
            assert!(*end > self.now, "{} is sent although it has expired", access.expose());
        }
    }

    fn ends_at(&mut self, access: &Access, end: Duration) {
        let Some(access) = access.token() else { return };
        self.ends.insert(access.expose().into(), end);
    }
}

/// Nothing that is shown, stored or written holds a credential, and no order gives one away when it is logged.
fn no_secret(output: &Output) {
    let text = format!("{output:?}");
    assert!(!text.contains("secret-"), "a credential in the open: {text}");
    match output {
        Output::Say(line) => assert!(!format!("{line:?}").contains("secret-"), "a credential in the console"),
        Output::Store(_) | Output::Publish(_) => assert!(!text.contains("Secret"), "a credential in {text}"),
        Output::Send(_)
        | Output::Abort(_)
        | Output::Request(..)
        | Output::Socket(..)
        | Output::Forget(_)
        | Output::Keep(_)
        | Output::Discard
        | Output::Broadcast(_)
        | Output::Lock(_)
        | Output::Timeout(_) => {}
    }
}
