use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Configuration, parse};

/// A document to start from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Example {
    /// Stable, for programs: `chunked`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// One sentence for people.
    pub description: String,
    /// The document.
    pub configuration: Configuration,
}

const DEFAULT: &str = include_str!("../examples/default.json");

const EXAMPLES: [(&str, &str, &str, &str); 5] = [
    (
        "chunked",
        "Chunked tutorial",
        "Acquire's tutorial: 10 time points, 3 channels and 10 planes of a simulated camera, in chunks.",
        include_str!("../examples/chunked.json"),
    ),
    (
        "time_lapse",
        "Time lapse in depth and colour",
        "Every 10 s two channels of 8 planes, compressed, with zoom levels, scales and labels.",
        include_str!("../examples/time_lapse.json"),
    ),
    (
        "fast",
        "Fast, until stopped",
        "512 x 512 px in 16 bits at 100 frames a second, compressed, many frames to a file.",
        include_str!("../examples/fast.json"),
    ),
    (
        "two_cameras",
        "Two cameras",
        "Two streams side by side, each with its own store.",
        include_str!("../examples/two_cameras.json"),
    ),
    (
        "tiff",
        "TIFF stack",
        "100 frames as a BigTIFF for programs that know no Zarr.",
        include_str!("../examples/tiff.json"),
    ),
];

/// Documents to start from, the tutorial first.
pub fn examples() -> Vec<Example> {
    EXAMPLES
        .into_iter()
        .map(|(id, title, description, text)| Example {
            id: id.into(),
            title: title.into(),
            description: description.into(),
            configuration: read(text),
        })
        .collect()
}

/// What a fresh bridge starts with: valid, so that the page says "Ready".
pub fn default_configuration() -> Configuration {
    read(DEFAULT)
}

#[expect(clippy::expect_used, reason = "the texts are compiled in, and a test reads each of them")]
fn read(text: &str) -> Configuration {
    let value = serde_json::from_str(text).expect("the example is JSON");
    parse(&value).expect("the example is a document")
}
