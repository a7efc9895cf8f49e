//! Files that somebody names, which may be anything: none is waited for, and none is taken for larger than memory.
//!
//! - [`open_file`], [`read_document`] (`regular`): regular files alone, refused at once by what else they are.
//! - [`in_words`] (`words`), [`why`]: an error of the system in words for people.
//! - [`expand_home`], [`below_home`] (`home`): what `~/` stands for.
//! - [`FileState`] (`state`): whether a file is still the one that something was found out about.
//! - [`free_bytes`], [`existing_ancestor`] (`free`): the disk of a path where nothing may stand yet.

mod free;
#[cfg(unix)]
mod home;
#[cfg(unix)]
mod regular;
#[cfg(unix)]
mod state;
mod words;

pub use free::{existing_ancestor, free_bytes};
#[cfg(unix)]
pub use home::{below_home, expand_home};
#[cfg(unix)]
pub use regular::{open_file, read_document, why};
#[cfg(unix)]
pub use state::FileState;
pub use words::in_words;
