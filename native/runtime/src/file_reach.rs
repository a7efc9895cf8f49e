//! Which files of this computer a caller may have opened: the data folder's alone, where he may not look anywhere.

use std::path::{Path, PathBuf};

use zarrcam_config::{
    CameraCapabilities, CameraSettings, Configuration, DeviceCatalog, DeviceInfo, Problem, ProblemCode,
    StorageCapabilities,
};
use zarrcam_files::expand_home;

use crate::names::NameSpace;

/// Which files a caller may name for a camera to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileReach {
    /// All that this process may read.
    Anywhere,
    /// Those of the data folder, links followed, and what the document in force plays already.
    DataFolder,
}

impl FileReach {
    /// As it is told in a call.
    pub fn of(only_data_folder: Option<bool>) -> Self {
        if only_data_folder == Some(true) { Self::DataFolder } else { Self::Anywhere }
    }
}

/// The devices as a caller may ask them who may name files of the data folder alone. What lies elsewhere is not looked at: whether
/// it exists is nobody's business.
pub struct ConfinedCatalog<'a> {
    catalog: &'a dyn DeviceCatalog,
    names: &'a NameSpace,
    /// Paths that the document in force plays: who was allowed to has set them.
    played: Vec<String>,
}

impl<'a> ConfinedCatalog<'a> {
    /// `in_force`: what it plays may be asked for, too.
    pub fn new(catalog: &'a dyn DeviceCatalog, names: &'a NameSpace, in_force: &Configuration) -> Self {
        let replays = in_force.video.iter().filter_map(|video| video.camera.settings.replay.as_ref());
        Self { catalog, names, played: replays.map(|replay| replay.path.clone()).collect() }
    }

    fn refused(&self, settings: &CameraSettings) -> Option<Problem> {
        let given = settings.replay.as_ref()?.path.as_str();
        if given.trim().is_empty() || self.played.iter().any(|played| played == given) || self.is_inside(given) {
            return None;
        }
        let message = format!(
            "{given:?} lies outside the data folder {}, from where only an admin may have files played: give the whole path of a TIFF stack in the data folder.",
            self.names.base.display()
        );
        Some(Problem::error("replay.path", ProblemCode::Outside, message))
    }

    fn is_inside(&self, given: &str) -> bool {
        let absolute = |path: PathBuf| std::path::absolute(path).ok();
        let path = expand_home(given).ok().and_then(absolute);
        path.is_some_and(|path| self.names.leads_inside(Path::new(&path)))
    }
}

impl DeviceCatalog for ConfinedCatalog<'_> {
    fn devices(&self) -> Vec<DeviceInfo> {
        self.catalog.devices()
    }

    fn camera(&self, name: &str, settings: &CameraSettings) -> Option<CameraCapabilities> {
        if self.refused(settings).is_some() {
            return None;
        }
        self.catalog.camera(name, settings)
    }

    fn obstacle(&self, name: &str, settings: &CameraSettings) -> Option<Problem> {
        self.refused(settings).or_else(|| self.catalog.obstacle(name, settings))
    }

    fn feature_problems(&self, name: &str, settings: &CameraSettings) -> Vec<Problem> {
        self.catalog.feature_problems(name, settings)
    }

    fn storage(&self, name: &str) -> Option<StorageCapabilities> {
        self.catalog.storage(name)
    }
}
