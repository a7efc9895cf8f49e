//! What a run is: states, the loss ledger, places. Pure: no threads, no files, no clocks.
//!
//! - [`RuntimeState`] (`state`), [`StopCondition`] (`stop`): what a run is doing, and when its capture ends.
//! - [`Ledger`], [`Loss`], [`DropCause`] (`ledger`): every camera frame is accounted for, by hardware id.
//! - [`LedgerBook`] (`book`): keeps the ledger, over `runs`, places as runs of equal state.
//! - [`Places`] (`places`): hardware id to place; gaps keep theirs.
//! - [`Stats`] (`stats`), [`Event`] (`event`), [`DatasetInfo`] (`dataset`): what pages and scripts are told.
//! - [`SpeedReport`], [`SpeedNeed`] (`speed`): what was measured before a run, and whether it will do.

mod book;
mod dataset;
mod event;
mod ledger;
mod places;
mod runs;
mod speed;
mod state;
mod stats;
mod stop;

pub use book::{LedgerBook, PlaceState};
pub use dataset::*;
pub use event::*;
pub use ledger::{DropCause, Ledger, Loss, LossPage};
pub use places::{Arrival, HardwareIdError, Places, Slot, coordinates};
pub use speed::*;
pub use state::RuntimeState;
pub use stats::*;
pub use stop::{StopCondition, StopRequest};
