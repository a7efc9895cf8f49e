//! What a run is: states, the loss ledger, places. Pure: no threads, no files, no clocks.
//!
//! - [`RuntimeState`] (`state`)
//! - [`Ledger`], [`Loss`], [`DropCause`] (`ledger`): every camera frame is accounted for, by hardware id.
//! - [`Stats`] (`stats`), [`Event`] (`event`), [`DatasetInfo`] (`dataset`): what pages and scripts are told.

mod dataset;
mod event;
mod ledger;
mod state;
mod stats;

pub use dataset::*;
pub use event::*;
pub use ledger::{DropCause, Ledger, Loss, LossPage};
pub use state::RuntimeState;
pub use stats::*;
