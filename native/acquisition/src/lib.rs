//! What a run is: states, the loss ledger, places. Pure: no threads, no files, no clocks.
//!
//! - [`RuntimeState`] (`state`)
//! - [`Ledger`], [`Loss`], [`DropCause`] (`ledger`): every camera frame is accounted for, by hardware id.

mod ledger;
mod state;

pub use ledger::{DropCause, Ledger, Loss};
pub use state::RuntimeState;
