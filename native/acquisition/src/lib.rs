//! What a run is: states, the loss ledger, frame indices. Pure: no threads, no files, no clocks.
//!
//! - [`RuntimeState`] (`state`), [`StopCondition`] (`stop`): what a run is doing, and when its capture ends.
//! - [`Ledger`], [`Loss`], [`LossCause`] (`ledger`): every camera frame is accounted for, by hardware id.
//! - [`LedgerBook`] (`book`): keeps the ledger.
//! - [`FrameIndexer`] (`frame_indexer`): hardware id to frame index; gaps keep theirs.
//! - [`Stats`] (`stats`), [`Event`] (`event`), [`DatasetInfo`] (`dataset`): what pages and scripts are told.
//! - [`SpeedReport`], [`SpeedNeed`] (`speed`): what was measured before a run, and whether it will do.

#![warn(missing_docs)]

mod book;
mod dataset;
mod event;
mod frame_indexer;
mod ledger;
mod speed;
mod state;
mod stats;
mod stop;

pub use book::{FrameState, LedgerBook};
pub use dataset::*;
pub use event::*;
pub use frame_indexer::{Arrival, FrameIndexer, FramePart, HardwareIdError, coordinates};
pub use ledger::{Ledger, Loss, LossCause, LossPage};
pub use speed::*;
pub use state::RuntimeState;
pub use stats::*;
pub use stop::{StopCondition, StopRequest};
