//! The form that sends a file.

use leptos::{ev::SubmitEvent, html::Input, prelude::*};
use web_sys::{DataTransfer, File, FileList, HtmlInputElement};

use super::{
    reading::{HowToRead, Reading},
    upload::{Stage, Upload},
};
use crate::{
    components::{changing, focus},
    contexts::use_client,
    drafts::use_draft,
    platform::drops,
    texts::{self, queue as labels, t},
};

/// What the form holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Draft {
    file: Option<File>,
    reading: Reading,
}

/// A file chooser, and how far the sending is. A file may be dropped anywhere in the window.
#[component]
pub fn ImportForm(
    /// The file that is being sent.
    upload: Upload,
) -> impl IntoView {
    let client = StoredValue::new_local(use_client());
    let chooser = NodeRef::<Input>::new();
    let over = RwSignal::new(false);
    let reading = RwSignal::new(Reading::default());
    let file = RwSignal::new_local(None::<File>);
    clear_what_was_taken(file, upload, reading);
    show_chosen(chooser, file);
    keep_draft(file, reading);
    let start = move |event: SubmitEvent| {
        event.prevent_default();
        if upload.is_underway() {
            return;
        }
        match file.get_untracked() {
            Some(file) => upload.start(client.get_value(), file, reading.get_untracked()),
            None => {
                upload.say(t().queue.no_file);
                focus::focus(CHOOSE);
            }
        }
    };
    let is_welcome = move |is_over| {
        let is_welcome = is_over && !upload.is_underway_now();
        over.set(is_welcome);
        is_welcome
    };
    // A file that is dropped beside the place is meant for it.
    StoredValue::new_local(drops::listen(is_welcome, move |files| choose(file, files, upload)));
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 class="card-heading" id=HEADING>{t().queue.new}</h2>
            <form class="import" novalidate=true on:submit=start>
                <div
                    class="drop"
                    data-over=move || over.get().then_some("true")
                >
                    <Chooser chooser file upload />
                    <p class="soft" id=HINT>{t().queue.file_hint}</p>
                </div>
                <HowToRead reading />
                <Sending upload />
            </form>
        </section>
    }
}

/// The way to choose a file. What browsers draw for it speaks their language and not the one chosen here, so it is
/// there unseen, and a button of ours opens it.
#[component]
fn Chooser(
    chooser: NodeRef<Input>,
    file: RwSignal<Option<File>, LocalStorage>,
    upload: Upload,
) -> impl IntoView {
    let open = move |_| {
        if let Some(chooser) = chooser.get_untracked() {
            chooser.click();
        }
    };
    let take = move |_| {
        file.set(chooser.get_untracked().as_ref().and_then(chosen));
        if upload.is_underway() {
            upload.say(t().queue.one_at_a_time);
        } else {
            upload.say_nothing();
        }
    };
    let name = move || file.get().map_or_else(|| t().queue.none_chosen.to_owned(), |file| file.name());
    let described = format!("{NAME} {HINT}");
    view! {
        <label class="field-label" for=FILE>{t().queue.file}</label>
        <input
            id=FILE
            class="visually-hidden"
            type="file"
            tabindex="-1"
            accept=ACCEPTED
            node_ref=chooser
            on:change=take
        />
        <div class="import-line">
            <button type="button" class="button" id=CHOOSE aria-describedby=described on:click=open>
                {t().queue.choose}
            </button>
            <span id=NAME>{changing(name)}</span>
        </div>
    }
}

/// Gives back what its person had to leave when a session ended.
fn keep_draft(file: RwSignal<Option<File>, LocalStorage>, reading: RwSignal<Reading>) {
    let restore = move |draft: Draft| {
        file.set(draft.file);
        reading.set(draft.reading);
    };
    let form = move || Draft { file: file.get(), reading: reading.get() };
    use_draft(DRAFT, restore, move || Some(form()).filter(|draft| *draft != Draft::default()));
}

/// The buttons, and how far the file is.
#[component]
fn Sending(upload: Upload) -> impl IntoView {
    let underway = Memo::new(move |_| upload.is_underway());
    let cancel = move || {
        if !underway.get() {
            // A file has been taken, or it could not be: where the button was there is nothing.
            focus::hand_over(CANCEL, START.to_owned());
            return ().into_any();
        }
        view! {
            <button type="button" class="button" id=CANCEL on:click=move |_| upload.cancel()>{t().common.cancel}</button>
        }
        .into_any()
    };
    let progress = move || match upload.stage.get() {
        Stage::Underway { size } => {
            let percent = upload.percent;
            let size = texts::size(size);
            view! {
                <progress class="bar" max="100" aria-label=t().queue.sending prop:value=move || percent.get().to_string()>
                </progress>
                <span>{changing(move || labels::sent(percent.get(), &size))}</span>
            }
            .into_any()
        }
        Stage::Waiting => view! { <span role="status">{t().queue.waits}</span> }.into_any(),
        Stage::Idle => ().into_any(),
    };
    view! {
        <div class="import-line">
            <div class="actions">
                <button
                    type="submit"
                    class="button button-primary"
                    id=START
                    aria-disabled=move || underway.get().then_some("true")
                >
                    {t().queue.start}
                </button>
                {cancel}
            </div>
            <div class="import-progress">
                {progress}
                <p class="import-said" role="alert">{changing(move || upload.said.get())}</p>
            </div>
        </div>
    }
}

/// A file that has been taken is not chosen any more; one that has not, or that was chosen meanwhile, may be sent.
fn clear_what_was_taken(
    file: RwSignal<Option<File>, LocalStorage>,
    upload: Upload,
    reading: RwSignal<Reading>,
) {
    Effect::new(move |was_underway: Option<bool>| {
        let is_underway = upload.is_underway();
        // At first too: it may have been taken while another page was looked at.
        if was_underway != Some(false)
            && !is_underway
            && upload.said.with_untracked(Option::is_none)
            && file.with_untracked(|file| file.as_ref().is_some_and(|file| upload.is_of(file)))
        {
            file.set(None);
            // What was said of one file is not meant for the next.
            reading.set(Reading::default());
        }
        is_underway
    });
}

fn chosen(chooser: &HtmlInputElement) -> Option<File> {
    chooser.files()?.get(0)
}

/// Has the chooser show the file that is to be sent, wherever it came from: chosen, dropped, or left here when a session
/// ended.
fn show_chosen(chooser: NodeRef<Input>, file: RwSignal<Option<File>, LocalStorage>) {
    Effect::new(move |_| {
        let (Some(chooser), file) = (chooser.get(), file.get()) else { return };
        if chosen(&chooser) == file {
            return;
        }
        match file.as_ref().and_then(as_list) {
            Some(files) => chooser.set_files(Some(&files)),
            None => chooser.set_value(""),
        }
    });
}

/// The list that choosers take. Browsers have no other way to make one.
fn as_list(file: &File) -> Option<FileList> {
    let dragged = DataTransfer::new().ok()?;
    dragged.items().add_with_file(file).ok()?;
    dragged.files()
}

/// Takes what was dropped.
fn choose(file: RwSignal<Option<File>, LocalStorage>, files: &FileList, upload: Upload) {
    match files.length() {
        0 => {}
        _ if upload.is_underway_now() => upload.say(t().queue.one_at_a_time),
        1 => {
            file.set(files.get(0));
            upload.say_nothing();
        }
        _ => upload.say(t().queue.one_file),
    }
}

/// The name of the draft.
const DRAFT: &str = "import";

const HEADING: &str = "import-heading";
const FILE: &str = "import-file";
const CHOOSE: &str = "import-choose";
const NAME: &str = "import-name";
const HINT: &str = "import-hint";
const START: &str = "import-start";
const CANCEL: &str = "import-cancel";

/// A help for the chooser only: the server judges what a file is.
const ACCEPTED: &str = ".csv,.tsv,.txt,text/csv,text/tab-separated-values";
