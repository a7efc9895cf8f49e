//! A dataset of ours that is looked at, closed or not: what is said of it, and what stands at a key of its `@live`.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};
use zarrcam_storage::{LiveAnswer, LiveDataset, LiveRange, OwnDataset};

use crate::store::Store;
use crate::text::{answer, parameters, value};

/// Names of datasets are what follows it.
const ROOT: &str = "/";

pub struct Dataset {
    store: *mut Store,
    own: OwnDataset,
    live: LiveDataset,
    /// Of the last answer; JavaScript takes a copy before it asks for the next.
    body: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    path: PathBuf,
    /// Somebody else has the right to write it.
    is_written: bool,
}

/// `{path, is_written}` -> `{dataset, run_id}`. `not_open_yet`, here and below: to be asked again when all steps of the store are
/// done.
///
/// # Safety
/// The parameters lie where they are said to; the store stays as long as the dataset.
#[unsafe(no_mangle)]
unsafe extern "C" fn dataset_open(store: *mut Store, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let (params, holder) = unsafe { (parameters::<Open>(params, params_bytes), &*store) };
    answer(params.and_then(|Open { path, is_written }| {
        let target = holder.target.as_target();
        let live = LiveDataset::open_in(&target, &path).map_err(|error| holder.wants(error))?;
        let own = OwnDataset::open_in(&target, &path, is_written).map_err(|error| holder.wants(error))?;
        let run_id = live.run_id().to_owned();
        let dataset = Box::into_raw(Box::new(Dataset { store, own, live, body: Vec::new() })) as usize;
        Ok(json!({ "dataset": dataset, "run_id": run_id }))
    }))
}

/// Lets it go.
///
/// # Safety
/// The dataset was given by [`dataset_open`], as for all that follow.
#[unsafe(no_mangle)]
unsafe extern "C" fn dataset_close(dataset: *mut Dataset) {
    // SAFETY: made by `Box::into_raw`, and given back once.
    drop(unsafe { Box::from_raw(dataset) });
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Question {
    /// What a list tells of it. `bytes`: what its files take.
    Info { bytes: u64 },
    /// Frames that it does not hold.
    Losses { from: u64, count: u64 },
    /// The stream that it was recorded with.
    Settings {},
}

/// `{info: {bytes}}` -> `DatasetInfo`, `{losses: {from, count}}` -> `LossPage`, `{settings: {}}` -> `VideoStream`.
///
/// # Safety
/// See [`dataset_close`]; the question lies where it is said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn dataset_ask(dataset: &mut Dataset, question: *const u8, question_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let (question, store) = unsafe { (parameters::<Question>(question, question_bytes), &*dataset.store) };
    answer(question.and_then(|question| {
        let said = match question {
            Question::Info { bytes } => dataset.own.info(Path::new(ROOT), bytes).map(value),
            Question::Losses { from, count } => dataset.own.losses(from, count).map(value),
            Question::Settings {} => dataset.own.settings().map(value),
        };
        said.map_err(|error| store.wants(error))?
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Get {
    key: String,
    range: LiveRange,
}

/// `{key, range}` -> `null`, where nothing stands at the key, or `{total_bytes, etag, body: {start, bytes}}`; the body is good until
/// the next call. Without a body the range begins behind the end.
///
/// # Safety
/// See [`dataset_close`]; the parameters lie where they are said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn dataset_get(dataset: &mut Dataset, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let (params, store) = unsafe { (parameters::<Get>(params, params_bytes), &*dataset.store) };
    answer(params.and_then(|Get { key, range }| {
        let found = dataset.live.get(&key, range.into()).map_err(|error| store.wants(error))?;
        Ok(match found {
            LiveAnswer::NotFound => Value::Null,
            LiveAnswer::OutOfRange { total_bytes, etag } => json!({ "total_bytes": total_bytes, "etag": etag }),
            LiveAnswer::Found { total_bytes, etag, body, .. } => {
                dataset.body = body;
                let body = json!({ "start": dataset.body.as_ptr() as usize, "bytes": dataset.body.len() });
                json!({ "total_bytes": total_bytes, "etag": etag, "body": body })
            }
        })
    }))
}
