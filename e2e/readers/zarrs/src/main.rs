//! Opens what comes on standard input, one a line, {path}, afresh each time, and answers with {shape, dtype, sha256} of the
//! array's bytes.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead as _, Write as _, stdin, stdout};
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use zarrs::array::{Array, ArrayBytes};
use zarrs::filesystem::FilesystemStore;

fn read(request: &str) -> Result<Value, Box<dyn Error>> {
    let request: Value = serde_json::from_str(request)?;
    let path = request["path"].as_str().ok_or("no path")?;
    let array = Array::open(Arc::new(FilesystemStore::new(path)?), "/")?;
    let bytes: ArrayBytes<'_> = array.retrieve_array_subset(&array.subset_all())?;
    let sha256 =
        Sha256::digest(bytes.into_fixed()?)
            .iter()
            .fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
    // "uint16 / <u2": the name in V3, and in V2 where that is another one.
    let names = array.data_type().to_string();
    Ok(json!({ "shape": array.shape(), "dtype": names.split(" / ").next(), "sha256": sha256 }))
}

fn main() -> Result<(), Box<dyn Error>> {
    for line in stdin().lock().lines() {
        let answer = read(&line?).unwrap_or_else(|error| json!({ "error": error.to_string() }));
        println!("{answer}");
        stdout().flush()?;
    }
    Ok(())
}
