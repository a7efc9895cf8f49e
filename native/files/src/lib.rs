//! Files that somebody names, which may be anything: none is waited for, and none is taken for larger than memory.
//!
//! - [`open_file`], [`read_document`]: plain files alone, refused at once by what else they are.
//! - [`why`]: an error of the system in words for people.
//! - [`expand_home`], [`below_home`]: what `~/` stands for.
//! - [`FileState`]: whether a file is still the one that something was found out about.

mod home;
mod open;
mod state;

pub use home::{below_home, expand_home};
pub use open::{open_file, read_document, why};
pub use state::FileState;
