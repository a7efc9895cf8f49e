//! A driver or a writer that panics ends its call, and not more.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{ErrorCode, RuntimeError};

/// Does `work`, and makes an error of a panic in it. `what` begins its message: "Measuring". What `work` had in hands goes down
/// with it: a camera is opened again by the next run.
pub fn catch_panic<T>(what: &str, work: impl FnOnce() -> Result<T, RuntimeError>) -> Result<T, RuntimeError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let message = format!("{what} ended unexpectedly; the process's log says where.");
        Err(RuntimeError::new(ErrorCode::Internal, message))
    })
}
