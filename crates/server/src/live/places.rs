//! How many live connections there are, of whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;
use uuid::Uuid;

/// The places that are taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(Arc<watch::Sender<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    strangers: u32,
    people: BTreeMap<Uuid, u32>,
}

/// The place of a connection, given back at its end.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    account_id: Option<Uuid>,
}

impl Places {
    /// A place for a connection of which nobody knows yet whose it is; none when `most` such have one.
    pub(crate) fn enter(&self, most: u32) -> Option<Place> {
        let entered = self.0.send_if_modified(|taken| {
            let has_room = taken.strangers < most;
            taken.strangers += u32::from(has_room);
            has_room
        });
        entered.then(|| Place { places: self.clone(), account_id: None })
    }

    /// Waits until no place is taken.
    pub(crate) async fn empty(&self) {
        let mut taken = self.0.subscribe();
        // The sender is here, so this can only end well.
        drop(taken.wait_for(|taken| taken.strangers == 0 && taken.people.is_empty()).await);
    }
}

impl Place {
    /// Makes it the place of this person's connection; says whether less than `most` of them had one.
    pub(crate) fn belongs_to(&mut self, account_id: Uuid, most: u32) -> bool {
        let seated = self.places.0.send_if_modified(|taken| {
            let count = taken.people.get(&account_id).copied().unwrap_or_default();
            if count >= most {
                return false;
            }
            taken.people.insert(account_id, count + 1);
            taken.strangers -= 1;
            true
        });
        if seated {
            self.account_id = Some(account_id);
        }
        seated
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.0.send_modify(|taken| match self.account_id {
            None => taken.strangers -= 1,
            Some(id) => match taken.people.get_mut(&id) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(taken.people.remove(&id)),
            },
        });
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::Places;

    #[tokio::test]
    async fn places_are_counted_by_person_and_given_back() {
        let (places, [ada, eve]) = (Places::default(), [Uuid::new_v4(), Uuid::new_v4()]);
        let mut first = places.enter(2).unwrap();
        let mut second = places.enter(2).unwrap();
        assert!(places.enter(2).is_none(), "strangers are too many");
        assert!(first.belongs_to(ada, 1));
        let mut third = places.enter(2).unwrap();
        assert!(!second.belongs_to(ada, 1), "one of hers is there");
        assert!(third.belongs_to(eve, 1));
        drop(first);
        assert!(second.belongs_to(ada, 1));
        drop((second, third));
        places.empty().await;
    }
}
