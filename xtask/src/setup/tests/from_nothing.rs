//! What goes well.

use std::fs;

use super::bare::{Bare, INSTALLS, UNPACKS};
use crate::setup::Purpose;

#[test]
fn the_folder_for_tools_is_made_with_all_above_it() {
    let bare = Bare::new();
    bare.set_up(Purpose::Serve).unwrap();
    let [trunk, bindgen] = bare.tools().try_into().unwrap();
    assert!(trunk.starts_with("trunk-0.22.") && bindgen.starts_with("wasm-bindgen-cli-0.2."));
}

#[test]
fn serve_installs_two_tools_and_build_two_more() {
    let bare = Bare::new();
    bare.set_up(Purpose::Serve).unwrap();
    assert_eq!(bare.calls().matches("install").count(), 2);
    bare.npm(UNPACKS);
    bare.set_up(Purpose::Build).unwrap();
    assert_eq!(bare.calls().matches("install").count(), 4);
}

#[test]
fn what_is_here_is_not_installed_again() {
    let bare = Bare::new();
    bare.set_up(Purpose::Serve).unwrap();
    let calls = bare.calls().matches("install").count();
    bare.set_up(Purpose::Serve).unwrap();
    assert_eq!(bare.calls().matches("install").count(), calls);
}

#[test]
fn a_tool_of_another_version_stays_and_the_right_one_is_found_before_it() {
    let bare = Bare::new();
    bare.program("trunk", "echo trunk 0.21.14");
    bare.set_up(Purpose::Serve).unwrap();
    assert_eq!(bare.machine.output("trunk", ["--version"]).unwrap(), "trunk 0.22.1");
    assert!(bare.machine.path.to_str().is_some_and(|path| fs::exists(format!("{path}/trunk")).unwrap()));
}

#[test]
fn a_tool_of_the_right_version_is_taken_from_wherever_it_is() {
    let bare = Bare::new();
    bare.program("trunk", "echo trunk 0.22.1");
    bare.set_up(Purpose::Serve).unwrap();
    assert!(!bare.calls().contains("install trunk"));
}

#[test]
fn an_npm_that_refuses_the_scripts_of_packages_is_not_asked_to_run_any() {
    let bare = Bare::new();
    bare.npm(&format!(
        "case \"$*\" in *--ignore-scripts*) ;; *) echo 'npm error install scripts are refused' >&2; exit 1;; esac\n{UNPACKS}"
    ));
    bare.set_up(Purpose::Build).unwrap();
}

#[test]
fn what_was_killed_half_way_is_swept_away_by_the_next_set_up() {
    let bare = Bare::new();
    fs::create_dir_all(bare.tools_dir().join(".partial-abc/trunk")).unwrap();
    bare.set_up(Purpose::Serve).unwrap();
    assert!(bare.tools().iter().all(|name| !name.starts_with(".partial")));
}

#[test]
fn two_set_ups_at_once_install_everything_once() {
    let bare = Bare::new();
    bare.cargo(&format!("sleep 0.2; {INSTALLS}"));
    std::thread::scope(|scope| {
        let other = scope.spawn(|| bare.set_up(Purpose::Serve));
        bare.set_up(Purpose::Serve).unwrap();
        other.join().unwrap().unwrap();
    });
    assert_eq!(bare.calls().matches("install").count(), 2);
}

#[test]
fn what_takes_seconds_comes_before_what_takes_minutes() {
    let bare = Bare::new();
    bare.npm(UNPACKS);
    bare.set_up(Purpose::Build).unwrap();
    let calls = bare.calls();
    assert!(calls.find("binaryen").unwrap() < calls.find("install trunk").unwrap());
}
