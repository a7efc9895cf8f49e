//! JSON to document. The serde types are the only list of fields: a deserializer walks them over the JSON,
//! notes every mistake with its path, puts a stand-in there and goes on.

mod access;
mod node;

use serde::Deserialize;
use serde_json::Value;

use crate::limits::{MAX_DIMENSIONS, MAX_LABELS, MAX_STREAMS};
use crate::{Configuration, Problem, ProblemCode, UNTIL_STOPPED, at_most_max_problems};
use node::{Node, Problems};

/// Field names that mean another one, by struct.
const ALIASES: [(&str, &str, &str); 1] = [("StorageSettings", "filename", "uri")];

/// Fields that are read where they make sense and ignored where not: names decide, not ids.
const IGNORED: [(&str, &str); 1] = [("DeviceIdentifier", "id")];

/// How long a list may be, by its field, and what its elements are called.
const LONGEST: [(&str, usize, &str); 5] = [
    ("video", MAX_STREAMS, "streams"),
    ("acquisition_dimensions", MAX_DIMENSIONS, "dimensions"),
    ("storage_order", MAX_DIMENSIONS, "dimensions"),
    ("labels", MAX_LABELS, "labels"),
    ("colors", MAX_LABELS, "colors"),
];

/// Reads a document; on failure, everything that is wrong with its form, at once.
pub fn parse(value: &Value) -> Result<Configuration, Vec<Problem>> {
    let (configuration, problems) = read(value);
    if problems.is_empty() { Ok(configuration) } else { Err(at_most_max_problems(problems)) }
}

/// Reads what can be read, with stand-ins at the paths of the problems.
pub(crate) fn read(value: &Value) -> (Configuration, Vec<Problem>) {
    let problems = Problems::default();
    let configuration = Configuration::deserialize(Node::root(value, &problems));
    let mut problems = problems.into_inner();
    match configuration {
        Ok(configuration) => (normal(configuration), problems),
        Err(error) => {
            problems.push(Problem::error("", ProblemCode::Type, error.to_string()));
            (Configuration::default(), problems)
        }
    }
}

/// One spelling for what Acquire and JavaScript spell in several ways.
fn normal(mut configuration: Configuration) -> Configuration {
    for stream in &mut configuration.video {
        if stream.max_frame_count >= UNTIL_STOPPED {
            stream.max_frame_count = u64::MAX;
        }
    }
    configuration
}
