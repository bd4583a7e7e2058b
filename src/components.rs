//! What pages are made of. Components take values and callbacks; they fetch nothing and keep nothing.

mod banner;
mod brand;
mod changing;
mod chart;
mod checkbox;
mod countdown_dialog;
mod failure;
pub mod focus;
mod header;
pub mod marks;
mod modal;
mod pager;
mod ring;
mod session_chip;
mod skeleton;
mod theme_switch;
mod time_ago;
mod timeline;

pub use banner::{Banner, Tone};
pub use brand::Brand;
pub use changing::{Words, changing};
pub use chart::{Chart, Columns};
pub use checkbox::Checkbox;
pub use countdown_dialog::{CountdownDialog, CountdownTexts};
pub use failure::Failure;
pub use header::Header;
pub use marks::{Legend, Mark};
pub use modal::Modal;
pub use pager::{PageFailed, Pager};
pub use ring::Ring;
pub use session_chip::SessionChip;
pub use skeleton::Skeleton;
pub use theme_switch::ThemeSwitch;
pub use time_ago::TimeAgo;
pub use timeline::{Line, Timeline};
