//! The words of the console, in each preset.

use perennial_dialect::presets::PRESETS;
use perennial_session::{Doubt, End, Line, Loss, Refused};

#[test]
fn every_line_tells_what_it_has_to_tell_in_the_words_of_each_preset() {
    let lines = [
        (Line::Expiring { left_s: 299 }, "299"),
        (Line::Refused(Refused::Request), "Request"),
        (Line::SocketsNotUpdated(Loss::Gone), "nothing to listen to"),
        (Line::Reconnected { sockets: 3 }, "3"),
        (Line::RefreshFailed(Doubt::Status(503)), "503"),
        (Line::RefreshLater { wait_s: 17 }, "17"),
        (Line::SignedOut(End::Inactivity { minutes: 60 }), "60 minutes"),
        (Line::ValidationFailed(Doubt::TimedOut), "in time"),
    ];
    for preset in &PRESETS {
        for (line, value) in lines {
            let said = preset.dialect.words.say(line).unwrap();
            assert!(said.contains(value) && !said.contains("{}"), "{}: {said}", preset.dialect.name);
        }
    }
}

#[test]
fn a_line_that_tells_no_value_has_no_place_for_one() {
    let lines = [
        Line::Started,
        Line::Checking,
        Line::Replaying,
        Line::Refreshed { has_sockets: false },
        Line::Refreshed { has_sockets: true },
        Line::Unauthorized,
        Line::AutoRefreshed,
        Line::AccountChanged,
    ];
    for preset in &PRESETS {
        let said: Vec<_> = lines.iter().filter_map(|line| preset.dialect.words.say(*line)).collect();
        assert!(said.iter().all(|said| !said.contains("{}")), "{said:?}");
    }
}

#[test]
fn the_service_of_the_cookie_pair_says_each_step_and_the_others_only_what_changes() {
    for preset in &PRESETS {
        let words = preset.dialect.words;
        let steps = [Line::Started, Line::Checking, Line::Replaying].map(|line| words.say(line).is_some());
        assert_eq!(steps, [preset.dialect.name == "cookie-pair"; 3], "{}", preset.dialect.name);
    }
}
