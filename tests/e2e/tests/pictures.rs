//! Pictures of every page and state, for a designer's eye: `cargo xtask screenshots` puts them side by side.

use crate::tour::{self, Look};

#[test]
fn coming_in_is_photographed() {
    tour::go(Look::Photograph, tour::guarded(), tour::entrance);
}

#[test]
fn the_overview_is_photographed_in_every_state_of_the_session() {
    tour::go(Look::Photograph, tour::usual(), tour::overview);
}

#[test]
fn devices_and_the_question_about_them_are_photographed() {
    tour::go(Look::Photograph, tour::usual(), tour::devices);
}

#[test]
fn the_queue_and_datasets_are_photographed() {
    tour::go(Look::Photograph, tour::usual(), tour::work);
}

#[test]
fn what_happened_is_photographed() {
    tour::go(Look::Photograph, tour::usual(), tour::activity);
}

#[test]
fn the_other_pages_are_photographed() {
    tour::go(Look::Photograph, tour::usual(), tour::pages);
}

#[test]
fn the_question_whether_somebody_is_there_is_photographed() {
    tour::go(Look::Photograph, tour::warned(), tour::inactivity);
}

#[test]
fn the_notice_before_the_absolute_limit_is_photographed() {
    tour::go(Look::Photograph, tour::brief(), tour::absolute_limit);
}

#[test]
fn an_installation_that_cannot_start_is_photographed() {
    tour::go(Look::Photograph, tour::misspelt(), tour::broken_configuration);
}

#[test]
fn each_component_in_each_state_is_photographed() {
    tour::go(Look::Photograph, tour::development(), tour::style);
}

#[test]
fn the_main_pages_in_german_are_photographed() {
    tour::go(Look::Photograph, tour::usual(), tour::german);
}

#[test]
fn the_page_of_a_fault_is_photographed() {
    tour::go(Look::Photograph, tour::faulty(), tour::fault);
}

#[test]
fn the_notice_of_a_new_version_is_photographed() {
    tour::go(Look::Photograph, tour::replaceable(), tour::new_version);
}
