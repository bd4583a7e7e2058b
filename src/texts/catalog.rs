//! Which texts there are. What they say is in one file per language.

/// Makes the type of a language's texts, area by area, so that a language without one of them does not compile.
macro_rules! catalog {
    ($(
        $(#[$about_area:meta])*
        $area:ident: $Area:ident {
            $( $(#[$about:meta])* $text:ident, )*
        }
    )*) => {
        /// All texts in one language. `{name}` in a text is a place for [`fill`](super::fill); ` | ` stands between
        /// the forms of a text that [`plural`](super::plural) chooses from.
        #[derive(Debug)]
        pub struct Texts {
            /// What the language is called by those who speak it.
            pub name: &'static str,
            /// Its tag (BCP 47), by which numbers, dates and plurals are formed.
            pub tag: &'static str,
            /// The categories of its plurals (CLDR), in the order of the forms in each text that has several.
            pub plurals: &'static [&'static str],
            $( $(#[$about_area])* pub $area: $Area, )*
        }

        $(
            $(#[$about_area])*
            #[derive(Debug)]
            pub struct $Area {
                $( $(#[$about])* pub $text: &'static str, )*
            }
        )*

        #[cfg(test)]
        impl Texts {
            /// Every text, with where it is: `("settings.theme", "Theme")`.
            pub(super) fn each(&self) -> Vec<(&'static str, &'static str)> {
                vec![$( $( (concat!(stringify!($area), ".", stringify!($text)), self.$area.$text), )* )*]
            }
        }
    };
}

catalog! {
    /// The languages themselves.
    language: Language {
        /// The name of the choice.
        choice,
        /// As the browser prefers.
        system,
    }
    /// What is said of failures, of a network that is not there, and of other builds.
    notices: Notices {
        /// The button that loads the page again.
        reload,
        /// The button that tries again what failed.
        try_again,
        /// The button that copies the details of a failure.
        copy,
        /// That button once it has.
        copied,
        /// What opens the details of a failure.
        details,
        /// In the place of a list, without a network.
        waits_for_network,
        /// In the place of a list, while the server does not answer.
        waits_for_server,
        /// The banner when a newer build is ready.
        new_version,
        /// Heading of the page that stands where the application failed.
        stopped,
        /// What that means.
        stopped_lead,
        /// And what to do.
        stopped_hint,
        /// In the place of a page whose code did not come.
        not_loaded,
        /// And what to do.
        not_loaded_hint,
        /// In the place of a page with something that cannot be shown.
        not_shown,
        /// And what to do.
        not_shown_hint,
    }
}
