//! What people chose on this device (`localStorage`). It says nothing of who they are, and stays when they have gone.

use leptos::prelude::window;

/// Whether the record of what happened is to be kept when the session ends.
#[must_use]
pub fn keeps_record() -> bool {
    let storage = window().local_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(KEEP_RECORD).ok().flatten()).as_deref() == Some(YES)
}

/// Remembers it. Where storage is switched off nothing is kept anyway.
pub fn set_keeps_record(keeps: bool) {
    let Ok(Some(storage)) = window().local_storage() else { return };
    drop(if keeps { storage.set_item(KEEP_RECORD, YES) } else { storage.remove_item(KEEP_RECORD) });
}

const KEEP_RECORD: &str = "perennial.keep-record";
const YES: &str = "yes";
