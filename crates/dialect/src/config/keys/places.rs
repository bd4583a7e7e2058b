//! Where the values of keys are put that do not always mean something.

use crate::{
    config::Draft,
    dialect::{Csrf, Encoding, Refresh, RefreshCredential, SignInBy, SignInFields, SignOut, Text},
    oauth::Client,
};

pub(super) fn sign_in(draft: &mut Draft) -> Option<&mut SignInFields> {
    match &mut draft.dialect.sign_in {
        SignInBy::Form(fields) => Some(fields),
        SignInBy::Redirect(_) => None,
    }
}

/// A provider is told in its own way (RFC 7009).
pub(super) fn sign_out(draft: &mut Draft) -> Option<&mut SignOut> {
    match draft.dialect.sign_in {
        SignInBy::Form(_) => Some(&mut draft.dialect.sign_out),
        SignInBy::Redirect(_) => None,
    }
}

pub(super) fn oauth(draft: &mut Draft) -> Option<&mut Client> {
    match &mut draft.dialect.sign_in {
        SignInBy::Form(_) => None,
        SignInBy::Redirect(client) => Some(client),
    }
}

pub(super) fn refresh_body(draft: &mut Draft) -> Option<&mut Refresh> {
    let refresh = &mut draft.dialect.refresh;
    matches!(refresh.by, RefreshCredential::Body { .. }).then_some(refresh)
}

pub(super) fn set<T, const N: usize>(place: Option<&mut T>, values: [T; N], word: usize) -> bool {
    match place.zip(values.into_iter().nth(word)) {
        Some((place, value)) => {
            *place = value;
            true
        }
        None => false,
    }
}

/// The name of the field stays where there is one.
pub(super) fn set_refresh_by(draft: &mut Draft, word: usize) -> bool {
    let by = &mut draft.dialect.refresh.by;
    let field = match by {
        RefreshCredential::Body { field, .. } => core::mem::take(field),
        RefreshCredential::Cookie | RefreshCredential::AccessBearer | RefreshCredential::RefreshBearer => {
            Text::default()
        }
    };
    *by = match word {
        0 => RefreshCredential::Cookie,
        1 => RefreshCredential::AccessBearer,
        2 => RefreshCredential::RefreshBearer,
        3 => RefreshCredential::Body { encoding: Encoding::Json, field },
        _ => RefreshCredential::Body { encoding: Encoding::Form, field },
    };
    true
}

/// What stands there stays where it is of the same kind.
pub(super) fn set_csrf(draft: &mut Draft, word: usize) -> bool {
    let none = Text::default;
    let csrf = match word {
        0 => Csrf::None,
        1 => Csrf::Header { header: none(), value: none() },
        _ => {
            Csrf::DoubleSubmit { header: none(), cookie: none(), refresh_header: None, refresh_cookie: None }
        }
    };
    if core::mem::discriminant(&csrf) != core::mem::discriminant(&draft.dialect.csrf) {
        draft.dialect.csrf = csrf;
    }
    true
}
