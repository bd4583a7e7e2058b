//! The dialects that are served, as far as more than the shape of an answer depends on them.

use serde::{Deserialize, Serialize};

/// In which dialect a session was opened. Its tokens are good in every dialect, but are renewed in this one alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// A short access token, and a refresh token in a cookie that is good for one use.
    #[default]
    Perennial,
    /// One access token, which is also what it is exchanged for the next one with.
    Exchange,
    /// Both tokens in cookies; the refresh token is good for one use.
    CookiePair,
    /// Both tokens in answers; the refresh token stays the same.
    Hybrid,
}

impl Dialect {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Perennial, Self::Exchange, Self::CookiePair, Self::Hybrid];

    /// The word kept in the store and in access tokens.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Perennial => "perennial",
            Self::Exchange => "exchange",
            Self::CookiePair => "cookie-pair",
            Self::Hybrid => "hybrid",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.as_str() == word)
    }

    /// How long an access token lives, where nothing else was asked for.
    pub(crate) fn access_token_lifetime_s(self) -> u64 {
        match self {
            Self::Perennial => 900,
            Self::Exchange => HOUR_S,
            Self::CookiePair => 7 * DAY_S,
            Self::Hybrid => DAY_S,
        }
    }

    /// The absolute limit of a session, where nothing else was asked for.
    pub(crate) fn session_lifetime_s(self) -> u64 {
        match self {
            Self::Perennial | Self::Exchange => DAY_S,
            Self::CookiePair | Self::Hybrid => 30 * DAY_S,
        }
    }

    /// Whether a refresh token is superseded by its use.
    pub(crate) fn rotates(self) -> bool {
        match self {
            Self::Perennial | Self::CookiePair => true,
            Self::Exchange | Self::Hybrid => false,
        }
    }

    /// How long before the end of an access token answers carry the next one at most; nothing where none ever does.
    pub(crate) fn longest_buffer_s(self) -> Option<u64> {
        match self {
            Self::Perennial => Some(300),
            Self::Hybrid => Some(2 * HOUR_S),
            Self::Exchange | Self::CookiePair => None,
        }
    }
}

const HOUR_S: u64 = 3600;

const DAY_S: u64 = 24 * HOUR_S;

#[cfg(test)]
mod tests {
    use super::Dialect;

    #[test]
    fn the_store_and_the_tokens_spell_a_dialect_alike() {
        for dialect in [Dialect::Perennial, Dialect::Exchange, Dialect::CookiePair, Dialect::Hybrid] {
            assert_eq!(serde_json::to_value(dialect).unwrap(), dialect.as_str());
            assert_eq!(Dialect::parse(dialect.as_str()), Some(dialect));
        }
        assert_eq!(Dialect::parse("oauth2"), None);
    }
}
