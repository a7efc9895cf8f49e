//! What a page finds when nobody has set anything up: a configuration that could record at once.

use std::path::Path;

use serde_json::to_value;
use zarrcam_config::{Configuration, default_configuration};

use crate::runtime::Runtime;

impl Runtime {
    /// A simulated camera and a name that is free. Where even that cannot be applied, nothing is set up.
    pub(crate) fn set_up_defaults(&self) {
        let mut configuration: Configuration = default_configuration();
        for video in &mut configuration.video {
            let settings = &mut video.storage.settings;
            let Some(uri) = settings.uri.as_deref() else { continue };
            let taken = |path: &Path| path.symlink_metadata().is_ok();
            if self.inner.names.resolve(uri).is_ok_and(|path| taken(&path)) {
                settings.uri = self.inner.names.next_free(uri, &|_| false);
            }
        }
        if let Ok(document) = to_value(&configuration) {
            // Refused only where a default has become invalid, and `config` tests that none has.
            let _ = self.set_configuration(&document, None, "zarrcam");
        }
    }
}
