use super::bare::Bare;
use crate::setup::Purpose;
use crate::setup::doctor::report;

#[test]
fn the_doctor_of_a_bare_machine_names_what_is_missing_and_changes_nothing() {
    let bare = Bare::new();
    let text = report(&bare.machine);
    assert!(text.contains("! trunk             missing"), "{text}");
    assert!(text.contains("serve         would install trunk, wasm-bindgen-cli (about 3 min)"), "{text}");
    assert!(text.contains("lint          has all it needs"), "{text}");
    assert!(!bare.tools_dir().exists() && !bare.calls().contains("install"));
}

#[test]
fn the_doctor_says_which_version_is_here_and_which_is_wanted() {
    let bare = Bare::new();
    bare.program("trunk", "echo trunk 0.21.14");
    assert!(report(&bare.machine).contains("! trunk             0.21.14, but wanted is 0.22.1"));
    bare.set_up(Purpose::Serve).unwrap();
    assert!(report(&bare.machine).contains("serve         has all it needs"));
}

#[test]
fn the_doctor_of_a_machine_without_a_home_says_so() {
    let mut bare = Bare::new();
    bare.machine.home = None;
    bare.machine.tools = None;
    assert!(report(&bare.machine).contains("HOME is not set"));
}
