//! What pages hold: words, facts, rows, and the outlines of what is on its way.

use leptos::prelude::*;
use perennial_session::Wall;

use super::example;
use crate::{
    client::FetchError,
    components::{PageFailed, Pager, Skeleton, TimeAgo},
    platform::clock,
};

pub(super) fn text() -> AnyView {
    let now = Signal::stored(Wall(clock::read().wall_ms));
    view! {
        <p class="lead">"Signed in as "<strong>"Ada Lovelace"</strong></p>
        <p>"A sentence with "<code>"code"</code>" and "<a href="/style#text">"a link"</a>"."</p>
        <p class="soft">"What matters less, "<TimeAgo moment="2026-01-01T12:00:00Z".to_owned() now /></p>
        <p class="actions"><span class="tag tag-accent">"This device"</span><span class="tag">"Stays signed in"</span></p>
        <ul class="errors"><li><code>"chek"</code>" is no key of the configuration."</li></ul>
    }
    .into_any()
}

pub(super) fn cards() -> AnyView {
    view! {
        <div class="cards">
            <div class="card">
                <h3 class="card-heading">"A card"</h3>
                <dl class="facts"><dt>"Health"</dt><dd>"Fresh"</dd><dt>"Token"</dt><dd>"Valid until 12:05"</dd></dl>
                <div class="actions"><button type="button" class="button button-primary">"Refresh now"</button></div>
            </div>
            <div class="card"><h3 class="card-heading">"A small one"</h3><p>"With few words."</p></div>
        </div>
        <dl class="summary">
            <div><dt>"Rows"</dt><dd>"1,000,000"</dd></div>
            <div><dt>"Encoding"</dt><dd>"UTF-8"</dd></div>
        </dl>
    }
    .into_any()
}

pub(super) fn tables() -> AnyView {
    let offset = RwSignal::new(100);
    let rows = (1..=4).map(|row| {
        view! { <tr><th scope="row" class="grid-line">{row}</th><td>"Ada"</td><td class="grid-number">{row * 1_815}</td></tr> }
    });
    view! {
        <div class="sheet" tabindex="0" role="region" aria-label="Example">
            <table class="grid grid-data">
                <thead>
                    <tr>
                        <th scope="col">"Line"</th>
                        {column("ascending", "Name", "")}
                        {column("none", "Number", "grid-number")}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <Pager offset=offset.into() on_page=100 total=500 busy=Signal::stored(false) go=Callback::new(move |to| offset.set(to)) />
        <PageFailed
            failed=Signal::stored(Some(FetchError::Network))
            loaded_at=Signal::stored(None)
            again=Callback::new(|()| ())
        />
    }
    .into_any()
}

fn column(sorted: &'static str, name: &'static str, class: &'static str) -> AnyView {
    view! {
        <th scope="col" class=class aria-sort=sorted>
            <button type="button" class="sort"><span>{name}</span><span class="sort-mark" aria-hidden="true"></span></button>
        </th>
    }
    .into_any()
}

pub(super) fn waiting() -> AnyView {
    view! {
        {example("A list that takes longer than 300 ms", view! { <Skeleton label="Loading" /> })}
        {example("A list without entries", view! { <p class="empty">"No imports yet. The first file you send appears here."</p> })}
    }
    .into_any()
}
