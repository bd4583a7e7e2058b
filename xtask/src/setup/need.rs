//! What each command needs on the machine: the one place where that is said.

use clap::ValueEnum;

/// Something a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    Toolchain,
    /// What the checkout itself depends on, downloaded.
    Crates,
    Trunk,
    WasmBindgen,
    Node,
    WasmOpt,
    Esbuild,
    Python,
    /// What makes virtual environments, which Debian has in a package of its own.
    Venv,
    Chromium,
    ChromeDriver,
    Firefox,
    GeckoDriver,
    WebKitDriver,
    MiniBrowser,
    Xvfb,
    Openbox,
    Axe,
    Django,
    OidcProvider,
    BetterAuth,
    LlvmTools,
    LlvmCov,
    Mutants,
    Sqlite,
}

/// What the machine is to be set up for: a command, or a step of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Run the application here, with changes built as they are made
    Serve,
    /// Build the release
    Build,
    /// Every check
    Test,
    /// The formatting of all Rust sources
    Format,
    /// Clippy
    Lint,
    /// The suites that need no browser
    Native,
    /// The documentation
    Docs,
    /// The suites that run inside a browser
    Browser,
    /// The end-to-end suites in Chromium
    E2eChromium,
    /// The end-to-end suites in Firefox
    E2eFirefox,
    /// The end-to-end suites in WebKitGTK
    E2eWebkit,
    /// Which lines of the engine its suites run
    Coverage,
    /// Which changes of the engine its suites notice
    Mutants,
    /// How long an import takes beside SQLite's own
    BenchImport,
}

impl Purpose {
    /// Its name on the command line.
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What it needs, without repetitions.
    pub(crate) fn needs(self) -> Vec<Need> {
        let mut needs = match self {
            Self::Serve => vec![COMPILE, BUNDLE],
            Self::Build => vec![COMPILE, BUNDLE, SHRINK],
            Self::Test => vec![COMPILE, BUNDLE, SHRINK, COMPARE, CHROMIUM, FIREFOX, WEBKIT, END_TO_END],
            Self::Format => vec![&[Need::Toolchain][..]],
            Self::Lint | Self::Docs => vec![COMPILE],
            Self::Native => vec![COMPILE, COMPARE],
            Self::Browser => vec![COMPILE, &[Need::WasmBindgen], CHROMIUM, FIREFOX],
            Self::E2eChromium => vec![COMPILE, BUNDLE, SHRINK, CHROMIUM, END_TO_END],
            Self::E2eFirefox => vec![COMPILE, BUNDLE, SHRINK, FIREFOX, END_TO_END],
            Self::E2eWebkit => vec![COMPILE, BUNDLE, SHRINK, WEBKIT, END_TO_END],
            Self::Coverage => vec![COMPILE, &[Need::LlvmTools, Need::LlvmCov]],
            Self::Mutants => vec![COMPILE, &[Need::Mutants]],
            Self::BenchImport => vec![COMPILE, &[Need::Sqlite]],
        }
        .concat();
        needs.sort();
        needs.dedup();
        needs
    }
}

const COMPILE: &[Need] = &[Need::Toolchain, Need::Crates];
/// `trunk serve` and `trunk build`.
const BUNDLE: &[Need] = &[Need::Trunk, Need::WasmBindgen];
/// What makes a release small. Development does without.
const SHRINK: &[Need] = &[Need::Node, Need::WasmOpt, Need::Esbuild];
const COMPARE: &[Need] = &[Need::Python];
const CHROMIUM: &[Need] = &[Need::Chromium, Need::ChromeDriver];
const FIREFOX: &[Need] = &[Need::Firefox, Need::GeckoDriver];
const WEBKIT: &[Need] = &[Need::WebKitDriver, Need::MiniBrowser, Need::Xvfb, Need::Openbox];
/// What looks at pages, and backends written by others.
const END_TO_END: &[Need] =
    &[Need::Node, Need::Python, Need::Venv, Need::Axe, Need::Django, Need::OidcProvider, Need::BetterAuth];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_needs_neither_what_makes_a_release_small_nor_a_browser() {
        assert_eq!(Purpose::Serve.needs(), [Need::Toolchain, Need::Crates, Need::Trunk, Need::WasmBindgen]);
    }

    #[test]
    fn a_lint_needs_no_more_than_the_compiler() {
        assert_eq!(Purpose::Lint.needs(), [Need::Toolchain, Need::Crates]);
        assert_eq!(Purpose::Format.needs(), [Need::Toolchain]);
    }

    #[test]
    fn an_engine_is_tested_without_the_other_two() {
        let firefox = Purpose::E2eFirefox.needs();
        assert!(firefox.contains(&Need::GeckoDriver));
        assert!(![Need::ChromeDriver, Need::WebKitDriver].iter().any(|need| firefox.contains(need)));
    }

    #[test]
    fn the_whole_check_needs_what_each_of_its_steps_needs() {
        let all = Purpose::Test.needs();
        for step in
            [Purpose::Native, Purpose::Browser, Purpose::E2eChromium, Purpose::E2eFirefox, Purpose::E2eWebkit]
        {
            assert!(step.needs().iter().all(|need| all.contains(need)), "{step:?}");
        }
    }
}
