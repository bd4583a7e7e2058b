//! `cargo xtask setup`: the set-up alone.

use anyhow::Result;
use clap::Args;

use super::from_nothing;
use super::need::Need;
use super::{Purpose, browser, firefox, set_up, webkit};
use crate::shell;

/// What to set up.
#[derive(Args, Debug)]
pub(crate) struct SetUp {
    /// The commands, and steps of `test`, that are to find everything here
    #[arg(long = "for", value_name = "COMMAND", default_value = "serve")]
    purposes: Vec<Purpose>,
    /// Try `serve` in a room where nothing is installed until the page answers, then the set-up for the other commands
    /// that are named, say what each step takes, and remove the room. For root, packages of the system are installed as
    /// for any other command, and stay
    #[arg(long)]
    from_nothing: bool,
}

impl SetUp {
    pub(crate) fn run(&self) -> Result<()> {
        if self.from_nothing {
            return from_nothing::run(&self.purposes);
        }
        set_up(&self.purposes)?;
        self.purposes.iter().try_for_each(|purpose| show(*purpose))?;
        let bins = shell::machine().bins.iter().filter(|bin| bin.is_dir());
        let bins: String = bins.map(|bin| format!("{}:", bin.display())).collect();
        if !bins.is_empty() {
            println!("\nTo call the tools by hand:  export PATH=\"{bins}$PATH\"");
        }
        Ok(())
    }
}

/// Says where the browsers of a command lie, for people who start them by hand.
fn show(purpose: Purpose) -> Result<()> {
    let is_for = |browser| purpose.needs().contains(&browser);
    if is_for(Need::Chromium) {
        let found = browser()?;
        println!("\nChromium   {}", found.chrome.display());
        println!("  driver   {}", found.chromedriver.display());
    }
    if is_for(Need::Firefox) {
        let found = firefox()?;
        println!("\nFirefox    {}", found.firefox.display());
        println!("  driver   {}", found.geckodriver.display());
    }
    if is_for(Need::MiniBrowser) {
        let found = webkit()?;
        println!("\nWebKitGTK  {}", found.mini_browser.display());
        println!("  driver   {}", found.driver.display());
        println!("  screen   {}", found.xvfb.display());
        println!("  windows  {}", found.openbox.display());
    }
    Ok(())
}
