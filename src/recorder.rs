//! Keeps the record of what happens: hears it from the driver, and writes it where a reload and other tabs find it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use leptos::prelude::*;
use perennial_session::{Happened, Remembered, Snapshot, Status, Wall};

use crate::{
    driver::{Driver, Listening},
    platform::{clock, console, person, preferences, record as place, storage, timer},
    record::{self, Book, Entry, Fate, Notes, Record},
};

/// The record of whoever is signed in.
#[derive(Clone, Copy, Debug)]
pub struct Recorder {
    entries: RwSignal<Arc<Vec<Entry>>>,
    is_known: RwSignal<bool>,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    book: RefCell<Book>,
    notes: RefCell<Notes>,
    timer: RefCell<Option<timer::Timer>>,
    listeners: RefCell<Option<(place::Listeners, Listening)>>,
    /// Whether it was said already that nothing can be stored.
    has_warned: Cell<bool>,
}

impl Recorder {
    /// Knows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            entries: RwSignal::default(),
            is_known: RwSignal::default(),
            inner: StoredValue::new_local(Rc::default()),
        }
    }

    /// What happened, the oldest first. Nothing while nobody is signed in.
    #[must_use]
    pub fn entries(&self) -> ReadSignal<Arc<Vec<Entry>>> {
        self.entries.read_only()
    }

    /// Whether it is known what happened. While the session is restored it may not be.
    #[must_use]
    pub fn is_known(&self) -> ReadSignal<bool> {
        self.is_known.read_only()
    }

    /// Writes down what has happened so far and what happens from now on.
    pub fn listen(self, driver: &Driver, snapshot: RwSignal<Snapshot>) {
        snapshot.with_untracked(|snapshot| self.follow(&snapshot.status));
        for event in driver.history() {
            self.hear(event.at, event.what, snapshot);
        }
        let listening = driver.listen(move |happened| self.hear(now(), happened, snapshot));
        let places = place::listen(move || self.stored_elsewhere(), move || self.flush());
        self.with(|inner| *inner.listeners.borrow_mut() = Some((places, listening)));
    }

    /// Takes note of who is signed in. To be called before what happened with it is heard.
    pub fn follow(self, status: &Status) {
        let fate = self.with(|inner| {
            let mut book = inner.book.borrow_mut();
            match status {
                Status::Restoring => book.restoring(remembered, load),
                Status::SignedIn { account, .. } => book.signed_in(&account.id, load),
                Status::SignedOut { .. } => book.signed_out(preferences::keeps_record, load),
            }
        });
        if fate == Fate::Same {
            return;
        }
        let is_out = matches!(status, Status::SignedOut { .. });
        // Where somebody has signed in again meanwhile, in another tab, what lies there is the record of that.
        if fate == Fate::Remove && !(is_out && is_session_stored()) {
            place::remove();
        }
        self.show();
    }

    /// Forgets all that happened, here and in the storage.
    pub fn clear(self) {
        self.with(|inner| inner.book.borrow_mut().clear());
        place::remove();
        self.show();
    }

    fn hear(self, at: Wall, happened: Happened, snapshot: RwSignal<Snapshot>) {
        let token_ms = snapshot.with_untracked(|snapshot| {
            let span = snapshot.token_from.zip(snapshot.token_until);
            span.map(|(from, until)| until.0.saturating_sub(from.0))
        });
        let entries = self.with(|inner| inner.notes.borrow_mut().note(at, happened, token_ms));
        if entries.is_empty() {
            return;
        }
        self.with(|inner| entries.into_iter().for_each(|entry| inner.book.borrow_mut().add(entry)));
        self.show();
        if matches!(happened, Happened::SignedOut(_)) {
            self.flush();
        } else {
            self.flush_soon();
        }
    }

    fn stored_elsewhere(self) {
        self.with(|inner| inner.book.borrow_mut().changed(load(), now()));
        self.show();
        self.flush_soon();
    }

    /// Events come in flocks: they are written together.
    fn flush_soon(self) {
        self.with(|inner| {
            if inner.book.borrow().is_behind() && inner.timer.borrow().is_none() {
                let timer = timer::after(PAUSE, move || self.flush());
                *inner.timer.borrow_mut() = Some(timer);
            }
        });
    }

    /// Writes what is not written yet into what other tabs have written, unless the session has ended and nothing of it
    /// is to stay.
    fn flush(self) {
        self.with(|inner| {
            drop(inner.timer.take());
            let mut book = inner.book.borrow_mut();
            let is_kept = book.owner().is_some_and(preferences::keeps_record);
            if !book.is_behind() || !(is_session_stored() || is_kept) {
                return;
            }
            let Some(text) = book.to_store(load(), now()).as_ref().and_then(record::write) else { return };
            if let Err(why) = place::store(&text)
                && !inner.has_warned.replace(true)
            {
                console::warn(&format!("The record of what happens ends with this page: {why}"));
            }
        });
    }

    fn show(self) {
        let entries = self.with(|inner| inner.book.borrow().entries(now()));
        if self.entries.with_untracked(|shown| **shown != entries) {
            self.entries.set(Arc::new(entries));
        }
        let is_known = self.with(|inner| inner.book.borrow().is_known());
        if self.is_known.get_untracked() != is_known {
            self.is_known.set(is_known);
        }
    }

    fn with<T>(self, act: impl FnOnce(&Inner) -> T) -> T {
        // Not borrowed while it acts: what is set may be read in the same moment.
        let inner = self.inner.get_value();
        act(&inner)
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").finish_non_exhaustive()
    }
}

fn load() -> Option<Record> {
    let text = place::load()?;
    let record = record::read(&text);
    if record.is_none() {
        console::warn("What is stored as the record of what happened is none, and is passed over");
    }
    record
}

/// Whom the device remembers, beside a session that may go on.
fn remembered() -> Option<String> {
    is_session_stored().then(person::load).flatten().map(|person| person.id)
}

fn is_session_stored() -> bool {
    matches!(storage::load(), Remembered::Session(_))
}

fn now() -> Wall {
    Wall(clock::read().wall_ms)
}

/// Long enough for a refresh and all that follows it.
const PAUSE: Duration = Duration::from_secs(1);
