use super::bare::Bare;
use crate::setup::Purpose;
use crate::setup::doctor::report;

fn said(bare: &Bare) -> String {
    let mut said = Vec::new();
    report(&bare.machine, &mut said).expect("a place to write");
    String::from_utf8(said).expect("text")
}

#[test]
fn the_doctor_of_a_bare_machine_names_what_is_missing_and_changes_nothing() {
    let bare = Bare::new();
    let cells = bare.doctor();
    assert!(cells.contains(&"! trunk            missing".to_owned()), "{cells:?}");
    let text = cells.join("\n");
    assert!(
        text.contains("serve                 would install trunk, wasm-bindgen-cli (about 3 min)"),
        "{text}"
    );
    assert!(text.contains("lint, sim, size       has all it needs"), "{text}");
    assert!(!bare.tools_dir().exists() && !bare.calls().contains("install"));
}

#[test]
fn the_doctor_needs_no_more_than_one_screen() {
    let text = said(&Bare::new());
    assert!(text.lines().count() <= 24, "{text}");
}

#[test]
fn the_doctor_says_a_thing_as_soon_as_it_is_known() {
    /// Counts how often it is told not to keep back what was written.
    #[derive(Default)]
    struct Paper(usize);
    impl std::io::Write for Paper {
        fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
            Ok(text.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            self.0 += 1;
            Ok(())
        }
    }
    let mut paper = Paper::default();
    report(&Bare::new().machine, &mut paper).unwrap();
    assert_eq!(paper.0, crate::setup::table::TABLE.len());
}

#[test]
fn the_doctor_says_which_version_is_here_and_which_is_wanted() {
    let bare = Bare::new();
    bare.program("trunk", "echo trunk 0.21.14");
    bare.program("chromium", "echo Chromium 156.0.7421.3");
    bare.program("chromedriver", "echo ChromeDriver 155.0.7402.17");
    let cells = bare.doctor();
    let is_said = |cell: &str| assert!(cells.iter().any(|said| said == cell), "{cell:?} is not in {cells:?}");
    is_said("! trunk            0.21.14, not 0.22.1");
    // The rest of its version does not count.
    is_said("! ChromeDriver     155.0.7402.17, not 156");
    bare.set_up(Purpose::Serve).unwrap();
    assert!(said(&bare).contains("serve                 has all it needs"));
}

#[test]
fn the_doctor_names_a_tool_whose_version_cannot_be_told() {
    let mut bare = Bare::new();
    let root = tempfile::tempdir().unwrap();
    bare.machine.root = root.path().to_owned();
    let text = said(&bare);
    assert!(
        text.contains("! Django           unknown: cannot read tests/e2e/backends/requirements.txt"),
        "{text}"
    );
}

#[test]
fn the_doctor_of_a_machine_without_a_home_says_so() {
    let mut bare = Bare::new();
    bare.machine.home = None;
    bare.machine.tools = None;
    assert!(said(&bare).contains("HOME is not set"));
}
