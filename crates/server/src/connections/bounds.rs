//! How many connections may be open, in all and from one address.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::metrics::gauge::Gauge;

use crate::attempts::network;
use crate::counts::Counts;

/// The connections that are open, and how many there may be.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    open: Arc<Mutex<Counts<Vec<u8>>>>,
    most: u32,
    /// Nothing where all come from the proxy in front.
    most_per_address: Option<u32>,
    /// Says to the operator how many are open.
    shown: Gauge,
}

/// Why there is no room for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// As many are open as there may be.
    InAll,
    /// As many are open from this address as one may have.
    OfAddress,
}

/// The place of an open connection, given back at its end.
#[derive(Debug)]
pub(super) struct Place {
    open: Arc<Mutex<Counts<Vec<u8>>>>,
    network: Vec<u8>,
    shown: Gauge,
}

impl Bounds {
    pub(super) fn new(most: u32, most_per_address: Option<u32>, shown: Gauge) -> Self {
        Self { open: Arc::default(), most, most_per_address, shown }
    }

    /// A place for a connection from this address (IPv6: one /64).
    pub(super) fn enter(&self, address: IpAddr) -> Result<Place, Full> {
        let network = network(address);
        let mut open = lock(&self.open);
        if open.all() >= self.most {
            return Err(Full::InAll);
        }
        if !open.add(&network, self.most_per_address.unwrap_or(u32::MAX)) {
            return Err(Full::OfAddress);
        }
        self.shown.set(open.all().into());
        Ok(Place { open: Arc::clone(&self.open), network, shown: self.shown.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        open.remove(&self.network);
        self.shown.set(open.all().into());
    }
}

fn lock(open: &Mutex<Counts<Vec<u8>>>) -> MutexGuard<'_, Counts<Vec<u8>>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Full, Gauge};

    #[test]
    fn one_address_has_a_share_of_the_places_and_gives_them_back() {
        let shown = Gauge::default();
        let bounds = Bounds::new(3, Some(2), shown.clone());
        let enter = |address: &str| bounds.enter(address.parse().unwrap());
        let (one, two) = (enter("192.0.2.7").unwrap(), enter("::ffff:192.0.2.7").unwrap());
        assert_eq!(enter("192.0.2.7").err(), Some(Full::OfAddress));
        let three = enter("2001:db8::1").unwrap();
        assert_eq!(enter("198.51.100.1").err(), Some(Full::InAll));
        assert_eq!(shown.get(), 3);
        drop((one, two, three));
        assert_eq!(shown.get(), 0);
        assert!(enter("192.0.2.7").is_ok());
    }

    #[test]
    fn behind_a_proxy_only_the_bound_of_all_counts() {
        let bounds = Bounds::new(3, None, Gauge::default());
        let places: Vec<_> = (0..3).map(|_| bounds.enter("127.0.0.1".parse().unwrap()).unwrap()).collect();
        assert_eq!(bounds.enter("127.0.0.1".parse().unwrap()).err(), Some(Full::InAll));
        drop(places);
    }
}
