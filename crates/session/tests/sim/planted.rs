//! Each rule can fail: with one guard taken out, the simulator finds it within the seeds that its test says.

use crate::{plan::Plan, plant::Plant, report, rules::Rule, shrink::run};

#[test]
fn an_answer_to_a_call_that_was_given_up_is_noticed() {
    found(
        Plant::CommitGuard,
        2_000,
        &[Rule::SupersededSent, Rule::WrongfulSignOut, Rule::NotFresh, Rule::ExpiredTokenSent],
    );
}

#[test]
fn sleep_that_nobody_sees_is_noticed() {
    found(Plant::IdleBeforeRefresh, 300, &[Rule::Overstayed, Rule::ExpiredTokenSent]);
}

#[test]
fn waiting_for_the_lock_for_ever_is_noticed() {
    found(Plant::LockBound, 300, &[Rule::NotFresh]);
}

#[test]
fn a_retry_after_that_is_taken_for_a_failure_is_noticed() {
    found(Plant::RetryAfterFloor, 300, &[Rule::RetryAfter]);
}

#[test]
fn a_second_replay_is_noticed() {
    found(Plant::ReplayOnce, 300, &[Rule::Replayed]);
}

#[test]
fn a_session_that_is_stored_again_after_its_end_is_noticed() {
    found(Plant::ResurrectAfterSignOut, 100, &[Rule::AfterSignOut]);
}

#[test]
fn a_tab_that_hears_of_no_sign_out_is_noticed() {
    found(Plant::DeafToSignOut, 300, &[Rule::Zombie, Rule::AfterSignOut]);
}

#[test]
fn a_token_whose_life_is_told_from_the_device_s_clock_is_noticed() {
    found(Plant::Skew, 300, &[Rule::ExpiredTokenSent, Rule::NeedlessRefresh, Rule::Bounded]);
}

#[test]
fn a_tab_that_refreshes_instead_of_taking_what_another_got_is_noticed() {
    found(Plant::AdoptInsteadOfRefresh, 300, &[Rule::NeedlessRefresh]);
}

#[test]
fn an_attempt_whose_key_is_lost_with_the_tab_is_noticed() {
    found(Plant::AttemptKey, 2_000, &[Rule::SupersededSent, Rule::RefreshedTwice]);
}

#[test]
fn a_token_that_is_replaced_again_before_its_message_comes_is_noticed() {
    found(Plant::UnnamedToken, 300, &[Rule::NeedlessRefresh]);
}

#[test]
fn a_clock_that_is_believed_when_it_jumps_is_noticed() {
    found(Plant::BelieveTheClock, 2_000, &[Rule::WrongfulSignOut]);
}

#[test]
fn a_call_that_is_taken_to_have_failed_when_it_ended_with_the_page_is_noticed() {
    found(Plant::DeafToLeaving, 1_000, &[Rule::EndedWithPage]);
}

#[test]
fn a_timer_that_is_always_due_is_noticed() {
    found(Plant::ZeroDelay, 10, &[Rule::Bounded]);
}

#[test]
fn a_token_that_is_shown_is_noticed() {
    found(Plant::SecretShown, 10, &[Rule::Secret]);
}

#[test]
fn a_stale_refusal_that_counts_against_the_current_token_is_noticed() {
    found(Plant::Stale401, 2_000, &[Rule::NeedlessRefresh]);
}

#[test]
fn two_refreshes_at_once_are_noticed() {
    found(Plant::SingleFlight, 100, &[Rule::SupersededSent, Rule::RefreshedTwice]);
}

#[test]
fn a_request_that_waits_for_ever_is_noticed() {
    found(Plant::HoldLimit, 300, &[Rule::RequestNeverEnds]);
}

#[test]
fn a_listener_that_takes_every_event_that_comes_is_noticed() {
    found(Plant::ListenerWithoutPosition, 300, &[Rule::EventTwice]);
}

#[test]
fn a_listener_that_does_not_say_how_far_it_has_come_is_noticed() {
    found(Plant::ResumeFromNow, 300, &[Rule::EventLost]);
}

#[test]
fn live_connections_that_stay_open_at_the_sign_out_are_noticed() {
    found(Plant::LeftOpenAtSignOut, 300, &[Rule::Zombie]);
}

#[test]
fn a_live_connection_that_is_closed_before_another_is_ready_is_noticed() {
    found(Plant::BreakBeforeMake, 300, &[Rule::BrokenBeforeMade]);
}

#[test]
fn yesterday_s_token_over_a_live_connection_is_noticed() {
    found(Plant::YesterdaysToken, 300, &[Rule::ExpiredTokenSent]);
}

#[test]
fn live_connections_that_are_made_again_at_once_are_noticed() {
    found(Plant::ImpatientSockets, 300, &[Rule::SocketStorm]);
}

#[test]
fn requests_that_are_sent_before_live_connections_have_the_new_token_are_noticed() {
    found(Plant::SocketsLast, 300, &[Rule::SocketsFirst]);
}

#[test]
fn a_token_that_is_left_to_expire_while_somebody_is_there_is_noticed() {
    found(Plant::RestWithSomebodyThere, 100, &[Rule::Rest]);
}

#[test]
fn what_is_kept_beyond_the_end_of_its_session_is_noticed() {
    found(Plant::LeftInStore, 300, &[Rule::AfterSignOut]);
}

#[test]
fn a_refresh_token_that_is_not_kept_is_noticed() {
    found(Plant::UnkeptSuccessor, 300, &[Rule::SupersededSent]);
}

#[test]
fn a_tab_that_does_not_look_at_what_another_has_kept_is_noticed() {
    found(Plant::BlindToKept, 2_000, &[Rule::SupersededSent]);
}

#[test]
fn somebody_for_whom_nobody_has_vouched_is_noticed() {
    found(Plant::ShownUnvouched, 100, &[Rule::Unvouched]);
}

/// Some seed of these many breaks one of the rules.
fn found(plant: Plant, seeds: u64, rules: &[Rule]) {
    let every: Vec<u64> = (1..=seeds).collect();
    let mut others = Vec::new();
    for some in every.chunks(50) {
        let report = report::run_all(some, Some(plant), usize::MAX, &|_| {});
        let is_planted = |seed: u64| run(&Plan::draw(seed), None, false).broken.is_none();
        let found =
            report.failed.iter().find(|(seed, broken)| rules.contains(&broken.rule) && is_planted(*seed));
        if let Some((seed, broken)) = found {
            println!("{plant:?}: found with seed {seed}: {} ({})", broken.rule, broken.how);
            return;
        }
        others.extend(report.failed);
    }
    panic!("{plant:?} was not found within {seeds} seeds; what was found: {others:?}");
}
