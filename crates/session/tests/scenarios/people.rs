//! What is known of the person, when answers say less than others did.

use std::sync::Arc;

use perennial_session::{
    Account, Confirmed, Grant, GrantStore, Input, RefreshAnswer, SignInAnswer, Status, ValidateAnswer,
};

use crate::world::{LIFETIME, World, account, cookie_pair, exchange, form, mins, refresh_token};

/// Field 47. The refresh and the validation of many backends say less of the person than the sign-in does.
#[test]
fn what_a_later_answer_leaves_out_is_known_from_an_earlier_one() {
    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    refreshed(&mut world, bare("ada"));
    assert_eq!(shown(&world), *account("ada"));
    world.advance(mins(1));
    validated(&mut world, bare("ada"));
    assert_eq!(shown(&world), *account("ada"));
}

/// Field 47. Each fact for itself: a new address does not cost the name, and an empty list of roles takes them away.
#[test]
fn what_a_later_answer_says_takes_the_place_of_what_was_known() {
    let mut world = World::signed_in();
    world.advance(mins(1));
    validated(&mut world, Account { email: "countess@example.org".into(), ..bare("ada") });
    assert_eq!(shown(&world), Account { email: "countess@example.org".into(), ..known("ada") });
    world.input(Input::RefreshNow);
    refreshed(&mut world, Account { name: "Countess".into(), roles: Some(Vec::new()), ..bare("ada") });
    let countess = shown(&world);
    assert_eq!((countess.name.as_str(), countess.email.as_str()), ("Countess", "countess@example.org"));
    assert_eq!(countess.roles, Some(Vec::new()));
}

/// Field 47. An address that is known first is no name: a name that is said later is shown.
#[test]
fn a_name_that_is_said_later_is_shown() {
    let email = Account { email: "ada@example.org".into(), ..bare("ada") };
    let mut world = World::signed_in_with(refresh_token(GrantStore::Browser), 1, |grant| {
        grant.account = Some(email.into())
    });
    assert_eq!(shown(&world).shown_name(), "ada@example.org");
    world.advance(mins(1));
    validated(&mut world, Account { name: "Ada".into(), ..bare("ada") });
    assert_eq!((shown(&world).shown_name(), &*shown(&world).email), ("Ada", "ada@example.org"));
}

/// Field 47. Nothing of one person is said of another, by whichever way they come.
#[test]
fn another_person_inherits_nothing() {
    let mut world = World::signed_in_by(cookie_pair());
    validated(&mut world, bare("bob"));
    assert_eq!(shown(&world), bare("bob"));

    let mut world = World::signed_in();
    world.input(Input::RefreshNow);
    refreshed(&mut world, Account { email: "bob@example.org".into(), ..bare("bob") });
    assert_eq!(shown(&world), Account { email: "bob@example.org".into(), ..bare("bob") });

    let mut world = World::signed_in();
    world.input(Input::SignOut);
    world.answer_sign_out(perennial_session::SignOutAnswer::Done);
    world.input(Input::SignIn(form(false)));
    let email = Account { email: "bob@example.org".into(), ..bare("bob") };
    let grant = Grant { account: Some(email.clone().into()), ..world.new_grant(LIFETIME) };
    world.answer_sign_in(SignInAnswer::Granted(grant));
    assert_eq!(shown(&world), email);
}

/// Field 47. What is kept is what is known, not what was said last.
#[test]
fn what_is_known_of_the_person_is_kept_with_the_grant() {
    let mut world = World::signed_in_by(exchange());
    world.input(Input::RefreshNow);
    refreshed(&mut world, bare("ada"));
    let mut world = world.reload_after(mins(1));
    validated(&mut world, bare("ada"));
    assert_eq!(shown(&world), *account("ada"));
}

fn bare(id: &str) -> Account {
    Account { id: id.into(), name: String::new(), email: String::new(), roles: None }
}

fn known(id: &str) -> Account {
    Account::clone(&account(id))
}

fn refreshed(world: &mut World, account: Account) {
    let grant = Grant { account: Some(Arc::new(account)), ..world.new_grant(LIFETIME) };
    world.answer_refresh(RefreshAnswer::Granted(grant));
}

fn validated(world: &mut World, account: Account) {
    let confirmed = Confirmed { account: Some(Arc::new(account)), ..Confirmed::default() };
    world.answer_validation(ValidateAnswer::Valid(confirmed));
}

fn shown(world: &World) -> Account {
    match world.snapshot().status {
        Status::SignedIn { account, .. } => Account::clone(&account),
        status @ (Status::Restoring | Status::SignedOut { .. }) => panic!("nobody is shown: {status:?}"),
    }
}
