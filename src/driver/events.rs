//! What happens to the session, for those who listen.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use perennial_session::{Engine, Few, Happened};

type Listener = Rc<dyn Fn(Happened)>;

/// Who listens, and how much of what happened they have been told.
#[derive(Default)]
pub(super) struct Events(Rc<Inner>);

#[derive(Default)]
struct Inner {
    listeners: RefCell<Few<u64, Listener>>,
    made: Cell<u64>,
    told: Cell<u64>,
}

/// A listener to what happens; dropping it ends it.
#[must_use = "a listener that is dropped hears nothing"]
#[expect(missing_debug_implementations, reason = "there is nothing in it to be shown")]
pub struct Listening {
    number: u64,
    events: Weak<Inner>,
}

impl Events {
    pub(super) fn listen(&self, listener: impl Fn(Happened) + 'static) -> Listening {
        let number = self.0.made.get() + 1;
        self.0.made.set(number);
        self.0.listeners.borrow_mut().insert(number, Rc::new(listener));
        Listening { number, events: Rc::downgrade(&self.0) }
    }

    /// What has happened since this was asked last.
    pub(super) fn news(&self, engine: &Engine) -> Vec<Happened> {
        let told = self.0.told.replace(engine.happened());
        let count = usize::try_from(engine.happened() - told).unwrap_or(usize::MAX);
        let known = engine.history().count();
        engine.history().skip(known.saturating_sub(count)).map(|event| event.what).collect()
    }

    /// Tells all who listen. They may do anything, listen and stop listening among it, and so nothing is held while they
    /// do.
    pub(super) fn tell(&self, news: Vec<Happened>) {
        for happened in news {
            let listeners: Vec<Listener> = self.0.listeners.borrow().values().cloned().collect();
            for listener in listeners {
                listener(happened);
            }
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(events) = self.events.upgrade() {
            events.listeners.borrow_mut().remove(&self.number);
        }
    }
}
