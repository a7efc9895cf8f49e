use napi::{Error, Result, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zarrcam_runtime::RuntimeError;

pub fn text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::from_reason(error.to_string()))
}

/// A value that JavaScript sent; the argument's name stands in the error.
pub fn read<T: DeserializeOwned>(argument: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::new(Status::InvalidArg, format!("{argument}: {error}")))
}

/// A plain word ("Camera", "planes") as the type that it names.
pub fn word<T: DeserializeOwned>(argument: &str, word: &str) -> Result<T> {
    serde_json::from_value(word.into()).map_err(|error| Error::new(Status::InvalidArg, format!("{argument}: {error}")))
}

/// The core's errors cross as the JSON of their fields.
pub fn error(error: RuntimeError) -> Error {
    match serde_json::to_string(&error) {
        Ok(text) => Error::from_reason(text),
        Err(_) => Error::from_reason(error.message),
    }
}

/// JavaScript's numbers are floats; a whole one up to 2^53 is exact.
pub fn whole(argument: &str, number: f64) -> Result<u64> {
    if number >= 0.0 && number.fract() == 0.0 && number <= 9_007_199_254_740_992.0 {
        return Ok(number as u64);
    }
    Err(Error::new(Status::InvalidArg, format!("{argument} must be a whole number from 0 to 2^53, not {number}")))
}
