//! Every call whose parameters and answer are data, in one table: what the addon carries out by name and text, and what the
//! TypeScript types of `bridge/protocol/src/generated` are made of. Calls that give pixels are the addon's own.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::{Config, TS, TypeVisitor};
use zarrcam_acquisition::{
    DatasetInfo, FileDescription, LeftOut, LossPage, RunSummary, RuntimeState, SpeedReport, Stats, Trash,
};
use zarrcam_checking::Validation;
use zarrcam_config::{
    AccessPattern, AppliedConfiguration, CameraFeature, Capabilities, DeviceIdentifier, DeviceInfo, DeviceKind,
    Suggestion, VideoStream,
};
use zarrcam_storage::Recovery;

use crate::configuring::AppliedChange;
use crate::error::{Callback, ErrorCode, RuntimeError};
use crate::file_reach::FileReach;
use crate::objectives::Objective;
use crate::runtime::Runtime;
use crate::selecting::RefreshedDevices;
use crate::start::{StartOptions, Started};

/// Ranges in a page of losses where nobody says how many.
const LOSSES_A_PAGE: u64 = 1000;

/// What carries a call out, on any thread.
type Work = Box<dyn FnOnce() -> Result<String, RuntimeError> + Send>;

/// A call whose parameters were read, not begun yet. The answer is JSON text.
pub enum Call {
    /// Takes no time worth speaking of, and waits for nobody.
    AtOnce(Work),
    /// Asks devices, a document or a dataset: as long as a disk takes. For a thread that may wait.
    Question(Work),
    /// Takes the cameras for itself: up to a few seconds. For a thread that may wait.
    Operation(Work),
    /// Mends a dataset: minutes. For a thread that may wait.
    Repair(Work),
    /// Ends when a run does, and is answered by a thread of the runtime then.
    WhenDone(Box<dyn FnOnce(Callback<String>)>),
}

/// A call as TypeScript sees it.
pub struct CallTypes {
    /// Its name.
    pub method: &'static str,
    /// What it does, as a JSDoc comment.
    pub docs: Option<String>,
    /// The type of its parameters.
    pub params: String,
    /// The type of its answer.
    pub answer: String,
}

/// The answer `{}`: it was done, and there is nothing to say of it.
#[derive(Serialize, TS)]
pub struct Nothing {}

/// What the runtime does at the moment.
#[derive(Serialize, TS)]
pub struct CurrentState {
    /// Whether it is closed, idle, previewing, measuring or recording.
    pub state: RuntimeState,
}

/// A name that is free.
#[derive(Serialize, TS)]
pub struct FreeName {
    /// The name, with its ending.
    pub name: String,
}

/// A row is the method's name, its parameters (an `Option` may be left out), its answer, how it is carried out, and by what.
macro_rules! calls {
    ($(
        $(#[$docs:meta])*
        $method:literal: $params:ident { $($(#[$attribute:meta])* $field:ident: $type:ty),* } -> $answer:ty,
        $how:ident |$runtime:ident $(, $done:ident)?| $body:expr;
    )*) => {
        mod params {
            use super::*;
            $(
                $(#[$docs])*
                #[derive(Deserialize, TS)]
                #[serde(deny_unknown_fields)]
                #[ts(optional_fields)]
                pub struct $params { $($(#[$attribute])* pub $field: $type),* }
            )*
        }

        impl Runtime {
            /// Reads the parameters, a JSON object. `invalid_params` where they are none of the method's, with the
            /// parameter at fault, and where there is no such method.
            pub fn call(&self, method: &str, params: &str) -> Result<Call, RuntimeError> {
                match method {
                    $($method => {
                        let params::$params { $($field),* } = read(method, params)?;
                        let $runtime = self.clone();
                        Ok(carried_out!($how, $answer, $body $(, $done)?))
                    })*
                    _ => Err(RuntimeError::new(ErrorCode::InvalidParams, format!("There is no call {method:?}."))),
                }
            }
        }

        /// The calls in the order of the table; `visitor` is shown every type that they name.
        pub fn call_types(config: &Config, visitor: &mut impl TypeVisitor) -> Vec<CallTypes> {
            vec![$({
                <params::$params as TS>::visit_dependencies(visitor);
                visitor.visit::<$answer>();
                CallTypes {
                    method: $method,
                    docs: <params::$params as TS>::docs(),
                    params: <params::$params as TS>::inline(config),
                    answer: <$answer as TS>::name(config),
                }
            }),*]
        }
    };
}

macro_rules! carried_out {
    (WhenDone, $answer:ty, $body:expr, $done:ident) => {
        Call::WhenDone(Box::new(move |done| {
            let $done: Callback<$answer> = Box::new(move |answer| done(text(answer)));
            $body;
        }))
    };
    ($how:ident, $answer:ty, $body:expr) => {
        Call::$how(Box::new(move || text::<$answer>($body)))
    };
}

calls! {
    /// Cameras and storage devices, or those of one kind.
    "devices": Devices { kind: Option<DeviceKind> } -> Vec<DeviceInfo>,
        Question |runtime| {
            let mut devices = runtime.devices();
            devices.retain(|device| kind.is_none_or(|kind| device.identifier.kind == kind));
            Ok(devices)
        };
    /// Searches for cameras again, the network included where it may be searched, and answers with all devices: a second or two.
    "refresh_devices": RefreshDevices {} -> RefreshedDevices,
        Question |runtime| Ok(runtime.refresh_devices());
    /// All that a stream's camera knows by a name of its own, with what each is now. The document sets them, in
    /// `camera.settings.features`.
    "camera.features": ListCameraFeatures { stream: u32 } -> Vec<CameraFeature>,
        Question |runtime| runtime.camera_features(stream);
    /// The first device of the kind whose whole name matches the regular expression; without one, the first.
    "select": Select { kind: DeviceKind, name: Option<String> } -> Option<DeviceIdentifier>,
        Question |runtime| runtime.select(kind, name.as_deref());
    /// The first of the names that resolves.
    "select_one_of": SelectOneOf { kind: DeviceKind, names: Vec<String> } -> Option<DeviceIdentifier>,
        Question |runtime| runtime.select_one_of(kind, &names);

    /// The configuration in force.
    "get_configuration": GetConfiguration {} -> AppliedConfiguration,
        AtOnce |runtime| Ok(runtime.configuration());
    /// Applies a document as a whole or changes nothing. `revision` is the one that the writer knew; `changed_by` is told to
    /// everybody with the change. `only_data_folder`: files that are to be played must lie there.
    "set_configuration": SetConfiguration {
        #[ts(type = "Record<string, unknown>")] configuration: Value,
        revision: Option<u64>,
        changed_by: Option<String>,
        only_data_folder: Option<bool>
    } -> AppliedChange,
        Operation |runtime| runtime.set_configuration_for(
            &configuration,
            revision,
            changed_by.as_deref().unwrap_or("script"),
            FileReach::of(only_data_folder),
        );
    /// What the devices of the configuration in force can do.
    "get_capabilities": GetCapabilities {} -> Capabilities,
        Question |runtime| Ok(runtime.capabilities());
    /// Every problem of a document, and what it would write. Nothing is changed. `store_here` false: nothing would be stored on this
    /// computer, so its names and disks say nothing. `only_data_folder`: files that are to be played must lie there.
    "validate": Validate {
        #[ts(type = "Record<string, unknown>")] configuration: Value,
        store_here: Option<bool>,
        only_data_folder: Option<bool>
    } -> Validation,
        Question |runtime| Ok(runtime.validate_for(
            &configuration,
            store_here.unwrap_or(true),
            FileReach::of(only_data_folder),
        ));
    /// A sound layout of a stream's dimensions for a use of the data.
    "suggest": Suggest { stream: u32, r#use: AccessPattern } -> Suggestion,
        Question |runtime| runtime.suggest(stream, r#use);
    /// The name itself where it is free, else the first that counts on from it. `taken`: names that are not free either.
    "next_name": NextName { uri: String, taken: Vec<String> } -> FreeName,
        Question |runtime| Ok(FreeName { name: runtime.next_name(&uri, &taken) });

    /// Starts all streams; answered when the cameras run. `record` false: into the previews alone.
    /// `store_here` false: nothing is stored on this computer, its clients of every frame store the run.
    "start": StartRun {
        record: bool,
        next_names: Option<bool>,
        replace_foreign_files: Option<bool>,
        store_here: Option<bool>
    } -> Started,
        Operation |runtime| runtime.start_with(StartOptions {
            record,
            next_names: next_names.unwrap_or(false),
            replace_foreign_files: replace_foreign_files.unwrap_or(false),
            store_here: store_here.unwrap_or(true),
        });
    /// Ends the run when it has all its frames, or where it has no end of its own now; answered when all is stored.
    "stop": Stop {} -> RunSummary, WhenDone |runtime, done| runtime.stop(done);
    /// Ends capture now and stores all that was captured.
    "abort": Abort {} -> RunSummary, WhenDone |runtime, done| runtime.abort(done);
    /// Ends now; what is not stored yet is counted as lost.
    "give_up": GiveUp {} -> RunSummary, WhenDone |runtime, done| runtime.give_up(done);
    /// What cameras and storage reach with the configuration in force: about two seconds.
    "measure_speed": MeasureSpeed {} -> SpeedReport,
        Operation |runtime| runtime.measure_speed();
    /// The last measurement.
    "get_speed": GetSpeed {} -> Option<SpeedReport>,
        AtOnce |runtime| Ok(runtime.speed());
    /// One pulse on the camera's line `software`.
    "execute_trigger": ExecuteTrigger { stream: u32 } -> Nothing,
        AtOnce |runtime| runtime.execute_trigger(stream).map(|()| Nothing {});
    /// What is going on.
    "get_state": GetState {} -> CurrentState,
        AtOnce |runtime| Ok(CurrentState { state: runtime.state() });
    /// Tells how the run stands that goes on, or how the last one did.
    "get_stats": GetStats {} -> Stats,
        AtOnce |runtime| Ok(runtime.stats());
    /// `count` losses of a stream's run (1000) from number `from` (0) on.
    "get_losses": GetLosses { stream: u32, from: Option<u64>, count: Option<u64> } -> LossPage,
        AtOnce |runtime| runtime.losses(stream, from.unwrap_or(0), count.unwrap_or(LOSSES_A_PAGE));

    /// The datasets of the data folder.
    "datasets.list": ListDatasets {} -> Vec<DatasetInfo>,
        Question |runtime| runtime.datasets();
    /// What the last list of datasets does not show, and why.
    "datasets.left_out": LeftOutDatasets {} -> Vec<LeftOut>,
        Question |runtime| runtime.datasets_left_out();
    /// What is known of a dataset.
    "datasets.info": GetDatasetInfo { name: String } -> DatasetInfo,
        Question |runtime| runtime.dataset_info(&name);
    /// Lists losses as `get_losses` does, of a dataset.
    "datasets.losses": GetDatasetLosses { name: String, from: Option<u64>, count: Option<u64> } -> LossPage,
        Question |runtime| runtime.dataset_losses(&name, from.unwrap_or(0), count.unwrap_or(LOSSES_A_PAGE));
    /// The stream that a dataset was recorded with, where its format keeps it.
    "datasets.settings": GetDatasetSettings { name: String } -> Option<VideoStream>,
        Question |runtime| runtime.dataset_settings(&name);
    /// What a TIFF or raw file says of the run that wrote it: camera, notes, metadata.
    "datasets.description": GetFileDescription { name: String } -> Option<FileDescription>,
        Question |runtime| runtime.file_description(&name);
    /// Makes a dataset whole that a crash left. A second time changes nothing.
    "datasets.recover": RecoverDataset { name: String } -> Recovery,
        Repair |runtime| runtime.recover(&name);
    /// Gives a dataset another name.
    "datasets.rename": RenameDataset { name: String, to: String } -> DatasetInfo,
        Question |runtime| runtime.rename_dataset(&name, &to);
    /// Moves a dataset into the trash, a hidden folder of the data folder. Answers what lies there now.
    "datasets.delete": DeleteDataset { name: String } -> Trash,
        Question |runtime| runtime.delete_dataset(&name);
    /// What lies in the trash.
    "datasets.trash": GetTrash {} -> Trash,
        Question |runtime| runtime.trash();
    /// Deletes for good what lies in the trash.
    "datasets.empty_trash": EmptyTrash {} -> Trash,
        Repair |runtime| runtime.empty_trash();

    /// The table of objectives that the camera computer keeps, as the user ordered it.
    "objectives.get": GetObjectives {} -> Vec<Objective>,
        Question |runtime| runtime.objectives();
    /// Replaces the table of objectives.
    "objectives.set": SetObjectives { objectives: Vec<Objective> } -> Vec<Objective>,
        Question |runtime| runtime.set_objectives(objectives);
}

fn text<T: Serialize>(answer: Result<T, RuntimeError>) -> Result<String, RuntimeError> {
    serde_json::to_string(&answer?).map_err(|error| RuntimeError::new(ErrorCode::Internal, error.to_string()))
}

fn read<T: DeserializeOwned>(method: &str, params: &str) -> Result<T, RuntimeError> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(params)).map_err(|error| {
        let parameter = error.path().to_string();
        // What lies deeper in a document is the document's, which is judged by itself.
        let parameter = parameter.split(['.', '[']).next().unwrap_or_default();
        let why = reason(error.inner());
        if parameter.is_empty() || parameter == "?" {
            return RuntimeError::new(ErrorCode::InvalidParams, format!("{method}: {why}."));
        }
        RuntimeError::new(ErrorCode::InvalidParams, format!("{method}: {parameter}: {why}.")).at(parameter)
    })
}

/// What to say of a value that a program can write and JSON cannot hold.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.contains("surrogate") {
        return "it holds half of a surrogate pair, which is no character".to_owned();
    }
    if text.starts_with("recursion limit") {
        return "it is nested too deep: 128 levels are read".to_owned();
    }
    text
}
