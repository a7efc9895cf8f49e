//! What a document would mean, layouts proposed for a use, and names that are free. Nothing is changed.

use serde_json::Value;
use zarrcam_config::{AccessPattern, Suggestion};

use crate::checking::Validation;
use crate::error::RuntimeError;
use crate::runtime::Runtime;

impl Runtime {
    /// Every problem of a document at once, and what the streams without errors would write.
    pub fn validate(&self, document: &Value) -> Validation {
        Validation::of_document(document, &self.inner.catalog(), Some(&self.inner.names))
    }

    /// The same where nothing is to be stored on this computer: what stands at the names here, and whether it fits, says nothing.
    pub fn validate_stored_elsewhere(&self, document: &Value) -> Validation {
        Validation::of_document(document, &self.inner.catalog(), None)
    }

    /// The name itself where nothing stands there and it is none of `taken`, else the first that counts on from it and is free:
    /// `embryo.zarr`, `embryo_002.zarr`. One that leads nowhere is given back as it is.
    pub fn next_name(&self, uri: &str, taken: &[String]) -> String {
        let names = &self.inner.names;
        let taken: Vec<_> = taken.iter().filter_map(|name| names.resolve(name).ok()).collect();
        let is_free = names.resolve(uri).is_ok_and(|path| path.symlink_metadata().is_err() && !taken.contains(&path));
        let next = || names.next_free(uri, &|path| taken.iter().any(|other| other == path));
        if is_free { uri.to_owned() } else { next().unwrap_or_else(|| uri.to_owned()) }
    }

    /// A sound layout for what a stream's data will be looked at for. Nothing is applied.
    pub fn suggest(&self, stream: u32, wanted: AccessPattern) -> Result<Suggestion, RuntimeError> {
        let state = self.inner.lock();
        Ok(state.stream(stream)?.suggest(wanted))
    }
}
