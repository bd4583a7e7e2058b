//! How a file is to be read, where the person knows better than the server.

use leptos::prelude::*;

use crate::{
    client::ApiRequest,
    texts::{dataset, t},
};

/// How the person says that a file is to be read. What is not said is found out by the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// What separates its fields, in the server's word.
    pub(super) delimiter: Option<&'static str>,
    /// Its encoding, in the server's word.
    pub(super) encoding: Option<&'static str>,
}

impl Reading {
    /// States it in the request that sends the file.
    pub(super) fn state(self, mut request: ApiRequest) -> ApiRequest {
        for (name, stated) in [("delimiter", self.delimiter), ("encoding", self.encoding)] {
            if let Some(stated) = stated {
                request = request.query(name, stated);
            }
        }
        request
    }
}

/// What the person may state where the server finds out the wrong thing.
#[component]
pub(super) fn HowToRead(
    /// What is stated.
    reading: RwSignal<Reading>,
) -> impl IntoView {
    view! {
        <details class="import-reading" open=reading.get_untracked() != Reading::default()>
            <summary>{t().queue.read_wrongly}</summary>
            <div class="import-stated">
                <Stated
                    id=DELIMITER
                    label=t().dataset.delimiter
                    words=&DELIMITERS
                    shown=dataset::delimiter
                    stated=Signal::derive(move || reading.with(|reading| reading.delimiter))
                    state=move |delimiter| reading.update(|reading| reading.delimiter = delimiter)
                />
                <Stated
                    id=ENCODING
                    label=t().dataset.encoding
                    words=&ENCODINGS
                    shown=dataset::encoding
                    stated=Signal::derive(move || reading.with(|reading| reading.encoding))
                    state=move |encoding| reading.update(|reading| reading.encoding = encoding)
                />
            </div>
        </details>
    }
}

/// One choice, which is the server's unless the person makes it.
#[component]
fn Stated(
    id: &'static str,
    label: &'static str,
    words: &'static [&'static str],
    shown: fn(&str) -> String,
    stated: Signal<Option<&'static str>>,
    #[prop(into)] state: Callback<(Option<&'static str>,)>,
) -> impl IntoView {
    let options = words
        .iter()
        .map(|word| {
            // What is stated already cannot be chosen before its option is there.
            let is_stated = stated.get_untracked() == Some(*word);
            view! { <option value=*word selected=is_stated>{shown(word)}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            <select
                id=id
                class="select"
                prop:value=move || stated.get().unwrap_or_default()
                on:change=move |event| {
                    let chosen = event_target_value(&event);
                    state.run((words.iter().copied().find(|word| *word == chosen),));
                }
            >
                <option value="">{t().queue.find_out}</option>
                {options}
            </select>
        </div>
    }
}

const DELIMITER: &str = "import-delimiter";
const ENCODING: &str = "import-encoding";

/// The words of the server for what may separate fields.
const DELIMITERS: [&str; 3] = ["comma", "semicolon", "tab"];

/// The words of the server for the encodings it reads.
const ENCODINGS: [&str; 2] = ["utf-8", "windows-1252"];
