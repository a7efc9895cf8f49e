//! The configuration: judged, applied to the cameras, and kept with its revision.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;
use zarrcam_acquisition::LogLevel;
use zarrcam_checking::Validation;
use zarrcam_config::{AppliedConfiguration, Capabilities, Configuration};

use crate::activity::Interruption;
use crate::catch_panic::catch_panic;
use crate::checking::checker;
use crate::devices::{Catalog, ConfiguredCamera};
use crate::error::RuntimeError;
use crate::file_reach::{ConfinedCatalog, FileReach};
use crate::runtime::{Inner, Runtime};

/// What `set_configuration` applied, with all that a client shows of it: one answer in place of four.
#[derive(Clone, Debug, Serialize, TS)]
pub struct AppliedChange {
    /// The whole document, as it was applied.
    pub configuration: Configuration,
    /// Its revision.
    #[ts(type = "number")]
    pub revision: u64,
    /// What the devices can do with it in force.
    pub capabilities: Capabilities,
    /// What is wrong with it, and what it means.
    pub validation: Validation,
}

impl Runtime {
    /// Applies a document as a whole, or changes nothing. Success means that every stream took its settings.
    ///
    /// `revision`: the one that the writer knew. While a preview runs, cameras whose settings changed start again.
    pub fn set_configuration(
        &self,
        document: &Value,
        revision: Option<u64>,
        changed_by: &str,
    ) -> Result<AppliedChange, RuntimeError> {
        self.set_configuration_for(document, revision, changed_by, FileReach::Anywhere)
    }

    /// The same for somebody who may name those files.
    pub fn set_configuration_for(
        &self,
        document: &Value,
        revision: Option<u64>,
        changed_by: &str,
        files: FileReach,
    ) -> Result<AppliedChange, RuntimeError> {
        let apply = || self.inner.apply(document, revision, changed_by, files);
        let applied = catch_panic("Setting the configuration", apply);
        let AppliedConfiguration { configuration, revision } = applied?;
        let catalog = self.inner.catalog();
        let capabilities = Capabilities::of(&configuration, &catalog);
        let validation = Validation::of_configuration(&configuration, &checker(&catalog, Some(&self.inner.names)));
        Ok(AppliedChange { configuration, revision, capabilities, validation })
    }
}

impl Inner {
    /// The devices for who may name files of the data folder alone.
    pub fn confined<'a>(&'a self, catalog: &'a Catalog<'_>) -> ConfinedCatalog<'a> {
        ConfinedCatalog::new(catalog, &self.names, self.lock().document.current())
    }

    fn apply(
        self: &Arc<Self>,
        document: &Value,
        revision: Option<u64>,
        changed_by: &str,
        files: FileReach,
    ) -> Result<AppliedConfiguration, RuntimeError> {
        let _exclusive = self.begin_exclusive();
        let wanted = "change the configuration";
        {
            let state = self.lock();
            state.activity.check_not_recording(wanted)?;
            state.document.check(revision)?;
        }
        let catalog = self.catalog();
        let judged = match files {
            FileReach::Anywhere => checker(&catalog, Some(&self.names)).judge(document),
            FileReach::DataFolder => checker(&self.confined(&catalog), Some(&self.names)).judge(document),
        };
        let configuration = judged.map_err(RuntimeError::invalid)?;
        let change = self.prepare_cameras(&configuration)?;
        let interrupts = {
            let state = self.lock();
            let disturbs = change.sets_cameras() || state.cameras.count() != configuration.active_streams().count();
            disturbs && state.activity.session().is_some()
        };
        if interrupts {
            self.interrupt_preview(Interruption::Reconfiguration, wanted)?;
        }
        let changed = catch_panic("Setting the cameras", || self.change_cameras(change, &configuration));
        let applied = changed.map(|()| self.adopt(configuration, changed_by));
        if interrupts {
            let has_streams = self.lock().cameras.count() > 0;
            self.resume_preview(has_streams, || {});
        } else {
            self.emit_state();
        }
        applied
    }

    /// The document that the cameras took is in force from here on, with the settings as they took them.
    fn adopt(&self, mut configuration: Configuration, changed_by: &str) -> AppliedConfiguration {
        let (changed, applied) = {
            let mut state = self.lock();
            for (configured, video) in state.cameras.streams().iter().zip(&mut configuration.video) {
                if let Some(configured) = configured {
                    video.camera.settings = configured.applied.settings.clone();
                    video.frame_period_us = configured.applied.frame_period_us;
                }
            }
            let changed = *state.document.current() != configuration;
            if changed {
                state.document.replace(configuration, changed_by);
            }
            (changed, state.document.applied())
        };
        if changed {
            self.emit_configuration(changed_by);
        }
        self.tell_camera_messages();
        applied
    }

    /// What cameras have to say of the settings that they were given.
    fn tell_camera_messages(&self) {
        let said: Vec<(u32, String)> = {
            let state = self.lock();
            let cameras = (0..).zip(state.cameras.streams());
            let messages = |(stream, camera): (u32, &Option<ConfiguredCamera>)| {
                let said = camera.as_ref().map_or_else(Vec::new, |camera| camera.features.take_messages());
                said.into_iter().map(move |message| (stream, message)).collect::<Vec<_>>()
            };
            cameras.flat_map(messages).collect()
        };
        said.into_iter().for_each(|(stream, message)| self.log(LogLevel::Warning, Some(stream), message));
    }
}
