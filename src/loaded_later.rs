//! Code that is loaded when it is first wanted, so that nobody waits for it who only wants to sign in.

pub use leptos::wasm_split::SplitLoaderError as NotLoaded;

/// Makes functions that load code and give it back, mostly as a pointer to a function: `loaded_later! { file: fn … }`.
///
/// In a release build what such functions give is in a file of WebAssembly beside the main one, together with
/// everything that nothing else calls (`xtask/src/finish/split.rs`); in a development build it is where everything is.
/// What several files call is in files that they share, one for each set of them: the more files, the more of those.
macro_rules! loaded_later {
    ($file:ident: $( $(#[$about:meta])* $vis:vis fn $name:ident() -> $Code:ty { $code:expr } )*) => {$(
        #[cfg(not(debug_assertions))]
        $(#[$about])*
        #[leptos::wasm_split::wasm_split($file, wasm_split_path = leptos::wasm_split, fallible)]
        $vis fn $name() -> Result<$Code, $crate::loaded_later::NotLoaded> {
            let code: $Code = $code;
            Ok(code)
        }

        #[cfg(debug_assertions)]
        $(#[$about])*
        $vis async fn $name() -> Result<$Code, $crate::loaded_later::NotLoaded> {
            let code: $Code = $code;
            std::future::ready(Ok(code)).await
        }
    )*};
}

pub(crate) use loaded_later;
