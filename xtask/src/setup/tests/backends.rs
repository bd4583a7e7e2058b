//! The backends that others wrote, each with the list of what it needs.

use std::fs;
use std::path::Path;

use super::bare::Bare;
use crate::setup::install::{Workshop, install};
use crate::setup::need::Need;
use crate::setup::tool::Tool;
use crate::shell;

const LISTS: [&str; 7] = [
    "Cargo.lock",
    "rust-toolchain.toml",
    "tests/e2e/backends/requirements.txt",
    "tests/e2e/backends/oidc-provider/package.json",
    "tests/e2e/backends/oidc-provider/package-lock.json",
    "tests/e2e/backends/better-auth/package.json",
    "tests/e2e/backends/better-auth/package-lock.json",
];

/// A checkout that holds no more than the lists, on a machine with an npm and a Python that install what they are told.
fn checkout(root: &Path) -> Bare {
    for list in LISTS {
        let place = root.join(list);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        fs::copy(shell::root().join(list), place).expect("a list");
    }
    let mut bare = Bare::new();
    bare.machine.root = root.to_owned();
    bare.npm(
        "case \"$*\" in *--ignore-scripts*) ;; *) echo 'npm error install scripts are refused' >&2; exit 1;; esac
         mkdir -p \"$package/node_modules\"",
    );
    bare.program(
        "python3",
        "for word in \"$@\"; do folder=$word; done; mkdir -p \"$folder/bin\"
         printf '#!/bin/sh\\nexit 0\\n' > \"$folder/bin/python\"; chmod +x \"$folder/bin/python\"",
    );
    bare
}

fn installs(bare: &Bare, need: Need) {
    attempts(bare, need).expect("an installation");
}

fn attempts(bare: &Bare, need: Need) -> anyhow::Result<()> {
    let tool = Tool::of(need, &bare.machine).expect("a pin");
    install(&tool, &bare.machine, &mut Workshop::default())
}

/// What lies in a folder of the checkout.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What the doctor says of one of them.
fn told(bare: &Bare, name: &str) -> String {
    bare.doctor().into_iter().find(|cell| cell[2..].starts_with(name)).expect("a line")
}

#[test]
fn each_backend_is_missing_until_it_is_installed_as_its_list_says_without_any_script_of_a_package() {
    let root = tempfile::tempdir().unwrap();
    let bare = checkout(root.path());
    for (need, name) in
        [(Need::Django, "Django"), (Need::OidcProvider, "oidc-provider"), (Need::BetterAuth, "better-auth")]
    {
        let missing = told(&bare, name);
        assert!(missing.starts_with("! ") && missing.ends_with("missing"), "{missing}");
        installs(&bare, need);
        let title = Tool::of(need, &bare.machine).unwrap().title();
        let (_, version) = title.rsplit_once(' ').unwrap();
        let here = told(&bare, name);
        assert!(here.starts_with("  ") && here.ends_with(version), "{here}");
    }
    assert_eq!(bare.calls().matches("npm ci").count(), 2);
}

#[test]
fn a_list_that_changes_is_installed_anew_and_leaves_what_another_checkout_has() {
    let root = tempfile::tempdir().unwrap();
    let bare = checkout(root.path());
    installs(&bare, Need::Django);
    let [before] = bare.tools().try_into().unwrap();
    let list = root.path().join("tests/e2e/backends/requirements.txt");
    fs::write(&list, fs::read_to_string(&list).unwrap() + "sqlparse==0.6.1\n").unwrap();
    assert!(told(&bare, "Django").ends_with("missing"));
    installs(&bare, Need::Django);
    let tools = bare.tools();
    assert!(tools.len() == 2 && tools.contains(&before), "{tools:?}");
}

#[test]
fn a_pip_that_fails_leaves_no_virtual_environment() {
    let root = tempfile::tempdir().unwrap();
    let bare = checkout(root.path());
    bare.program(
        "python3",
        "for word in \"$@\"; do folder=$word; done; mkdir -p \"$folder/bin\" \"$folder/lib/django\"
         printf '#!/bin/sh\\necho \"ERROR: No matching distribution found for Django\" >&2; exit 1\\n' > \"$folder/bin/python\"
         chmod +x \"$folder/bin/python\"",
    );
    let sentence = attempts(&bare, Need::Django).unwrap_err().to_string();
    assert!(sentence.contains("No matching distribution found for Django"), "{sentence}");
    assert_eq!(bare.tools(), [""; 0], "something was left");
    assert!(told(&bare, "Django").ends_with("missing"));
}

#[test]
fn an_npm_that_dies_half_way_leaves_the_checkout_as_it_was() {
    let root = tempfile::tempdir().unwrap();
    let bare = checkout(root.path());
    let folder = root.path().join("tests/e2e/backends/better-auth");
    let dies = "mkdir -p \"$package/node_modules/half\"; kill -9 $$";
    bare.npm(dies);
    attempts(&bare, Need::BetterAuth).unwrap_err();
    assert_eq!(names(&folder), ["package-lock.json", "package.json"]);
    assert!(told(&bare, "better-auth").ends_with("missing"));

    let warns = "mkdir -p \"$package/node_modules/half\"; echo 'npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left' >&2";
    bare.npm(warns);
    let sentence = attempts(&bare, Need::BetterAuth).unwrap_err().to_string();
    assert!(sentence.contains("the disk is full"), "{sentence}");
    assert_eq!(names(&folder), ["package-lock.json", "package.json"]);
}

#[test]
fn an_npm_that_dies_leaves_what_an_older_list_has_installed() {
    let root = tempfile::tempdir().unwrap();
    let bare = checkout(root.path());
    let folder = root.path().join("tests/e2e/backends/better-auth");
    fs::create_dir_all(folder.join("node_modules/older")).unwrap();
    bare.npm("mkdir -p \"$package/node_modules/half\"; kill -9 $$");
    attempts(&bare, Need::BetterAuth).unwrap_err();
    assert_eq!(names(&folder), ["node_modules", "package-lock.json", "package.json"]);
    assert_eq!(names(&folder.join("node_modules")), ["older"]);
}
