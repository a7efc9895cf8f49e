//! The devices of this machine, as clients ask for them.

use std::sync::Arc;

use serde::Serialize;
use ts_rs::TS;
use zarrcam_acquisition::{DevicesChange, Event};
use zarrcam_camera::ListChanged;
use zarrcam_config::{CameraFeature, DeviceIdentifier, DeviceInfo, DeviceKind};

use crate::error::RuntimeError;
use crate::runtime::Runtime;

/// The devices after a search.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RefreshedDevices {
    /// All of them, cameras first.
    pub devices: Vec<DeviceInfo>,
    /// What people should know who miss a camera, in whole sentences.
    pub advice: Vec<String>,
}

impl Runtime {
    /// All of them: cameras first, then storage.
    pub fn devices(&self) -> Vec<DeviceInfo> {
        self.inner.devices.list()
    }

    /// The same after every driver has searched again, the network included where it may be searched: a second or two.
    pub fn refresh_devices(&self) -> RefreshedDevices {
        self.inner.devices.refresh();
        RefreshedDevices { devices: self.devices(), advice: self.inner.devices.advice() }
    }

    /// All that a stream's camera knows by a name of its own, as it is now.
    pub fn camera_features(&self, stream: u32) -> Result<Vec<CameraFeature>, RuntimeError> {
        let features = {
            let state = self.inner.lock();
            state.stream(stream)?;
            state.cameras.get(stream).map(|camera| Arc::clone(&camera.features))
        };
        Ok(features.map_or_else(Vec::new, |features| features.feature_tree()))
    }

    /// From here on everybody is told when cameras come or go.
    pub(crate) fn tell_of_cameras(&self) {
        let inner = Arc::downgrade(&self.inner);
        let changed: ListChanged = Arc::new(move || {
            if let Some(inner) = inner.upgrade() {
                inner.emit(Event::Devices(DevicesChange { devices: inner.devices.list() }));
            }
        });
        self.inner.devices.watch(&changed);
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
