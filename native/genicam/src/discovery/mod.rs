//! Which GigE Vision cameras answer in the network.
//!
//! - `packet`: the question and the answer as bytes. - `search`: asks on the interfaces that may be asked.
//!
//! Aravis 0.8 cannot be told which networks to ask, so the question is asked here. Where the bytes are from: Aravis
//! (`arvgvcp.h`, `arvgvinterface.c`) and `viva-gige` (MIT), both published; no document of the A3 was used.

mod packet;
mod search;

#[cfg(test)]
pub use packet::Answer;
pub use search::{FoundCamera, search};
