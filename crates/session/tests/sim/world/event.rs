//! What can happen, and where.

use std::rc::Rc;

use perennial_session::{Input, Message};

use crate::{
    plan::Plan,
    server::Response,
    sockets::{Asked, Due, Told},
    tab::Fetch,
};

/// Something that happens at a time.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The event of the plan with this index.
    Planned(usize),
    Timer {
        tab: usize,
    },
    /// A fetch reaches the server.
    Arrive {
        tab: usize,
        fetch: Rc<Fetch>,
    },
    /// Its answer reaches the browser.
    Answer {
        tab: usize,
        fetch: Rc<Fetch>,
        response: Box<Response>,
    },
    Hear {
        tab: usize,
        message: Rc<Message>,
    },
    RecordChanged {
        tab: usize,
    },
    LockGranted {
        tab: usize,
        request: u64,
    },
    Feed {
        tab: usize,
        input: Box<Input>,
    },
    Tick {
        work: u64,
    },
    /// A page shows what it watches, or does not any more.
    Mount {
        tab: usize,
    },
    Unmount {
        tab: usize,
    },
    /// Something comes out of a live connection at the page's end.
    Tell {
        tab: usize,
        connection: u32,
        told: Box<Told>,
    },
    /// Something comes out of it at the server's end.
    Reach {
        connection: u32,
        asked: Asked,
    },
    /// Something falls due at the server's end.
    Due {
        connection: u32,
        due: Due,
    },
    /// Something is told of a topic, and so often again.
    Publish {
        topic: usize,
        left: u64,
        every_ms: u64,
    },
    Open,
    Crash {
        tab: usize,
    },
    Thaw {
        tab: usize,
    },
    Unhide {
        tab: usize,
    },
    Wake,
    Over(Over),
    /// The rules look at everything.
    Sweep,
    Look,
    Heal,
    Probe,
    End,
}

/// A fault that stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Offline,
    Partition,
    Weather,
    Mood,
    StoreThrows,
    StoreUnreadable,
    MessagesLost,
    MessagesSlow,
    OrphanLock,
    SocketsRefused,
}

impl Event {
    /// Whether it waits while the device sleeps.
    pub(super) fn is_on_device(&self, plan: &Plan) -> bool {
        match self {
            Self::Planned(index) => plan.events[*index].what.is_on_device(),
            Self::Timer { .. }
            | Self::Answer { .. }
            | Self::Hear { .. }
            | Self::RecordChanged { .. }
            | Self::LockGranted { .. }
            | Self::Feed { .. }
            | Self::Tick { .. }
            | Self::Mount { .. }
            | Self::Unmount { .. }
            | Self::Tell { .. }
            | Self::Open
            | Self::Thaw { .. }
            | Self::Unhide { .. } => true,
            Self::Arrive { .. }
            | Self::Reach { .. }
            | Self::Due { .. }
            | Self::Publish { .. }
            | Self::Crash { .. }
            | Self::Wake
            | Self::Over(_)
            | Self::Sweep
            | Self::Look
            | Self::Heal
            | Self::Probe
            | Self::End => false,
        }
    }

    /// In which tab it waits while that is frozen.
    pub(super) fn is_in_tab(&self) -> Option<usize> {
        match self {
            Self::Timer { tab }
            | Self::Answer { tab, .. }
            | Self::Hear { tab, .. }
            | Self::RecordChanged { tab }
            | Self::LockGranted { tab, .. }
            | Self::Feed { tab, .. }
            | Self::Mount { tab }
            | Self::Unmount { tab }
            | Self::Tell { tab, .. }
            | Self::Unhide { tab } => Some(*tab),
            Self::Planned(_)
            | Self::Arrive { .. }
            | Self::Reach { .. }
            | Self::Due { .. }
            | Self::Publish { .. }
            | Self::Tick { .. }
            | Self::Open
            | Self::Crash { .. }
            | Self::Thaw { .. }
            | Self::Wake
            | Self::Over(_)
            | Self::Sweep
            | Self::Look
            | Self::Heal
            | Self::Probe
            | Self::End => None,
        }
    }
}
