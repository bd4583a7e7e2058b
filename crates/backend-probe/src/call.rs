//! The calls that are made, and what stands in them in place of credentials.

use std::fmt;

use perennial_dialect::{Csrf, Dialect, RefreshCredential, SignInBy};
use perennial_session::{Access, AccessBy, CallKind, IdempotencyKey, Proof, Secret, SignInForm};

/// The account of the one sign-in that is tried: nobody's (RFC 2606 section 3), and an operator who finds it in a log sees
/// what it was.
pub const ACCOUNT: &str = "perennial-probe@example.org";

/// What a backend is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// A provider, to describe itself.
    Discovery,
    /// For a new token.
    Refresh,
    /// Whether the session is good.
    Validate,
    /// To let somebody in.
    SignIn,
    /// To end the session.
    SignOut,
    /// For the time.
    Clock,
}

impl Call {
    /// Those of a dialect, in the order in which they are made: a backend that cannot be reached costs no failed sign-in.
    pub(crate) const OF_DIALECT: [Self; 5] =
        [Self::Refresh, Self::Validate, Self::SignIn, Self::SignOut, Self::Clock];

    /// The key of the configuration that says where it goes.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Discovery => "oauth.issuer",
            Self::Refresh => "endpoints.refresh",
            Self::Validate => "endpoints.validate",
            Self::SignIn => "endpoints.sign_in",
            Self::SignOut => "endpoints.sign_out",
            Self::Clock => "endpoints.clock",
        }
    }

    /// The call as the engine would order it, with nothing in it that is good for anything. `None` where the application
    /// makes no such call by itself.
    pub(crate) fn made_up(self, dialect: &Dialect) -> Option<CallKind> {
        let access = match dialect.access {
            AccessBy::Token => Access::Token(Secret::new(ACCESS_TOKEN)),
            AccessBy::Cookie => Access::Cookie,
        };
        let refresh = match dialect.refresh.by {
            RefreshCredential::Cookie | RefreshCredential::AccessBearer => None,
            RefreshCredential::RefreshBearer | RefreshCredential::Body { .. } => {
                Some(Secret::new(REFRESH_TOKEN))
            }
        };
        Some(match self {
            Self::Discovery => return None,
            Self::Refresh => {
                CallKind::Refresh { key: IdempotencyKey(0), access: Some(access), refresh, account: None }
            }
            Self::Validate => CallKind::Validate { access },
            Self::SignIn => match dialect.sign_in {
                SignInBy::Form(_) => CallKind::SignIn(sign_in()),
                SignInBy::Redirect(_) => return None,
            },
            Self::SignOut => {
                let ticket = dialect.sign_out.ticket_header.is_some().then(|| Secret::new(ACCESS_TOKEN));
                CallKind::SignOut { access: Some(access), refresh, ticket }
            }
            Self::Clock => CallKind::Clock,
        })
    }

    /// What the call shows that is not good for anything, in words.
    pub(crate) fn shown(self, dialect: &Dialect) -> &'static str {
        let is_cookie = match self {
            Self::Discovery | Self::Clock => return "nothing",
            Self::SignIn => return "a made-up account",
            Self::Refresh => dialect.refresh.by == RefreshCredential::Cookie,
            Self::Validate | Self::SignOut => dialect.access == AccessBy::Cookie,
        };
        if is_cookie { "no cookie" } else { "a made-up token" }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery",
            Self::Refresh => "refresh",
            Self::Validate => "validation",
            Self::SignIn => "sign-in",
            Self::SignOut => "sign-out",
            Self::Clock => "clock",
        })
    }
}

/// What script would see of cookies, were those there that it is to repeat: with them a call has its header.
pub(crate) fn cookies(dialect: &Dialect) -> String {
    match &dialect.csrf {
        Csrf::None | Csrf::Header { .. } => String::new(),
        Csrf::DoubleSubmit { cookie, refresh_cookie, .. } => {
            let all = [Some(cookie), refresh_cookie.as_ref()];
            all.into_iter().flatten().map(|name| format!("{name}=made-up")).collect::<Vec<_>>().join("; ")
        }
    }
}

fn sign_in() -> SignInForm {
    let password = Secret::new("nobody-has-this-password-1A!");
    SignInForm { proof: Proof::Password { identifier: ACCOUNT.to_owned(), password }, keep: false }
}

/// In place of an access token: a JWT of `{"sub":"perennial-probe","iat":1,"exp":2}`, which has been expired since 1970 and
/// whose signature is a sentence. Backends with opaque tokens see one that they do not know.
const ACCESS_TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJwZXJlbm5pYWwtcHJvYmUiLCJpYXQiOjEsImV4cCI6Mn0.cGVyZW5uaWFsLXByb2JlIG1hZGUgdGhpcyB1cA";

/// In place of a refresh token, which is opaque to most servers.
const REFRESH_TOKEN: &str = "perennial-probe-made-this-up";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use perennial_dialect::{presets::PRESETS, token::Hint};

    use super::ACCESS_TOKEN;

    #[test]
    fn the_made_up_token_says_what_it_is_and_that_it_is_over() {
        let hint = Hint::of(ACCESS_TOKEN, &PRESETS[0].dialect.claims);
        assert_eq!(hint.account_id.as_deref(), Some("perennial-probe"));
        assert_eq!(
            (hint.issued_at, hint.lifetime),
            (Some(Duration::from_secs(1)), Some(Duration::from_secs(1)))
        );
    }
}
