//! How many live connections there are, of whom.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::watch;
use uuid::Uuid;

use crate::attempts::network;
use crate::counts::Counts;

/// The places that are taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(Arc<watch::Sender<Taken>>);

/// How many connections there may be of which nobody knows yet whose they are. One address has a share only, or whoever
/// says nothing from there would keep everybody else out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strangers {
    pub(crate) everywhere: u32,
    pub(crate) per_address: u32,
}

#[derive(Debug, Default)]
struct Taken {
    strangers: Counts<Network>,
    people: Counts<Uuid>,
}

/// What counts as one address.
type Network = Vec<u8>;

/// Whose place it is.
#[derive(Clone, Debug)]
enum Holder {
    Stranger(Network),
    Person(Uuid),
}

/// The place of a connection, given back at its end.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    holder: Holder,
}

impl Places {
    /// A place for a connection of which nobody knows yet whose it is; none when too many such have one.
    pub(crate) fn enter(&self, address: IpAddr, most: Strangers) -> Option<Place> {
        let network = network(address);
        let entered = self.0.send_if_modified(|taken| {
            taken.strangers.all() < most.everywhere && taken.strangers.add(&network, most.per_address)
        });
        entered.then(|| Place { places: self.clone(), holder: Holder::Stranger(network) })
    }

    /// How many are taken by people, and how many by connections of which nobody knows yet whose they are.
    pub(crate) fn taken(&self) -> (u32, u32) {
        let taken = self.0.borrow();
        (taken.people.all(), taken.strangers.all())
    }

    /// Waits until no place is taken.
    pub(crate) async fn empty(&self) {
        let mut taken = self.0.subscribe();
        // The sender is here, so this can only end well.
        drop(taken.wait_for(|taken| taken.strangers.all() + taken.people.all() == 0).await);
    }
}

impl Place {
    /// Makes it the place of this person's connection; says whether less than `most` of them had one.
    pub(crate) fn belongs_to(&mut self, account_id: Uuid, most: u32) -> bool {
        let seated = self.places.0.send_if_modified(|taken| {
            let is_seated = taken.people.add(&account_id, most);
            if is_seated {
                taken.leave(&self.holder);
            }
            is_seated
        });
        if seated {
            self.holder = Holder::Person(account_id);
        }
        seated
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.0.send_modify(|taken| taken.leave(&self.holder));
    }
}

impl Taken {
    fn leave(&mut self, holder: &Holder) {
        match holder {
            Holder::Stranger(network) => self.strangers.remove(network),
            Holder::Person(account_id) => self.people.remove(account_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use uuid::Uuid;

    use super::{Places, Strangers};

    #[tokio::test]
    async fn places_are_counted_by_person_and_given_back() {
        let (places, [ada, eve]) = (Places::default(), [Uuid::new_v4(), Uuid::new_v4()]);
        let enter = || places.enter(HERE.parse().unwrap(), Strangers { everywhere: 2, per_address: 2 });
        let mut first = enter().unwrap();
        let mut second = enter().unwrap();
        assert!(enter().is_none(), "strangers are too many");
        assert!(first.belongs_to(ada, 1));
        let mut third = enter().unwrap();
        assert!(!second.belongs_to(ada, 1), "one of hers is there");
        assert_eq!(places.taken(), (1, 2));
        assert!(third.belongs_to(eve, 1));
        drop(first);
        assert!(second.belongs_to(ada, 1));
        drop((second, third));
        places.empty().await;
    }

    #[tokio::test]
    async fn strangers_from_one_address_leave_room_for_others() {
        let places = Places::default();
        let most = Strangers { everywhere: 3, per_address: 2 };
        let enter = |address: &str| places.enter(address.parse::<IpAddr>().unwrap(), most);
        let (mut one, two) = (enter(HERE).unwrap(), enter("::ffff:192.0.2.7").unwrap());
        assert!(enter(HERE).is_none());
        let other = enter("2001:db8::1").unwrap();
        assert!(enter("198.51.100.1").is_none(), "there are three");
        assert!(one.belongs_to(Uuid::new_v4(), 1));
        let next = enter("2001:db8::2:0:0:1").unwrap();
        assert!(enter("2001:db8::3").is_none(), "there are three, and two from this network");
        drop(two);
        assert!(enter("2001:db8::3").is_none(), "two are from this network");
        assert!(enter(HERE).is_some(), "who is known is no stranger from there");
        drop((one, other, next));
        places.empty().await;
    }

    const HERE: &str = "192.0.2.7";
}
