//! What a document would mean, layouts proposed for a use, and names that are free. Nothing is changed.

use serde_json::Value;
use zarrcam_checking::Validation;
use zarrcam_config::{AccessPattern, Suggestion};

use crate::checking::checker;
use crate::error::RuntimeError;
use crate::file_reach::FileReach;
use crate::runtime::Runtime;

impl Runtime {
    /// Every problem of a document at once, and what the streams without errors would write.
    pub fn validate(&self, document: &Value) -> Validation {
        self.validate_for(document, true, FileReach::Anywhere)
    }

    /// The same where nothing is to be stored on this computer: what stands at the names here, and whether it fits, says nothing.
    pub fn validate_stored_elsewhere(&self, document: &Value) -> Validation {
        self.validate_for(document, false, FileReach::Anywhere)
    }

    /// The same for somebody who may name those files. `store_here`: it is to be stored on this computer.
    pub fn validate_for(&self, document: &Value, store_here: bool, files: FileReach) -> Validation {
        let names = store_here.then_some(&self.inner.names);
        let catalog = self.inner.catalog();
        match files {
            FileReach::Anywhere => Validation::of_document(document, &checker(&catalog, names)),
            FileReach::DataFolder => {
                let catalog = self.inner.confined(&catalog);
                Validation::of_document(document, &checker(&catalog, names))
            }
        }
    }

    /// The name itself where nothing stands there and it is none of `taken`, else the first that counts on from it and is free:
    /// `embryo.zarr`, `embryo_002.zarr`. One that leads nowhere is given back as it is.
    pub fn next_name(&self, uri: &str, taken: &[String]) -> String {
        zarrcam_checking::next_name(&self.inner.names, uri, taken)
    }

    /// A sound layout for what a stream's data will be looked at for. Nothing is applied.
    pub fn suggest(&self, stream: u32, wanted: AccessPattern) -> Result<Suggestion, RuntimeError> {
        let state = self.inner.lock();
        Ok(state.stream(stream)?.suggest(wanted))
    }
}
