//! What the browser has seen its tabs do.

use perennial_session::{Access, MessageBody};

use super::{
    Browser,
    tab::{RequestFate, Tab},
};

impl Browser {
    pub(crate) fn tab(&self, tab: usize) -> &Tab {
        &self.tabs[tab]
    }

    /// The tabs that are open, frozen or not.
    pub(crate) fn tabs(&self) -> impl Iterator<Item = &Tab> {
        self.tabs.iter().filter(|tab| !tab.is_gone)
    }

    pub(crate) fn all(&self, is_so: impl Fn(&Tab) -> bool) -> bool {
        self.tabs().all(is_so)
    }

    /// The token that a tab sends with a request, if it sends one now.
    pub(crate) fn token(&mut self, tab: usize) -> Option<Access> {
        let request = self.ask(tab);
        match self.tabs[tab].fate(request) {
            [RequestFate::Sent(access)] => Some(access.clone()),
            _ => None,
        }
    }

    /// What each open tab sends with a request, if it sends one now.
    pub(crate) fn each_token(&mut self) -> Vec<Option<Access>> {
        let open: Vec<usize> = (0..self.tabs.len()).filter(|tab| !self.tabs[*tab].is_gone).collect();
        open.into_iter().map(|tab| self.token(tab)).collect()
    }

    /// Whether all tabs hold one and the same token.
    pub(crate) fn all_hold_one_token(&mut self) -> bool {
        let tokens = self.each_token();
        tokens.first().is_some_and(Option::is_some) && tokens.windows(2).all(|pair| pair[0] == pair[1])
    }

    pub(crate) fn sent(&self, is_wanted: impl Fn(&MessageBody) -> bool) -> usize {
        self.messages.iter().filter(|(_, message)| is_wanted(&message.body)).count()
    }
}
