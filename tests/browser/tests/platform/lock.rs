use std::{cell::RefCell, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use perennial::platform::lock::{self, Lock, Outcome};
use wasm_bindgen_test::wasm_bindgen_test;

/// What became of the questions that were asked, in order.
type Told = Rc<RefCell<Vec<(&'static str, Outcome)>>>;

fn ask(name: &str, who: &'static str, told: &Told) -> Lock {
    let told = told.clone();
    lock::request(name, move |outcome| told.borrow_mut().push((who, outcome)))
}

/// Long enough for any grant that is coming.
async fn a_while() {
    TimeoutFuture::new(50).await;
}

#[wasm_bindgen_test]
fn a_secure_page_has_locks() {
    assert!(lock::is_available());
}

#[wasm_bindgen_test]
async fn a_second_question_waits_until_the_lock_is_given_back() {
    let told = Told::default();
    let first = ask("queue", "first", &told);
    let _second = ask("queue", "second", &told);
    assert_eq!(*told.borrow(), [], "nobody is told before the question returns");
    a_while().await;
    assert_eq!(*told.borrow(), [("first", Outcome::Granted)]);
    drop(first);
    a_while().await;
    assert_eq!(*told.borrow(), [("first", Outcome::Granted), ("second", Outcome::Granted)]);
}

#[wasm_bindgen_test]
async fn a_question_that_was_withdrawn_is_passed_over() {
    let told = Told::default();
    let first = ask("withdraw", "first", &told);
    let second = ask("withdraw", "second", &told);
    let _third = ask("withdraw", "third", &told);
    a_while().await;
    drop(second);
    a_while().await;
    drop(first);
    a_while().await;
    assert_eq!(*told.borrow(), [("first", Outcome::Granted), ("third", Outcome::Granted)]);
}

/// The grant may be on its way when the question is withdrawn.
#[wasm_bindgen_test]
async fn a_lock_that_nobody_wants_any_more_is_given_back_unseen() {
    let told = Told::default();
    for _ in 0..20 {
        drop(ask("unwanted", "nobody", &told));
        let late = ask("unwanted", "nobody", &told);
        // A grant needs a few turns of the event loop; this one comes while it is between them.
        TimeoutFuture::new(0).await;
        told.borrow_mut().clear();
        drop(late);
    }
    let _wanted = ask("unwanted", "somebody", &told);
    a_while().await;
    assert_eq!(*told.borrow(), [("somebody", Outcome::Granted)]);
}

#[wasm_bindgen_test]
async fn a_lock_can_be_given_back_by_whoever_is_told_of_it() {
    let told = Told::default();
    let slot: Rc<RefCell<Option<Lock>>> = Rc::default();
    *slot.borrow_mut() = Some(lock::request("at once", {
        let (slot, told) = (slot.clone(), told.clone());
        move |outcome| {
            told.borrow_mut().push(("first", outcome));
            drop(slot.take());
        }
    }));
    let _second = ask("at once", "second", &told);
    a_while().await;
    assert_eq!(*told.borrow(), [("first", Outcome::Granted), ("second", Outcome::Granted)]);
}

/// The specification reserves names that begin with a hyphen; a question about one is refused as any other would be
/// where a site may not use locks.
#[wasm_bindgen_test]
async fn a_lock_that_the_browser_refuses_is_said_to_be_refused() {
    let told = Told::default();
    let _lock = ask("-reserved", "somebody", &told);
    a_while().await;
    assert_eq!(*told.borrow(), [("somebody", Outcome::Refused)]);
}

#[wasm_bindgen_test]
async fn a_refusal_of_what_was_withdrawn_is_told_to_nobody() {
    let told = Told::default();
    drop(ask("-reserved", "nobody", &told));
    a_while().await;
    assert_eq!(*told.borrow(), []);
}
