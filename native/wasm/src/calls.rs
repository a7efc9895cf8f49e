//! Every call whose parameters and answer are data. Where the bridge's runtime has the call, it means the same.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zarrcam_config::{
    AccessPattern, Configuration, DeviceCatalog, Problem, ResolvedStream, VideoStream, at_most_max_problems, check,
    default_configuration, parse,
};
use zarrcam_zarr::{Keeper, Plan, Recorder, ResolvedSettings, Room, free_space_problems, plans, resolved_settings};

use crate::bridge_run;
use crate::catalog::{Catalog, PageCamera, set_cameras};
use crate::text::{Failure, answer, borrowed, value};

/// Carries out the call of a name. Parameters are a JSON object.
///
/// # Safety
/// The name and the parameters lie where they are said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn call(name: *const u8, name_bytes: usize, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let (name, params) = unsafe { (borrowed(name, name_bytes), borrowed(params, params_bytes)) };
    answer(carry_out(std::str::from_utf8(name).unwrap_or_default(), params))
}

fn carry_out(name: &str, params: &[u8]) -> Result<Value, Failure> {
    match name {
        "devices" => value(Catalog.devices()),
        "set_cameras" => {
            let SetCameras { cameras } = read(params)?;
            set_cameras(cameras);
            Ok(Value::Null)
        }
        "default_configuration" => value(default_configuration()),
        "validate" => {
            let OfDocument { configuration, free_bytes } = read(params)?;
            value(Validation::new(&configuration, false, free_bytes).0)
        }
        "check_bridge_run" => bridge_run::check(read(params)?),
        "suggest" => {
            let Suggest { configuration, stream, r#use } = read(params)?;
            value(stream_of(&configuration, stream)?.suggest(r#use))
        }
        _ => Err(Failure::invalid(format!("There is no call {name:?}."))),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfDocument {
    configuration: Value,
    /// In the browser's own storage; none: not known.
    #[serde(default)]
    free_bytes: Option<u64>,
}

/// What JavaScript drives, so that a document may name it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetCameras {
    cameras: Vec<PageCamera>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suggest {
    configuration: Value,
    stream: usize,
    r#use: AccessPattern,
}

fn read<T: DeserializeOwned>(params: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(params).map_err(|error| Failure::invalid(format!("The parameters cannot be read: {error}.")))
}

/// A stream of a document, whatever may be wrong with what it says.
fn stream_of(document: &Value, stream: usize) -> Result<VideoStream, Failure> {
    let mut configuration = parse(document).map_err(refused)?;
    if stream >= configuration.video.len() {
        let message = format!("The configuration has no stream {stream}; it has {}.", configuration.video.len());
        return Err(Failure::invalid(message));
    }
    Ok(configuration.video.swap_remove(stream))
}

/// A stream of a document that validation lets pass. `of_bridge`: what it says of the camera is the bridge's business.
pub fn stream_to_record(document: &Value, stream: usize, of_bridge: bool) -> Result<VideoStream, Failure> {
    let problems = Validation::new(document, of_bridge, None).0.problems;
    if problems.iter().any(Problem::is_error) {
        return Err(refused(problems));
    }
    stream_of(document, stream)
}

fn is_about_camera(problem: &Problem) -> bool {
    let field = problem.path.split_once("].").map_or("", |(_, field)| field);
    field.starts_with("camera") || field == "frame_period_us"
}

fn refused(problems: Vec<Problem>) -> Failure {
    let first = problems.iter().find(|problem| problem.is_error());
    let message = first.map_or_else(String::new, |problem| problem.message.clone());
    let path = first.map(|problem| problem.path.clone());
    Failure { code: "invalid_configuration", message, path, problems }
}

/// What the runtime's `Validation` says, but for what only whoever holds the stores knows: names that are taken.
#[derive(Serialize)]
pub struct Validation {
    pub problems: Vec<Problem>,
    pub plans: Vec<Option<Plan>>,
    resolved: Vec<Option<ResolvedSettings>>,
}

impl Validation {
    /// With the configuration that it is of. `of_bridge`: what it says of the camera is the bridge's business. `free_bytes`: in the
    /// browser's own storage, where that is known.
    pub fn new(document: &Value, of_bridge: bool, free_bytes: Option<u64>) -> (Self, Configuration) {
        let checked = check(document, &Catalog);
        let (configuration, mut problems) = (checked.configuration, checked.problems);
        problems.retain(|problem| !(of_bridge && is_about_camera(problem)));
        let (plans, of_plans) = plans(&configuration, &problems, &Recorder { workers: 1, buffer_bytes: &buffer_bytes });
        problems.extend(of_plans);
        let room = free_bytes.map(|free_bytes| Room { free_bytes, volume: Some(0), keeper: Keeper::Browser });
        problems.extend(free_space_problems(&plans, &vec![room; plans.len()]));
        let resolved = resolved_settings(&configuration, &plans, &problems);
        (Self { problems: at_most_max_problems(problems), plans, resolved }, configuration)
    }
}

/// The one frame that is made, or has just come.
fn buffer_bytes(stream: &ResolvedStream) -> u64 {
    stream.camera_frame_bytes() as u64
}
