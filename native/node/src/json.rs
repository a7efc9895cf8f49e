use napi::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zarrcam_runtime::{ErrorCode, RuntimeError};

use crate::calls::{MOST_WAITING, Refused};

pub fn text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::from_reason(error.to_string()))
}

/// A value that JavaScript sent; the argument's name stands in the error.
pub fn read<T: DeserializeOwned>(argument: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| refused(argument, error))
}

pub fn refused(argument: &str, reason: impl std::fmt::Display) -> Error {
    self::error(RuntimeError::new(ErrorCode::InvalidParams, format!("{argument}: {reason}.")).at(argument))
}

/// The core's errors cross as the JSON of their fields.
pub fn error(error: RuntimeError) -> Error {
    match serde_json::to_string(&error) {
        Ok(text) => Error::from_reason(text),
        Err(_) => Error::from_reason(error.message),
    }
}

pub fn internal(message: &str) -> Error {
    error(RuntimeError::new(ErrorCode::Internal, message))
}

/// A call that no thread will answer.
pub fn refused_call(refused: Refused) -> Error {
    match refused {
        Refused::Full => {
            let message = format!("{MOST_WAITING} calls wait for their answers already; wait for some of them first.");
            // The bridge's code: the core refuses nobody for that.
            let no_problems: [(); 0] = [];
            let code = "too_many_requests";
            let fields = serde_json::json!({ "code": code, "message": message, "path": null, "problems": no_problems });
            Error::from_reason(fields.to_string())
        }
        Refused::NoThread(error) => {
            internal(&format!("The system gave no thread for the call: {error}. Close other programs, and try again."))
        }
    }
}

/// JavaScript's numbers are floats; a whole one up to 2^53 is exact.
pub fn whole(argument: &str, number: f64) -> Result<u64> {
    if number >= 0.0 && number.fract() == 0.0 && number <= 9_007_199_254_740_992.0 {
        return Ok(number as u64);
    }
    Err(refused(argument, format_args!("must be a whole number from 0 to 2^53, not {number}")))
}
