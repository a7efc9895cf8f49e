//! What can be said of a document before it runs, by the devices and the file system of this computer.

use zarrcam_checking::{Checker, Places};
use zarrcam_config::{DeviceCatalog, ResolvedStream};
use zarrcam_zarr::Recorder;

use crate::names::NameSpace;
use crate::stream::sizing::memory_bytes;

/// Asks what stands against a document here. `names`: where it is stored; `None`: nothing is, on this computer.
pub fn checker<'a>(catalog: &'a dyn DeviceCatalog, names: Option<&'a NameSpace>) -> Checker<'a> {
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let places = names.map(|names| names as &dyn Places);
    Checker { devices: catalog, places, recorder: Recorder { workers, buffer_bytes: &buffer_bytes } }
}

fn buffer_bytes(stream: &ResolvedStream) -> u64 {
    memory_bytes(stream.camera_frame_bytes(), stream.camera_frames(), stream.mean_bytes())
}
