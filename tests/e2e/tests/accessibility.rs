//! What axe says to every page and state, every dialog, in both themes, on a desktop and on a phone: nothing.

use crate::tour::{self, Look};

#[test]
fn coming_in_is_free_of_what_axe_finds() {
    tour::go(Look::Audit, tour::guarded(), tour::entrance);
}

#[test]
fn the_overview_is_free_of_what_axe_finds_in_every_state_of_the_session() {
    tour::go(Look::Audit, tour::usual(), tour::overview);
}

#[test]
fn devices_and_the_question_about_them_are_free_of_what_axe_finds() {
    tour::go(Look::Audit, tour::usual(), tour::devices);
}

#[test]
fn the_queue_and_datasets_are_free_of_what_axe_finds() {
    tour::go(Look::Audit, tour::usual(), tour::work);
}

#[test]
fn the_other_pages_are_free_of_what_axe_finds() {
    tour::go(Look::Audit, tour::usual(), tour::pages);
}

#[test]
fn the_question_whether_somebody_is_there_is_free_of_what_axe_finds() {
    tour::go(Look::Audit, tour::warned(), tour::inactivity);
}

#[test]
fn the_notice_before_the_absolute_limit_is_free_of_what_axe_finds() {
    tour::go(Look::Audit, tour::brief(), tour::absolute_limit);
}

#[test]
fn an_installation_that_cannot_start_is_free_of_what_axe_finds() {
    tour::go(Look::Audit, tour::misspelt(), tour::broken_configuration);
}
