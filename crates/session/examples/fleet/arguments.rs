//! The command line: `--name value`, each of them optional.

use std::{path::PathBuf, str::FromStr};

use crate::setup::Setup;

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) setup: Setup,
    /// Where the picture goes, if one is wanted.
    pub(crate) picture: Option<PathBuf>,
}

impl Arguments {
    /// Reads the words after the program's name; a later one overrules an earlier one.
    pub(crate) fn read(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self { setup: Setup::default(), picture: None };
        let setup = &mut arguments.setup;
        let mut words = words.into_iter();
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("{name} needs a value\n{USAGE}"))?;
            match name.as_str() {
                "--engines" => setup.engines = number(&name, &value)?,
                "--seed" => setup.seed = number(&name, &value)?,
                "--days" => setup.days = number(&name, &value)?,
                "--lifetime-min" => setup.lifetime_min = number(&name, &value)?,
                "--loss-percent" => setup.loss_percent = number(&name, &value)?,
                "--outage-min" => setup.outage_min = number(&name, &value)?,
                "--picture" => arguments.picture = Some(PathBuf::from(value)),
                _ => return Err(format!("there is no option {name}\n{USAGE}")),
            }
        }
        if arguments.setup.engines == 0 || arguments.setup.days == 0 || arguments.setup.lifetime_min == 0 {
            return Err("--engines, --days and --lifetime-min must be at least 1".into());
        }
        Ok(arguments)
    }
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name} needs a number, not {value:?}\n{USAGE}"))
}

const USAGE: &str = "usage: fleet [--engines 1000000] [--seed 1] [--days 2] [--lifetime-min 15] \
                     [--loss-percent 1] [--outage-min 10] [--picture docs/fleet.svg]";
