//! Every call whose parameters and answer are data. Where the bridge's runtime has the call, it means the same.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zarrcam_checking::{ConfigurationRefusal, RefusalCode, Validation};
use zarrcam_config::{
    AccessPattern, CameraSettings, DeviceCatalog, Problem, VideoStream, at_most_max_problems, default_configuration,
    parse,
};

use crate::bridge_run;
use crate::catalog::{Catalog, PageCamera, set_cameras};
use crate::document::{self, checker};
use crate::shelf::BrowserShelf;
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
        "camera_capabilities" => {
            let OfCamera { name, settings } = read(params)?;
            value(Catalog.camera(&name, &settings))
        }
        "default_configuration" => value(default_configuration()),
        "validate" => {
            let OfDocument { configuration, free_bytes, shelf } = read(params)?;
            let shelf = shelf.or_else(|| free_bytes.map(BrowserShelf::of_room));
            value(Validation::of_document(&configuration, &checker(shelf.as_ref())))
        }
        "check_bridge_run" => bridge_run::check_run(read(params)?),
        "suggest" => {
            let Suggest { configuration, stream, r#use } = read(params)?;
            value(stream_of(&configuration, stream)?.suggest(r#use))
        }
        _ => document::carry_out(name, params)
            .unwrap_or_else(|| Err(Failure::invalid(format!("There is no call {name:?}.")))),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfDocument {
    configuration: Value,
    /// In the browser's own storage; none: not known.
    #[serde(default)]
    free_bytes: Option<u64>,
    /// Where it is to be stored; without it nothing is said of names that are taken, nor of room.
    #[serde(default)]
    shelf: Option<BrowserShelf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfCamera {
    name: String,
    settings: CameraSettings,
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

pub fn read<T: DeserializeOwned>(params: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(params).map_err(|error| Failure::invalid(format!("The parameters cannot be read: {error}.")))
}

/// A stream of a document, whatever may be wrong with what it says.
pub fn stream_of(document: &Value, stream: usize) -> Result<VideoStream, Failure> {
    let mut configuration = parse(document).map_err(refused)?;
    if stream >= configuration.video.len() {
        let message = format!("The configuration has no stream {stream}; it has {}.", configuration.video.len());
        return Err(Failure::invalid(message));
    }
    Ok(configuration.video.swap_remove(stream))
}

/// A stream of a document that validation lets pass. `of_bridge`: what it says of the camera is the bridge's business.
pub fn stream_to_record(document: &Value, stream: usize, of_bridge: bool) -> Result<VideoStream, Failure> {
    let checker = checker(None);
    let problems = if of_bridge {
        let (configuration, problems) = bridge_run::checked(document);
        Validation::of_checked(&configuration, problems, &checker).problems
    } else {
        Validation::of_document(document, &checker).problems
    };
    if problems.iter().any(Problem::is_error) {
        return Err(refused(problems));
    }
    stream_of(document, stream)
}

/// How a document is refused for its errors; warnings are passed on with them.
pub fn refused(problems: Vec<Problem>) -> Failure {
    let problems = at_most_max_problems(problems);
    let (code, message, path) = match ConfigurationRefusal::of(&problems) {
        Some(ConfigurationRefusal { code: RefusalCode::Exists, message, path }) => ("exists", message, path),
        Some(ConfigurationRefusal { message, path, .. }) => ("invalid_configuration", message, path),
        None => ("invalid_configuration", "The configuration is invalid.".to_owned(), None),
    };
    Failure { code, message, path, problems }
}
