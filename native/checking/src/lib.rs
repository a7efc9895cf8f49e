//! What can be said of a document before it runs: its problems, those of its paths included, and its plans. Pure: what stands
//! where the streams would write is told by a [`Places`], the file system's or a browser's own storage's.
//!
//! - [`Validation`] (`validation`): all of it at once, as clients are told. [`ConfigurationRefusal`] (`refusal`): how a document is refused.
//! - [`Checker`] (`checker`): the same questions for a validation, an edit and a start.
//! - [`counted_on`], [`first_configuration`] (`next_names`): names that count on.
//! - [`Places`] (`places`): where names lead. `paths`: what stands there.

#![warn(missing_docs)]

mod checker;
mod next_names;
mod paths;
mod places;
mod refusal;
mod validation;

pub use checker::Checker;
pub use next_names::{counted_on, first_configuration};
pub use paths::dataset_problems;
pub use places::{BadName, Obstacle, Places, hidden_name, inside_folder, lexically_normal, next_name};
pub use refusal::{ConfigurationRefusal, RefusalCode};
pub use validation::Validation;
