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
}
