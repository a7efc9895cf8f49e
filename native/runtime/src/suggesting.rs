//! Layouts proposed for a use.

use zarrcam_config::{Suggestion, Use};

use crate::error::RuntimeError;
use crate::runtime::Runtime;

impl Runtime {
    /// A sound layout for what a stream's data will be looked at for. Nothing is applied.
    pub fn suggest(&self, stream: u32, wanted: Use) -> Result<Suggestion, RuntimeError> {
        let state = self.inner.lock();
        Ok(state.stream(stream)?.suggest(wanted))
    }
}
