//! The lock that the tabs of this origin share (Web Locks).
//!
//! The bindings of web-sys need an unstable switch of the compiler, so the one function that is needed is declared
//! here.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{http::Abort, panic};

/// A lock that was asked for. Dropping it gives the lock back, or withdraws the question if it was not granted yet;
/// a grant that is on its way already is then given back unseen.
#[derive(Debug)]
#[must_use = "a lock that is dropped is given back"]
pub struct Lock {
    hold: Rc<RefCell<Hold>>,
    #[expect(dead_code, reason = "held for its drop, which changes nothing once the lock is granted")]
    withdrawal: Option<Abort>,
}

/// What became of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The lock is held until the [`Lock`] is dropped.
    Granted,
    /// The browser refuses this page any lock, as some do where a site may store nothing.
    Refused,
}

/// Whether the browser has such locks. It has none on an unencrypted origin other than localhost.
#[must_use]
pub fn is_available() -> bool {
    web_sys::window()
        .and_then(|window| Reflect::get(&window.navigator(), &"locks".into()).ok())
        .is_some_and(|locks| locks.is_object())
}

/// Asks for the lock without stealing it, and says once what became of that; never before this returns.
pub fn request(name: &str, on_outcome: impl FnOnce(Outcome) + 'static) -> Lock {
    let hold = Rc::new(RefCell::new(Hold::Awaited));
    let on_outcome = Rc::new(RefCell::new(Some(on_outcome)));
    let withdrawal = Abort::new().ok();
    let granted = {
        let (hold, on_outcome) = (hold.clone(), on_outcome.clone());
        Closure::once(move || {
            let until = begin(&hold);
            if let Some(on_outcome) = until.as_ref().and_then(|_| on_outcome.take()) {
                on_outcome(Outcome::Granted);
            }
            until.map_or(JsValue::UNDEFINED, JsValue::from)
        })
    };
    let asked = ask(name, withdrawal.as_ref(), granted.as_ref().unchecked_ref());
    let lock = Lock { hold: hold.clone(), withdrawal };
    spawn_local(async move {
        let end = match asked {
            Ok(end) => JsFuture::from(end).await,
            Err(error) => Err(error),
        };
        drop(granted);
        let is_refused = end.is_err() && matches!(*hold.borrow(), Hold::Awaited);
        if let Some(on_outcome) = is_refused.then(|| on_outcome.take()).flatten() {
            on_outcome(Outcome::Refused);
        }
    });
    lock
}

/// Gives back whatever is held. For a page that has failed: its lock would keep the other tabs waiting for as long as it
/// is open.
pub fn abandon() {
    let give_back = GIVE_BACK.with(|held| held.try_borrow_mut().ok().and_then(|mut held| held.take()));
    // What settles a promise does not throw, and settling it again changes nothing.
    drop(give_back.map(|give_back| give_back.call0(&JsValue::UNDEFINED)));
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Hold::Held(give_back) = self.hold.replace(Hold::GivenBack) {
            // What settles a promise does not throw.
            drop(give_back.call0(&JsValue::UNDEFINED));
        }
    }
}

thread_local! {
    /// What gives back the lock that was granted last.
    static GIVE_BACK: RefCell<Option<Function>> = const { RefCell::new(None) };
}

#[derive(Debug)]
enum Hold {
    Awaited,
    /// Calling this settles the promise that the browser keeps the lock for.
    Held(Function),
    GivenBack,
}

/// Begins to hold a lock that was granted: until the promise is settled. `None` where nobody wants it any more.
fn begin(hold: &RefCell<Hold>) -> Option<Promise> {
    if panic::has_happened() || !matches!(*hold.borrow(), Hold::Awaited) {
        return None;
    }
    Some(Promise::new(&mut |give_back, _| {
        GIVE_BACK.set(Some(give_back.clone()));
        hold.replace(Hold::Held(give_back));
    }))
}

/// The promise is settled when the lock has been given back, was refused or is not wanted any more.
fn ask(name: &str, withdrawal: Option<&Abort>, granted: &Function) -> Result<Promise, JsValue> {
    let options = Object::new();
    if let Some(withdrawal) = withdrawal {
        Reflect::set(&options, &"signal".into(), &withdrawal.signal())?;
    }
    locks_request(name, &options, granted)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request, catch)]
    fn locks_request(name: &str, options: &Object, granted: &Function) -> Result<Promise, JsValue>;
}
