//! The objectives of the microscope, with the pixel sizes that they give: a small table that the camera computer keeps for all pages.

use std::io::ErrorKind;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::{ErrorCode, RuntimeError};
use crate::runtime::Runtime;

/// Hidden in the data folder, so that it goes where the data of this microscope go.
const FILE: &str = ".zarrcam-objectives.json";
/// No turret has more.
const MOST: usize = 64;
const LONGEST_NAME: usize = 80;

/// An objective, and how large a pixel of the sensor is through it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// What people call it: "40x/1.3 oil".
    pub name: String,
    /// Width and height in the sample of one pixel of the sensor, without binning, um; above 0.
    pub pixel_size_um: f64,
}

impl Runtime {
    /// The table, in its own order; empty: nobody has written one.
    pub fn objectives(&self) -> Result<Vec<Objective>, RuntimeError> {
        let path = self.objectives_file();
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.unreadable(&error.to_string())),
        };
        serde_json::from_slice(&text).map_err(|error| self.unreadable(&error.to_string()))
    }

    /// Replaces the table.
    pub fn set_objectives(&self, objectives: Vec<Objective>) -> Result<Vec<Objective>, RuntimeError> {
        let refused = |message: String| RuntimeError::new(ErrorCode::InvalidParams, message).at("objectives");
        if objectives.len() > MOST {
            return Err(refused(format!("At most {MOST} objectives are kept.")));
        }
        for Objective { name, pixel_size_um } in &objectives {
            if name.trim().is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
                return Err(refused(format!(
                    "An objective needs a name of one line and {LONGEST_NAME} characters at most."
                )));
            }
            if !(1e-6..=1e6).contains(pixel_size_um) {
                return Err(refused(format!("The pixel size of {name} must be above 0, in \u{b5}m.")));
            }
        }
        let path = self.objectives_file();
        let text = serde_json::to_vec_pretty(&objectives).unwrap_or_default();
        // Whole or not at all: another page may read it.
        let beside = path.with_extension("new");
        let written = std::fs::create_dir_all(&self.inner.names.base)
            .and_then(|()| std::fs::write(&beside, text))
            .and_then(|()| std::fs::rename(&beside, &path));
        written.map_err(|error| {
            RuntimeError::new(
                ErrorCode::Storage,
                format!("The objectives could not be kept in {}: {error}.", path.display()),
            )
        })?;
        Ok(objectives)
    }

    fn objectives_file(&self) -> PathBuf {
        self.inner.names.base.join(FILE)
    }

    fn unreadable(&self, why: &str) -> RuntimeError {
        let path = self.objectives_file();
        RuntimeError::new(ErrorCode::Storage, format!("The objectives cannot be read from {}: {why}.", path.display()))
    }
}
