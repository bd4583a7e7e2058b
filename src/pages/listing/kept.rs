//! The lists that came last, for whoever comes back to a page without a network.
//!
//! They are in memory and nowhere else, belong to the account they came for, and are gone with its sign-out.

use std::{any::Any, rc::Rc};

use leptos::prelude::*;
use perennial_session::{Few, Health, Snapshot, Wall};

use crate::guard::Admission;

/// The last list of each kind, above all pages, so that it outlives them.
#[derive(Clone, Copy, Debug)]
pub struct Lists {
    admission: Memo<Admission>,
    offline: Memo<bool>,
    kept: StoredValue<Kept, LocalStorage>,
}

#[derive(Debug, Default)]
struct Kept {
    account: Option<String>,
    lists: Few<&'static str, (Wall, Rc<dyn Any>)>,
}

impl Lists {
    /// Keeps nothing yet, and forgets by itself what nobody may have any more.
    #[must_use]
    pub fn new(admission: Memo<Admission>, snapshot: ReadSignal<Snapshot>) -> Self {
        let offline = Memo::new(move |_| snapshot.with(|snapshot| snapshot.health == Health::Offline));
        let lists = Self { admission, offline, kept: StoredValue::new_local(Kept::default()) };
        Effect::new(move |_| {
            admission.with(|admission| lists.kept.update_value(|kept| kept.settle(admission)));
        });
        lists
    }

    /// Whose lists may be kept now.
    #[must_use]
    pub fn account(self) -> Option<String> {
        match self.admission.get_untracked() {
            Admission::In(account) => Some(account),
            Admission::Restoring | Admission::Out { .. } => None,
        }
    }

    /// Whether the device knows that it has no network.
    #[must_use]
    pub fn offline(self) -> Memo<bool> {
        self.offline
    }

    /// Keeps a list that came for an account, unless somebody else is there by now.
    pub fn put<T: 'static>(self, account: Option<String>, name: &'static str, at: Wall, list: T) {
        if let Some(account) = account.filter(|account| self.account().as_ref() == Some(account)) {
            self.kept.update_value(|kept| kept.put(account, name, at, list));
        }
    }

    /// What came last for an account, and when.
    #[must_use]
    pub fn get<T: Clone + 'static>(self, account: Option<&str>, name: &'static str) -> Option<(Wall, T)> {
        self.kept.with_value(|kept| kept.get(account?, name))
    }
}

impl Kept {
    fn put<T: 'static>(&mut self, account: String, name: &'static str, at: Wall, list: T) {
        self.belong_to(&account);
        self.lists.insert(name, (at, Rc::new(list)));
    }

    fn get<T: Clone + 'static>(&self, account: &str, name: &'static str) -> Option<(Wall, T)> {
        let (at, list) = self.lists.get(&name).filter(|_| self.account.as_deref() == Some(account))?;
        Some((*at, list.downcast_ref::<T>()?.clone()))
    }

    /// Forgets what nobody may have any more.
    fn settle(&mut self, admission: &Admission) {
        match admission {
            Admission::Restoring => {}
            Admission::In(account) => self.belong_to(account),
            Admission::Out { .. } => *self = Self::default(),
        }
    }

    fn belong_to(&mut self, account: &str) {
        if self.account.as_deref() != Some(account) {
            *self = Self { account: Some(account.to_owned()), lists: Few::new() };
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_list_comes_back_to_its_person_with_its_time_also_after_the_session_was_restored() {
        let mut kept = with_list_of("ada");
        kept.settle(&Admission::Restoring);
        kept.settle(&Admission::In("ada".into()));
        assert_eq!(kept.get::<Vec<u8>>("ada", "list"), Some((Wall(7), vec![1, 2])));
        assert_eq!(kept.get::<Vec<u8>>("ada", "other"), None);
    }

    #[test]
    fn nobody_else_gets_it_and_it_is_gone_once_somebody_else_was_there() {
        let mut kept = with_list_of("ada");
        assert_eq!(kept.get::<Vec<u8>>("bob", "list"), None);
        kept.settle(&Admission::In("bob".into()));
        kept.settle(&Admission::In("ada".into()));
        assert_eq!(kept.get::<Vec<u8>>("ada", "list"), None);
    }

    #[test]
    fn a_session_that_ends_leaves_nothing_whatever_ended_it() {
        for on_purpose in [true, false] {
            let mut kept = with_list_of("ada");
            kept.settle(&Admission::Out { on_purpose });
            assert!(kept.lists.is_empty());
        }
    }

    fn with_list_of(account: &str) -> Kept {
        let mut kept = Kept::default();
        kept.put(account.to_owned(), "list", Wall(7), vec![1_u8, 2]);
        kept
    }
}
