//! The devices of this machine, as clients ask for them.

use zarrcam_config::{DeviceIdentifier, DeviceInfo, DeviceKind};

use crate::error::RuntimeError;
use crate::runtime::Runtime;

impl Runtime {
    /// All of them: cameras first, then storage.
    pub fn devices(&self) -> Vec<DeviceInfo> {
        self.inner.devices.list()
    }

    /// Acquire's `select`: `name` is a regular expression that must match the whole name; none: the first of the kind.
    pub fn select(&self, kind: DeviceKind, name: Option<&str>) -> Result<Option<DeviceIdentifier>, RuntimeError> {
        Ok(zarrcam_config::select(&self.devices(), kind, name)?)
    }

    /// Acquire's `select_one_of`: the first of the names that `select` finds.
    pub fn select_one_of(&self, kind: DeviceKind, names: &[String]) -> Result<Option<DeviceIdentifier>, RuntimeError> {
        Ok(zarrcam_config::select_one_of(&self.devices(), kind, names)?)
    }
}
