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

impl Need {
    /// The variable by which a person may name the program.
    pub(super) fn variable(self) -> Option<&'static str> {
        match self {
            Self::Chromium => Some("CHROME"),
            Self::ChromeDriver => Some("CHROMEDRIVER"),
            Self::Firefox => Some("FIREFOX"),
            Self::GeckoDriver => Some("GECKODRIVER"),
            Self::Toolchain | Self::Crates | Self::Trunk | Self::WasmBindgen | Self::Node => None,
            Self::WasmOpt | Self::Esbuild | Self::Python | Self::Venv | Self::Axe | Self::Django => None,
            Self::WebKitDriver | Self::MiniBrowser | Self::Xvfb | Self::Openbox => None,
            Self::OidcProvider | Self::BetterAuth | Self::Sqlite => None,
            Self::LlvmTools | Self::LlvmCov | Self::Mutants => None,
        }
    }
}

/// What the machine is to be set up for: a command, or a step of `test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Run the application here, with changes built as they are made
    Serve,
    /// Build the release
    Build,
    /// Every check
    Test,
    /// The format check and the lints
    Lint,
    /// The end-to-end scenarios in Chromium; for another browser, see the steps
    E2e,
    /// Pictures of every page and state
    Screenshots,
    /// Random histories of the session engine
    Sim,
    /// What each file of a build weighs
    Size,
    /// Which lines of the engine its suites run
    Coverage,
    /// Which changes of the engine its suites notice
    Mutants,
    /// How long an import takes beside SQLite's own
    BenchImport,
    /// A step of `test`: the formatting of all Rust sources
    Format,
    /// A step of `test`: the suites that need no browser
    Native,
    /// A step of `test`: the documentation
    Docs,
    /// A step of `test`: the suites that run inside a browser
    Browser,
    /// A step of `test`: the end-to-end scenarios in Chromium
    E2eChromium,
    /// A step of `test`, and `e2e --engine firefox`: the end-to-end scenarios in Firefox
    E2eFirefox,
    /// A step of `test`, and `e2e --engine webkit`: the end-to-end scenarios in WebKitGTK
    E2eWebkit,
}

impl Purpose {
    /// Its name on the command line.
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The commands that need this, as a person types them after `cargo xtask`.
    pub(super) const COMMANDS: &[(&str, Self)] = &[
        ("serve", Self::Serve),
        ("build", Self::Build),
        ("test", Self::Test),
        ("lint, sim, size", Self::Lint),
        ("e2e, screenshots", Self::E2e),
        ("e2e --engine firefox", Self::E2eFirefox),
        ("e2e --engine webkit", Self::E2eWebkit),
        ("coverage", Self::Coverage),
        ("mutants", Self::Mutants),
        ("bench-import", Self::BenchImport),
    ];

    /// What it needs, without repetitions.
    pub(crate) fn needs(self) -> Vec<Need> {
        let mut needs = match self {
            Self::Serve => vec![COMPILE, BUNDLE],
            Self::Build => vec![COMPILE, BUNDLE, SHRINK],
            Self::Test => vec![COMPILE, BUNDLE, SHRINK, COMPARE, CHROMIUM, FIREFOX, WEBKIT, END_TO_END],
            Self::Format | Self::Size => vec![&[Need::Toolchain][..]],
            Self::Lint | Self::Docs | Self::Sim => vec![COMPILE],
            Self::Native => vec![COMPILE, COMPARE],
            Self::Browser => vec![COMPILE, &[Need::WasmBindgen], CHROMIUM, FIREFOX],
            Self::E2eChromium | Self::E2e | Self::Screenshots => {
                vec![COMPILE, BUNDLE, SHRINK, CHROMIUM, END_TO_END]
            }
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
    use clap::CommandFactory as _;

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
    fn the_help_says_what_is_a_command_and_what_a_step_of_one() {
        for purpose in Purpose::value_variants() {
            let help = purpose.to_possible_value().and_then(|value| Some(value.get_help()?.to_string()));
            let is_step = help.unwrap_or_default().starts_with("A step of `test`");
            let name = purpose.name();
            let is_command = crate::Cli::command().find_subcommand(&name).is_some();
            assert!(is_command != is_step, "{name}");
        }
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
