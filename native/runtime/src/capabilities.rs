//! What the devices of the configuration can do, as they are set.

use zarrcam_config::Capabilities;

use crate::runtime::Runtime;

impl Runtime {
    /// What the devices of the configuration in force can do.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities::of(&self.configuration().configuration, &self.inner.catalog())
    }
}
