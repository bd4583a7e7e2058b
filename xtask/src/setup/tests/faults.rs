//! What goes wrong: each ends in one sentence that names the thing and what to do, and leaves nothing behind.

use std::fs;

use super::bare::{Bare, INSTALLS, UNPACKS};
use crate::machine::Machine;
use crate::setup::Purpose;
use crate::setup::found::Found;
use crate::setup::need::Need;
use crate::shell;

/// Sets up, and expects a failure of one line that says all of this, with no tool left.
fn fails(bare: &Bare, purpose: Purpose, says: &[&str]) {
    let sentence = bare.set_up(purpose).expect_err("a failure");
    assert!(!sentence.contains('\n'), "more than one line: {sentence}");
    for part in says {
        assert!(sentence.contains(part), "{part:?} is not in: {sentence}");
    }
    assert_eq!(bare.tools(), [""; 0], "something was left: {sentence}");
}

#[test]
fn no_network() {
    let bare = Bare::new();
    bare.cargo("mkdir -p \"$CARGO_TARGET_DIR/debug\"; echo '    Updating index'; echo 'error: failed to download `serde`' >&2; echo '  Could not resolve host' >&2; exit 101");
    fails(&bare, Purpose::Serve, &["trunk 0.22.1 cannot be set up", "failed to download `serde`", "network"]);
}

#[test]
fn a_disk_that_is_known_to_be_too_small_before_anything_is_compiled() {
    let mut bare = Bare::new();
    bare.machine.free_space = |_| Some(400_000_000);
    fails(&bare, Purpose::Serve, &["trunk 0.22.1", "0.4 GB", "free some space"]);
    assert!(!bare.tools_dir().exists(), "an empty folder for tools is left");
    assert!(!bare.calls().contains("install"));
}

#[test]
fn a_disk_that_fills_up_half_way() {
    let bare = Bare::new();
    bare.cargo("while [ $1 != --root ]; do shift; done; mkdir -p \"$2/bin\"; echo half > \"$2/bin/trunk\"; echo 'error: No space left on device (os error 28)' >&2; exit 101");
    fails(&bare, Purpose::Serve, &["trunk 0.22.1 cannot be set up", "disk is full", "free some space"]);
}

#[test]
fn a_disk_that_fills_up_while_npm_unpacks_which_it_takes_for_a_success() {
    let bare = Bare::new();
    let warning = "npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write";
    bare.npm(&format!("{UNPACKS}\necho '{warning}' >&2; echo 'added 1 package in 2s'; exit 0"));
    fails(
        &bare,
        Purpose::Build,
        &[
            "wasm-opt 132 cannot be set up",
            "ENOSPC: no space left on device",
            "disk is full",
            "free some space",
        ],
    );
}

#[test]
fn a_file_that_npm_could_not_write_for_another_reason() {
    let bare = Bare::new();
    let warning = "npm warn tar TAR_ENTRY_ERROR EACCES: permission denied, open";
    bare.npm(&format!("{UNPACKS}\necho '{warning}' >&2; exit 0"));
    fails(
        &bare,
        Purpose::Build,
        &["wasm-opt 132 cannot be set up", "TAR_ENTRY_ERROR EACCES", "make it writable"],
    );
}

#[test]
fn a_script_of_axe_that_is_not_whole_is_not_here() {
    let bare = Bare::new();
    let script = crate::setup::found::axe_script(&bare.machine).unwrap();
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(script.with_file_name("package.json"), r#"{ "version": "4.14.1", "main": "axe.min.js" }"#)
        .unwrap();
    let Some(node) = Machine::here(shell::root()).which("node") else { return };
    bare.program("node", &format!("exec {} \"$@\"", node.display()));
    let found = || crate::setup::found::look(Need::Axe, &bare.machine);
    fs::write(&script, "module.exports = { version: '4.14.1' };").unwrap();
    assert_eq!(found(), Some(Found::Version("4.14.1".to_owned())));
    fs::write(&script, "module.exports = { version: '4.1").unwrap();
    assert_eq!(found(), None);
    fs::write(&script, "").unwrap();
    assert_ne!(found(), Some(Found::Version("4.14.1".to_owned())));
}

#[test]
fn a_disk_that_is_too_small_for_the_packages_of_the_system() {
    let mut bare = Bare::new();
    bare.machine.is_root = true;
    bare.program(
        "apt-get",
        "case $1 in install) echo \"E: You don't have enough free space in /var/cache/apt/archives/.\" >&2; exit 100;; esac",
    );
    fails(
        &bare,
        Purpose::Build,
        &["apt-get install", "enough free space", "the disk is full; free some space"],
    );
}

#[test]
fn no_home() {
    let mut bare = Bare::new();
    let tools = bare.machine.tools.take();
    bare.machine.home = None;
    let sentence = bare.set_up(Purpose::Serve).unwrap_err();
    assert!(sentence.contains("HOME is not set") && sentence.contains("PERENNIAL_TOOLS"), "{sentence}");
    bare.machine.tools = tools;
    assert!(!bare.calls().contains("install"));
}

#[test]
fn a_folder_that_cannot_be_written() {
    let mut bare = Bare::new();
    let file = bare.machine.home.clone().unwrap().join("cache");
    fs::write(file, "a file where the folder is to be").unwrap();
    fails(&bare, Purpose::Serve, &["perennial-tools cannot be written", "PERENNIAL_TOOLS"]);
    // Nobody can make a folder there, not even root.
    bare.machine.tools = Some("/sys/perennial-tools".into());
    fails(&bare, Purpose::Serve, &["/sys/perennial-tools cannot be written", "PERENNIAL_TOOLS"]);
    assert!(!bare.calls().contains("install"));
}

#[test]
fn a_package_of_the_system_without_the_right_to_install_it() {
    let bare = Bare::new();
    bare.program("apt-get", "exit 0");
    fails(&bare, Purpose::Build, &["missing: Node.js", "`apt-get install nodejs npm` as root"]);
    bare.program("sudo", "exit 0");
    fails(&bare, Purpose::Build, &["missing: Node.js", "`sudo apt-get install nodejs npm`"]);
    assert!(!bare.calls().contains("install"), "tools were compiled before the person was told");
}

#[test]
fn a_package_of_the_system_where_there_is_no_apt() {
    let mut bare = Bare::new();
    bare.machine.is_root = true;
    fails(
        &bare,
        Purpose::E2eWebkit,
        &["WebKitWebDriver, MiniBrowser, Xvfb, openbox", "no apt-get", "webkit2gtk-driver"],
    );
}

#[test]
fn packages_of_the_system_that_apt_cannot_get() {
    let mut bare = Bare::new();
    bare.machine.is_root = true;
    bare.program("apt-get", "echo 'E: Temporary failure resolving deb.example' >&2; exit 100");
    fails(&bare, Purpose::Build, &["apt-get", "Temporary failure", "network"]);
}

#[test]
fn no_rustup_where_the_target_is_missing() {
    let bare = Bare::new();
    bare.program("rustc", "echo rustc 1.0.0");
    fails(&bare, Purpose::Lint, &["Rust toolchain 1.", "https://rustup.rs"]);
}

#[test]
fn an_npm_that_fails_after_half_of_the_files() {
    let bare = Bare::new();
    bare.npm(&format!(
        "{UNPACKS}\necho 'npm error code ENOTFOUND' >&2\necho 'npm error network request failed' >&2; exit 1"
    ));
    fails(
        &bare,
        Purpose::Build,
        &["wasm-opt 132 cannot be set up", "network request failed", "run this again"],
    );
}

#[test]
fn a_tool_that_does_not_start_after_its_installation_is_not_put_in_place() {
    let bare = Bare::new();
    bare.cargo("exit 0");
    fails(&bare, Purpose::Serve, &["trunk 0.22.1 cannot be set up", "does not start"]);
}

#[test]
fn a_compiler_that_is_killed() {
    let bare = Bare::new();
    bare.cargo("while [ $1 != --root ]; do shift; done; mkdir -p \"$2/bin\"; kill -9 $$");
    fails(&bare, Purpose::Serve, &["trunk 0.22.1 cannot be set up", "run this again"]);
}

#[test]
fn a_variable_that_points_at_nothing() {
    let mut bare = Bare::new();
    bare.machine.named = vec![("CHROME", "/nowhere/chrome".into())];
    fails(&bare, Purpose::Browser, &["CHROME points at /nowhere/chrome", "unset"]);
    bare.set_up(Purpose::Lint).expect("lints need no browser");
}

#[test]
fn a_second_tool_that_fails_leaves_the_first_one_in_place() {
    let bare = Bare::new();
    bare.cargo(&format!("case $2 in wasm-bindgen-cli) echo 'error: no' >&2; exit 101;; esac; {INSTALLS}"));
    let sentence = bare.set_up(Purpose::Serve).unwrap_err();
    assert!(sentence.starts_with("wasm-bindgen-cli 0.2."), "{sentence}");
    assert_eq!(bare.tools(), ["trunk-0.22.1"]);
}
