//! Die Texte auf Deutsch.

use super::catalog::{Language, Notices, Texts};

pub(super) static TEXTS: Texts = Texts {
    name: "Deutsch",
    tag: "de-DE",
    plurals: &["one", "other"],
    language: Language { choice: "Sprache", system: "Wie der Browser es vorgibt" },
    notices: Notices {
        reload: "Neu laden",
        try_again: "Erneut versuchen",
        copy: "Einzelheiten kopieren",
        copied: "Kopiert",
        details: "Einzelheiten",
        waits_for_network: "Das wird geladen, sobald Sie wieder online sind.",
        waits_for_server: "Das wird geladen, sobald der Server wieder antwortet.",
        new_version: "Eine neue Version ist bereit.",
        stopped: "Perennial ist stehen geblieben",
        stopped_lead: "Ein Fehler in der Anwendung hat diesen Tab angehalten. Hier geht nichts mehr weiter.",
        stopped_hint: "Ihre Sitzung ist sicher: Laden Sie die Seite neu, dann machen Sie dort weiter, wo Sie waren. \
            Wenn es wieder geschieht, geben Sie die Einzelheiten weiter. Sie enthalten kein Passwort und keinen \
            Schlüssel.",
        not_loaded: "Diese Seite konnte nicht geladen werden.",
        not_loaded_hint: "Prüfen Sie Ihre Verbindung und versuchen Sie es erneut. Falls inzwischen eine neue Version \
            installiert wurde, laden Sie neu.",
        not_shown: "Diese Seite konnte nicht angezeigt werden.",
        not_shown_hint: "Etwas darin war nicht wie erwartet. Versuchen Sie es erneut; wenn das nicht hilft, geben Sie \
            die Einzelheiten weiter. Sie enthalten kein Passwort und keinen Schlüssel.",
    },
};
