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

    /// What is said when the person, the device or the network changes under a page.
    states: States {
        /// A device was signed out elsewhere.
        device_gone,
        /// A device was signed in elsewhere.
        device_came,
        /// Another account was signed in in another tab.
        switched,
        /// A sign-in at the provider was not used, because somebody is signed in here.
        already_in,
        /// The button of what is only to be read.
        ok,
        /// The name of the notice before the absolute limit.
        limit_heading,
        /// What it says, ahead of the count.
        limit_lead,
        /// The same in a sentence, with how long is left.
        limit_spoken,
        /// What to do instead of extending.
        limit_advice,
        /// The title of the tab while it is shown.
        limit_title,
        /// After a file was cut off by the end of the session and is still chosen.
        still_chosen,
    }
}
