//! The configuration document, and what the layers say to each other in JSON.
//!
//! - [`Configuration`] (`document`): the document of the file, the wire and the page. Field names are Acquire's, and so are the `defaults`.
//! - [`parse()`] (`parse`): JSON to document, all that is wrong with its form at once.
//! - [`validate()`], [`check()`] (`validate`): document against the devices of the machine ([`DeviceCatalog`]).
//! - [`Problem`] (`problem`): one thing that is wrong, with its field path and its fix.
//! - [`ResolvedStream`] (`resolve`): what a document means, nothing left open. All that comes after takes this form.
//! - [`UriPath`] (`uri`): the path that a `uri` means, by its text.
//! - [`Revisions`] (`revisions`): the configuration in force, and what changed since an older revision. [`select()`] (`select`): a device by its name.
//! - `words`: amounts as people read them.
//! - [`channel_colors()`] (`channel_colors`): what a channel is shown in where nobody chose a colour.
//! - `limits`: how much of everything a document may hold, and how many problems are reported.
//! - [`Capabilities`] (`capabilities`), [`STORAGE_DEVICES`] (`storage_devices`): what devices can do. [`CameraFeature`]
//!   (`features`): what a camera has besides.
//! - [`Suggestion`] (`suggest`): a sound layout for a stated access pattern. [`too_many_small_chunks`] (`small_chunks`): what is none.
//! - [`examples()`], [`default_configuration`] (`examples`): documents to start from.

#![warn(missing_docs)]

mod capabilities;
mod catalog;
mod channel_colors;
mod defaults;
mod document;
mod examples;
mod features;
mod limits;
mod names;
mod nearest;
mod parse;
mod problem;
mod resolve;
mod revisions;
mod select;
mod small_chunks;
mod storage_devices;
mod suggest;
mod units;
mod uri;
mod validate;
mod words;

pub use capabilities::*;
pub use catalog::DeviceCatalog;
pub use channel_colors::channel_colors;
pub use document::*;
pub use examples::{Example, default_configuration, examples};
pub use features::{CameraFeature, FeatureChoice, FeatureKind, FeatureLevel, Transport};
pub use limits::{
    MAX_DIMENSIONS, MAX_LABELS, MAX_PATH_BYTES, MAX_PROBLEMS, MAX_STREAMS, at_most_max_problems, shortened,
};
pub use names::following_names;
pub use nearest::nearest;
pub use parse::parse;
pub use problem::{Fix, Problem, ProblemCode, Severity};
pub use resolve::{
    Format1, PixelSize, ResolvedDimension, ResolvedStorage, ResolvedStream, frame_period_us, resolve_format_1,
};
pub use revisions::{AppliedConfiguration, Revisions, StaleRevision};
pub use select::{BadSelection, select, select_one_of};
pub use small_chunks::{ChunkedAxis, too_many_small_chunks};
pub use storage_devices::{
    STORAGE_DEVICES, StorageDevice, StorageFormat, storage_capabilities, storage_device, storage_devices,
};
pub use suggest::{AccessPattern, Suggestion};
pub use units::{SPACE_UNITS, length_um, time_s, unknown_unit};
pub use uri::{UriError, UriPath, portable_name};
pub use validate::{Checked, MAX_FRAME_AVERAGE_COUNT, check, validate, validate_cameras};
pub use words::{bytes_text, duration_text};
