//! Die Texte auf Deutsch.

use super::catalog::{Language, States, Texts};

pub(super) static TEXTS: Texts = Texts {
    name: "Deutsch",
    tag: "de-DE",
    plurals: &["one", "other"],
    language: Language { choice: "Sprache", system: "Wie der Browser es vorgibt" },
    states: States {
        device_gone: "{device} ist nicht mehr angemeldet.",
        device_came: "{device} hat sich gerade angemeldet.",
        switched: "Sie sind jetzt als {name} angemeldet, wie in Ihrem anderen Tab.",
        already_in: "Ihre Anmeldung wurde nicht verwendet: {name} ist hier bereits angemeldet. Um sich als jemand anderes anzumelden, melden Sie sich zuerst ab.",
        ok: "Verstanden",
        limit_heading: "Ihre Sitzung endet bald",
        limit_lead: "Länger als diese dauert keine Sitzung. Sie werden abgemeldet in",
        limit_spoken: "Länger als diese dauert keine Sitzung. Sie werden abgemeldet in {length}.",
        limit_advice: "Das lässt sich nicht verlängern. Schließen Sie jetzt ab, woran Sie arbeiten, oder melden Sie sich ab und wieder an, um eine neue Sitzung zu beginnen.",
        limit_title: "Noch {countdown} · Ihre Sitzung endet bald",
        still_chosen: "{file} wurde nicht gesendet, weil Sie abgemeldet wurden. Die Datei ist noch ausgewählt: Starten Sie den Import erneut.",
    },
};
