//! How time passes in a world whose clock is moved.

use std::time::{Duration, Instant, SystemTime};

use anyhow::{Result, bail};

use crate::clock::WorldClock;
use crate::proxy::{Answer, Order, Pages, Proxy};
use crate::wait::within;
use crate::world::World;

impl World {
    /// The time that pages and a backend in this process live by, and that all moments of the proxies are of.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// What that time is, as servers and people tell it.
    #[must_use]
    pub fn wall(&self) -> SystemTime {
        self.clock.wall()
    }

    /// How long this was ago.
    #[must_use]
    pub fn since(&self, moment: Instant) -> Duration {
        self.now().saturating_duration_since(moment)
    }

    /// Lets this much time pass, with everything that is due in it. Where the clock is the machine's that takes as
    /// long.
    ///
    /// Time goes from one thing that is due to the next. What that causes in all tabs is over before more time passes, and
    /// so is every request that no fault holds back. What the machine itself needs for all this is part of the time.
    ///
    /// # Errors
    /// When something that was begun does not end, or a page does not answer.
    pub async fn pass(&self, time: Duration) -> Result<()> {
        let Some(passing) = self.passing() else {
            tokio::time::sleep(time).await;
            return Ok(());
        };
        let end = self.now() + time;
        let mut next = passing.begin().await?;
        while let Some(left) = self.left_until(end) {
            next = passing.step(next, left).await?;
        }
        Ok(())
    }

    /// Lets this much time pass at once, as it does for devices that sleep: what is due meanwhile is late, and a page
    /// that is frozen learns of it when it thaws.
    ///
    /// # Errors
    /// Where the clock is the machine's, and when something that was begun does not end.
    pub async fn sleep_through(&self, time: Duration) -> Result<()> {
        let Some(passing) = self.passing() else { bail!("ask for `clock: Clocks::Moved` in the setup") };
        let passing = Passing { may_sleep: true, ..passing };
        passing.begin().await?;
        passing.move_on(time).await.map(drop)
    }

    /// Lets time pass until the condition gives a value, for at most this long.
    ///
    /// # Errors
    /// Names what was waited for when the bound passes, with the last error if there was one.
    pub async fn pass_until<T>(
        &self,
        bound: Duration,
        what: &str,
        mut condition: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let Some(passing) = self.passing() else { return within(bound, what, condition).await };
        let end = self.now() + bound;
        let mut next = passing.begin().await?;
        loop {
            // An element may go stale between finding and reading it.
            let missing = match condition().await {
                Ok(Some(value)) => return Ok(value),
                Ok(None) => String::new(),
                Err(error) => format!(": {error:#}"),
            };
            let Some(left) = self.left_until(end) else {
                bail!("{} s passed in vain for {what}{missing}", bound.as_secs());
            };
            next = passing.step(next, left.min(GLANCE)).await?;
        }
    }

    fn left_until(&self, moment: Instant) -> Option<Duration> {
        moment.checked_duration_since(self.now()).filter(|left| !left.is_zero())
    }

    fn passing(&self) -> Option<Passing<'_>> {
        let pages = self.proxy.pages()?;
        Some(Passing { clock: &self.clock, proxies: [&self.proxy, self.api()], pages, may_sleep: false })
    }
}

/// A world in which time is let pass.
struct Passing<'a> {
    clock: &'a WorldClock,
    /// In front of the pages and of what they talk to, which may be the same.
    proxies: [&'a Proxy; 2],
    pages: &'a Pages,
    /// Whether a page may be silent.
    may_sleep: bool,
}

impl Passing<'_> {
    /// Lets everybody come to rest; says how long it is until something is due.
    async fn begin(&self) -> Result<Option<Duration>> {
        self.pages.all_connected().await;
        self.rest().await
    }

    /// Moves on to what is due next, but no further than this.
    async fn step(&self, next: Option<Duration>, most: Duration) -> Result<Option<Duration>> {
        self.move_on(next.unwrap_or(most).max(SHORTEST).min(most)).await
    }

    async fn move_on(&self, time: Duration) -> Result<Option<Duration>> {
        self.clock.move_on(time);
        if self.pages.are_several() {
            // First everywhere: nobody is to hear from a tab that is ahead.
            self.pages.all(self.clock, Order::Set).await;
        }
        self.rest().await
    }

    /// Runs what is due until nothing is, in any page, and nothing is under way that no fault holds back.
    async fn rest(&self) -> Result<Option<Duration>> {
        let began = Instant::now();
        let mut calm = 0;
        loop {
            let said = self.pages.all(self.clock, Order::Act).await;
            if said.silent > 0 && !self.may_sleep {
                bail!("{} pages do not answer, so that no time passes there", said.silent);
            }
            calm = if self.is_calm(&said) { calm + 1 } else { 0 };
            if calm == ROUNDS {
                return Ok(said.next_due.into_iter().chain(self.clock.next_due()).min());
            }
            if began.elapsed() > PATIENCE {
                let under_way = self.under_way();
                bail!("time cannot pass: the pages say {said:?}, and the proxy answers {under_way:?}");
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    fn is_calm(&self, said: &Answer) -> bool {
        let (answering, held) = self.under_way();
        let is_lock_on_its_way = said.asking > 0 && said.holding == 0;
        said.acted == 0 && answering == 0 && said.under_way <= held as u64 && !is_lock_on_its_way
    }

    /// How many requests are being answered, and how many more a fault holds back.
    fn under_way(&self) -> (usize, usize) {
        let [pages, api] = self.proxies;
        let of_pages = pages.under_way();
        if pages.is(api) {
            return of_pages;
        }
        let of_api = api.under_way();
        (of_pages.0 + of_api.0, of_pages.1 + of_api.1)
    }
}

/// How often in a row nothing must have happened: a message to another tab takes a moment, and is counted nowhere.
const ROUNDS: u32 = 2;
/// Between two rounds.
const BREATH: Duration = Duration::from_millis(2);
/// For what is under way to end, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Timers that are due so close to each other run in one step.
const SHORTEST: Duration = Duration::from_millis(20);
/// How much time may pass before somebody who waits for something looks again.
const GLANCE: Duration = Duration::from_millis(500);
