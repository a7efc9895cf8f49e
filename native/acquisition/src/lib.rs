//! What a run is: states, the loss ledger, frame indices. Pure: no threads, no files, no clocks.
//!
//! - [`RuntimeState`] (`state`), [`StopCondition`] (`stop`): what a run is doing, and when its capture ends.
//! - [`Ledger`], [`Loss`], [`LossCause`] (`ledger`): every camera frame is accounted for, by hardware id.
//! - [`LedgerBook`] (`book`): keeps the ledger.
//! - [`FrameIndexer`] (`frame_indexer`): hardware id to frame index; gaps keep theirs. [`Undecided`] (`undecided`): what storage hears of
//!   them. [`TimePoints`] (`time_points`): when the camera runs.
//! - [`Meter`] (`meter`), [`remaining_s`] (`remaining`): rates as measured, and what they foretell.
//! - [`Stats`] (`stats`), [`Event`] (`event`), [`DatasetInfo`] (`dataset`): what pages and scripts are told.
//! - [`SpeedReport`], [`SpeedNeed`] (`speed`): what was measured before a run, and whether it will do.

#![warn(missing_docs)]

mod book;
mod dataset;
mod event;
mod frame_indexer;
mod ledger;
mod meter;
mod remaining;
mod speed;
mod state;
mod stats;
mod stop;
mod time_points;
mod undecided;

pub use book::{FrameState, LedgerBook};
pub use dataset::*;
pub use event::*;
pub use frame_indexer::{Arrival, FrameIndexer, FramePart, HardwareIdError, coordinates};
pub use ledger::{Ledger, Loss, LossCause, LossPage};
pub use meter::{Meter, Sample};
pub use remaining::remaining_s;
pub use speed::*;
pub use state::RuntimeState;
pub use stats::*;
pub use stop::{StopCondition, StopRequest};
pub use time_points::TimePoints;
pub use undecided::Undecided;
