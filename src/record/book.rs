//! Whose the record is, and what becomes of it when somebody comes or goes.

use perennial_session::Wall;

use super::{Entry, Record, What, merge};

/// The record as one tab knows it: what lies in the storage, what is still to be put there, and what is nobody's yet.
#[derive(Debug, Default)]
pub struct Book {
    standing: Standing,
    owner: Option<String>,
    stored: Vec<Entry>,
    fresh: Vec<Entry>,
    /// What this tab put into the storage last, in case that another wrote over it in the same moment.
    written: Vec<Entry>,
    /// What happened before it was known to whom.
    unowned: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Standing {
    /// Nothing is known yet.
    #[default]
    Unknown,
    /// It is being found out whether the session of whoever was here last goes on.
    Restoring,
    In,
    Out,
}

/// What is to become of what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nobody came and nobody went.
    Same,
    /// It stays.
    Stay,
    /// It is another's, or is not to outlive the session.
    Remove,
}

impl Book {
    /// It is being found out whether the session goes on of somebody whom the device remembers. Until it is known, which
    /// takes as long as no server can be reached, the record that lies there is theirs to read, if it is theirs.
    pub fn restoring(
        &mut self,
        remembered: impl FnOnce() -> Option<String>,
        stored: impl FnOnce() -> Option<Record>,
    ) -> Fate {
        if self.standing != Standing::Unknown {
            return Fate::Same;
        }
        self.standing = Standing::Restoring;
        let account = remembered().filter(|account| !account.is_empty());
        if let Some((account, record)) = account.zip(stored())
            && record.account == account
        {
            self.owner = Some(account);
            self.stored = record.entries;
        }
        Fate::Stay
    }

    /// Somebody is signed in. The record of anybody else goes.
    pub fn signed_in(&mut self, account: &str, stored: impl FnOnce() -> Option<Record>) -> Fate {
        if self.standing == Standing::In && self.owner.as_deref() == Some(account) {
            return Fate::Same;
        }
        if self.owner.as_deref() != Some(account) {
            self.forget();
        }
        self.standing = Standing::In;
        self.owner = Some(account.to_owned());
        self.fresh.append(&mut self.unowned);
        match stored() {
            Some(record) if record.account == account => {
                self.stored = record.entries;
                Fate::Stay
            }
            Some(_) => Fate::Remove,
            None => Fate::Stay,
        }
    }

    /// Nobody is signed in. The record goes, unless the person whose it is wanted it to be kept.
    pub fn signed_out(
        &mut self,
        keeps: impl FnOnce(&str) -> bool,
        stored: impl FnOnce() -> Option<Record>,
    ) -> Fate {
        if self.standing == Standing::Out {
            return Fate::Same;
        }
        self.standing = Standing::Out;
        // Where the session ended before it was known whose it was, it was that of whoever the record is of.
        if self.owner.is_none()
            && let Some(record) = stored()
        {
            self.owner = Some(record.account);
            self.stored = record.entries;
        }
        if self.owner.as_deref().is_some_and(keeps) {
            return Fate::Stay;
        }
        self.forget();
        Fate::Remove
    }

    /// Something happened.
    pub fn add(&mut self, entry: Entry) {
        let is_of_the_end = match entry.what {
            What::SignedOut(_) | What::SignOutTold | What::SignOutUntold(_) | What::Refresh { .. } => true,
            What::Started
            | What::SignedIn { .. }
            | What::SignInFailed(_)
            | What::Suspected
            | What::ValidationFailed(_)
            | What::AccountChanged
            | What::WentOffline
            | What::CameOnline
            | What::Slept(_)
            | What::ClockDoubted(_)
            | What::ClockWasSet(_) => false,
        };
        match self.standing {
            Standing::In => self.fresh.push(entry),
            // It is of the session that has ended, and gone with its record.
            Standing::Out if is_of_the_end && self.owner.is_none() => {}
            Standing::Out if is_of_the_end => self.fresh.push(entry),
            Standing::Out | Standing::Restoring | Standing::Unknown => {
                if self.unowned.len() >= MOST_UNOWNED {
                    self.unowned.remove(0);
                }
                self.unowned.push(entry);
            }
        }
    }

    /// Another tab has changed what is stored.
    pub fn changed(&mut self, stored: Option<Record>, now: Wall) {
        match stored {
            None => self.forget_entries(),
            Some(record) if Some(&record.account) == self.owner.as_ref() => {
                let is_lost = |entry: &Entry| {
                    now.0.saturating_sub(entry.at.0) <= RECENT_MS && !record.entries.contains(entry)
                };
                let lost: Vec<Entry> = self.written.drain(..).filter(is_lost).collect();
                self.fresh.extend(lost);
                self.stored = record.entries;
            }
            // Whoever that is, this tab will hear of it.
            Some(_) => {}
        }
    }

    /// Whether there is something that is not stored yet.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.owner.as_ref().is_some_and(|owner| !owner.is_empty()) && !self.fresh.is_empty()
    }

    /// What is to be stored in the place of what is there now, which another tab may have written. Of somebody whom
    /// nothing tells from others nothing is.
    pub fn to_store(&mut self, there: Option<Record>, now: Wall) -> Option<Record> {
        let account = self.owner.clone().filter(|owner| !owner.is_empty())?;
        match there {
            Some(record) if record.account == account => self.stored = record.entries,
            // Somebody else has signed in since; the end of a session that is over matters less.
            Some(_) if self.standing != Standing::In => {
                self.fresh.clear();
                return None;
            }
            Some(_) | None => {}
        }
        self.stored = merge(&self.stored, &self.fresh, now);
        self.written = std::mem::take(&mut self.fresh);
        Some(Record { account, entries: self.stored.clone() })
    }

    /// Whose the record is, if it is anybody's.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// Whether it is known what happened; otherwise that nothing did must not be said.
    #[must_use]
    pub fn is_known(&self) -> bool {
        match self.standing {
            Standing::Unknown => false,
            Standing::Restoring => self.owner.is_some(),
            Standing::In | Standing::Out => true,
        }
    }

    /// Everything that is known of whoever is signed in, or is taken to be, the oldest first.
    #[must_use]
    pub fn entries(&self, now: Wall) -> Vec<Entry> {
        match self.standing {
            Standing::In => merge(&self.stored, &self.fresh, now),
            Standing::Restoring if self.owner.is_some() => merge(&self.stored, &self.unowned, now),
            Standing::Unknown | Standing::Restoring | Standing::Out => Vec::new(),
        }
    }

    /// Forgets what happened so far, as the person wants it.
    pub fn clear(&mut self) {
        self.forget_entries();
        self.unowned.clear();
    }

    fn forget_entries(&mut self) {
        self.stored.clear();
        self.fresh.clear();
        self.written.clear();
    }

    fn forget(&mut self) {
        self.owner = None;
        self.forget_entries();
    }
}

/// Whoever does not sign in leaves nothing that grows.
const MOST_UNOWNED: usize = 50;

/// How long after it was written an entry may be missed: tabs that write over each other do so in the same moment.
const RECENT_MS: u64 = 10_000;

#[cfg(test)]
mod tests {
    use perennial_session::{SignInFailure, SignOutReason};
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const NOW: Wall = Wall(1_000_000);

    fn entry(at: u64, what: What) -> Entry {
        Entry { at: Wall(at), what }
    }

    fn record(account: &str) -> Record {
        Record { account: account.into(), entries: vec![entry(999_000, What::SignedIn { token_ms: None })] }
    }

    #[test]
    fn what_happened_before_it_was_known_to_whom_is_of_whoever_it_turns_out_to_be() {
        let mut book = Book::default();
        book.add(entry(999_500, What::Started));
        assert!(book.entries(NOW).is_empty());
        assert_eq!(book.signed_in("a", || Some(record("a"))), Fate::Stay);
        assert_eq!(book.entries(NOW).len(), 2);
    }

    #[test]
    fn while_the_session_is_restored_its_person_reads_their_record_and_what_is_added_now() {
        let mut book = Book::default();
        assert!(!book.is_known());
        assert_eq!(book.restoring(|| Some("a".into()), || Some(record("a"))), Fate::Stay);
        book.add(entry(999_500, What::WentOffline));
        assert!(book.is_known());
        assert_eq!((book.entries(NOW).len(), book.is_behind()), (2, false));
        assert_eq!(book.restoring(|| None, || None), Fate::Same);
        assert_eq!(book.signed_in("a", || Some(record("a"))), Fate::Stay);
        assert_eq!((book.entries(NOW).len(), book.is_behind()), (2, true));
    }

    #[test]
    fn while_the_session_is_restored_nothing_is_shown_of_anybody_else_and_nothing_denied() {
        let remembered: [fn() -> Option<String>; 3] = [|| Some("b".into()), || Some(String::new()), || None];
        for remembered in remembered {
            let mut book = Book::default();
            book.restoring(remembered, || Some(record("a")));
            book.add(entry(999_500, What::Started));
            assert!(book.entries(NOW).is_empty() && !book.is_known());
        }
    }

    #[test]
    fn a_session_that_ends_while_it_is_restored_takes_its_record_along() {
        let mut book = Book::default();
        book.restoring(|| Some("a".into()), || Some(record("a")));
        assert_eq!(book.signed_out(|_| false, || Some(record("a"))), Fate::Remove);
        assert!(book.entries(NOW).is_empty() && book.owner().is_none());
    }

    #[test]
    fn that_one_person_keeps_their_record_keeps_nobody_elses() {
        let keeps = |account: &str| account == "a";
        let mut book = Book::default();
        book.signed_in("b", || None);
        assert_eq!(book.signed_out(keeps, || Some(record("b"))), Fate::Remove);
        let mut book = Book::default();
        assert_eq!(book.signed_out(keeps, || Some(record("b"))), Fate::Remove);
    }

    #[test]
    fn nobody_sees_the_record_of_another() {
        let mut book = Book::default();
        assert_eq!(book.signed_in("b", || Some(record("a"))), Fate::Remove);
        assert!(book.entries(NOW).is_empty());
        book.add(entry(999_900, What::WentOffline));
        assert_eq!(book.signed_in("c", || None), Fate::Stay);
        assert!(book.entries(NOW).is_empty());
    }

    #[test]
    fn a_record_goes_with_the_session() {
        let mut book = Book::default();
        book.signed_in("a", || Some(record("a")));
        assert_eq!(book.signed_out(|_| false, || Some(record("a"))), Fate::Remove);
        book.add(entry(999_900, What::SignedOut(SignOutReason::ByPerson)));
        book.add(entry(999_950, What::SignOutTold));
        assert!(!book.is_behind());
        book.signed_in("a", || None);
        assert!(book.entries(NOW).is_empty());
    }

    #[test]
    fn a_record_that_is_kept_tells_of_the_end_and_comes_back() {
        let mut book = Book::default();
        book.signed_in("a", || Some(record("a")));
        assert_eq!(book.signed_out(|account| account == "a", || Some(record("a"))), Fate::Stay);
        book.add(entry(999_900, What::SignedOut(SignOutReason::Inactivity)));
        book.add(entry(999_950, What::SignInFailed(SignInFailure::WrongCredentials)));
        assert!(book.entries(NOW).is_empty(), "nobody is there to see it");
        let stored = book.to_store(Some(record("a")), NOW);
        assert_eq!(stored.as_ref().map(|record| record.entries.len()), Some(2));
        book.signed_in("a", || stored);
        assert_eq!(book.entries(NOW).len(), 3);
    }

    #[test]
    fn a_session_that_ended_before_it_was_restored_ends_in_the_record_that_was_kept() {
        let mut book = Book::default();
        book.add(entry(999_500, What::Started));
        assert_eq!(book.signed_out(|account| account == "a", || Some(record("a"))), Fate::Stay);
        book.add(entry(999_600, What::SignedOut(SignOutReason::Inactivity)));
        let stored = book.to_store(Some(record("a")), NOW);
        assert_eq!(stored.map(|record| (record.account, record.entries.len())), Some(("a".into(), 2)));
    }

    #[test]
    fn the_end_of_a_session_does_not_take_the_place_of_whoever_came_next() {
        let mut book = Book::default();
        book.signed_in("a", || None);
        book.signed_out(|_| true, || None);
        book.add(entry(999_900, What::SignOutTold));
        assert_eq!(book.to_store(Some(record("b")), NOW), None);
        assert!(!book.is_behind());
    }

    #[test]
    fn what_another_tab_wrote_over_is_written_again() {
        let mut book = Book::default();
        book.signed_in("a", || None);
        book.add(entry(999_900, What::WentOffline));
        assert!(book.to_store(None, NOW).is_some());
        book.changed(Some(record("a")), NOW);
        assert!(book.is_behind());
        assert_eq!(book.entries(NOW).len(), 2);
        book.changed(None, NOW);
        assert!(book.entries(NOW).is_empty() && !book.is_behind(), "what was removed stays so");
    }

    #[test]
    fn of_somebody_without_an_identifier_nothing_is_stored() {
        let mut book = Book::default();
        book.signed_in("", || None);
        book.add(entry(999_900, What::WentOffline));
        assert_eq!((book.entries(NOW).len(), book.is_behind()), (1, false));
        assert_eq!(book.to_store(None, NOW), None);
    }
}
