//! Layouts proposed for a use.

use zarrcam_config::{Suggestion, Use, storage_capabilities, suggest_dimensions};

use crate::error::RuntimeError;
use crate::runtime::Runtime;

impl Runtime {
    /// A sound layout for what a stream's data will be looked at for. Nothing is applied.
    pub fn suggest(&self, stream: u32, wanted: Use) -> Result<Suggestion, RuntimeError> {
        let state = self.inner.lock();
        let video = state.stream(stream)?;
        let settings = &video.camera.settings;
        let device = video.storage.identifier.as_ref().map_or("", |identifier| identifier.name.as_str());
        let sharding = storage_capabilities(device).is_some_and(|can| can.sharding);
        let dimensions = video.storage.settings.effective_dimensions(settings.shape[0], settings.shape[1]);
        Ok(suggest_dimensions(wanted, &dimensions, settings.pixel_type.bytes(), sharding))
    }
}
