//! Every preset, and dialects that no preset is like.

use perennial_dialect::{
    Csrf, Dialect, Encoding, Fact, LifetimeUnit, Paths, RefreshCredential, Refused, Says, Text,
    presets::PRESETS,
};
use perennial_session::AccessBy;
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::support::discovered;

/// A preset as it comes, the provider after its discovery, or any mixture.
pub(super) fn any_dialect() -> impl Strategy<Value = Dialect> {
    let presets: Vec<_> = PRESETS.iter().map(|preset| preset.dialect.clone()).collect();
    prop_oneof![select(presets), Just(discovered()), any_mixture()]
}

fn any_mixture() -> impl Strategy<Value = Dialect> {
    let base =
        prop_oneof![Just(PRESETS[0].dialect.clone()), Just(PRESETS[3].dialect.clone()), Just(discovered())];
    let facts = vec(any_paths(), 11);
    let answers =
        (facts, select(vec![LifetimeUnit::Seconds, LifetimeUnit::Milliseconds, LifetimeUnit::Moment]));
    (
        base,
        select(vec![AccessBy::Token, AccessBy::Cookie]),
        any_credential(),
        any_csrf(),
        answers,
        [vec(any_refused(), 0..3), vec(any_refused(), 0..3), vec(any_refused(), 0..3)],
        (option::of(any::<bool>()), option::of(any::<u64>()), vec((any::<String>(), any::<String>()), 0..3)),
    )
        .prop_map(
            |(base, access, by, csrf, (facts, unit), refused, (validates, access_lifetime_s, constants))| {
                let [refused, refused_sign_in, refused_validate] = refused.map(Into::into);
                let mut dialect =
                    Dialect { access, csrf, refused, refused_sign_in, refused_validate, ..base };
                dialect.refresh.by = by;
                dialect.access_lifetime_s = access_lifetime_s;
                let constants = constants.into_iter().map(|(name, value)| (name.into(), value.into()));
                dialect.sign_out.constants = constants.collect();
                let mut facts = facts.into_iter();
                let answers = &mut dialect.answers;
                answers.expires_in_unit = unit;
                for place in [
                    &mut answers.access_token,
                    &mut answers.refresh_token,
                    &mut answers.token_type,
                    &mut answers.expires_in,
                    &mut answers.session_id,
                    &mut answers.session_expires_in,
                    &mut answers.user_id,
                    &mut answers.landing,
                    &mut answers.reason,
                    &mut answers.message,
                    &mut answers.user_name_parts,
                ] {
                    *place = facts.next().unwrap_or_default();
                }
                if validates.is_none() {
                    dialect.endpoints.validate = None;
                }
                dialect
            },
        )
}

fn any_paths() -> impl Strategy<Value = Paths> {
    let path = prop_oneof![
        "access_token|token|refresh_token|expires_in|expiresIn|user.id|id|error|reason|landing|session.id",
        "[a-z.]{0,12}",
        any::<String>(),
    ];
    vec(path.prop_map(Text::Owned), 0..3).prop_map(Into::into)
}

fn any_credential() -> impl Strategy<Value = RefreshCredential> {
    prop_oneof![
        Just(RefreshCredential::Cookie),
        Just(RefreshCredential::AccessBearer),
        Just(RefreshCredential::RefreshBearer),
        (select(vec![Encoding::Json, Encoding::Form]), any::<String>())
            .prop_map(|(encoding, field)| RefreshCredential::Body { encoding, field: field.into() }),
    ]
}

fn any_csrf() -> impl Strategy<Value = Csrf> {
    let name = || "[A-Za-z-]{1,8}".prop_map(Text::Owned);
    prop_oneof![
        Just(Csrf::None),
        (name(), name()).prop_map(|(header, value)| Csrf::Header { header, value }),
        (name(), name(), option::of(name()), option::of(name())).prop_map(
            |(header, cookie, refresh_header, refresh_cookie)| Csrf::DoubleSubmit {
                header,
                cookie,
                refresh_header,
                refresh_cookie,
            }
        ),
    ]
}

fn any_refused() -> impl Strategy<Value = Refused> {
    let status = prop_oneof![Just(400), Just(403), Just(200), Just(503), any::<u16>()];
    let fact = prop_oneof![
        Just(Fact::Text("invalid_grant".into())),
        (-2_i64..3).prop_map(Fact::Number),
        any::<i64>().prop_map(Fact::Number),
        any::<bool>().prop_map(Fact::Flag),
        Just(Fact::Null),
    ];
    let says = (select(vec!["error", "reason", "user.id", "success"]), fact)
        .prop_map(|(field, value)| Says { field: field.into(), value });
    (status, option::of(says)).prop_map(|(status, says)| Refused { status, says })
}
