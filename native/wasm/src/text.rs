//! Bytes and JSON across the border.

use std::alloc::Layout;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use zarrcam_config::{BadSelection, Problem};

/// Of all memory that JavaScript asks for: what SIMD likes.
const ALIGNMENT: usize = 16;

fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.max(1), ALIGNMENT).ok()
}

/// Memory for JavaScript to write to, zeroed; 0: there is none.
#[unsafe(no_mangle)]
extern "C" fn allocate(bytes: usize) -> *mut u8 {
    let Some(layout) = layout(bytes) else { return std::ptr::null_mut() };
    // SAFETY: the layout is not of size zero.
    unsafe { std::alloc::alloc_zeroed(layout) }
}

/// Gives back what [`allocate`] or an answer gave.
///
/// # Safety
/// It was of so many bytes, and nobody has it any more.
#[unsafe(no_mangle)]
unsafe extern "C" fn release(start: *mut u8, bytes: usize) {
    if let Some(layout) = layout(bytes).filter(|_| !start.is_null()) {
        // SAFETY: allocated with this layout, as the caller says.
        unsafe { std::alloc::dealloc(start, layout) };
    }
}

/// What went wrong, as JavaScript is told of it.
#[derive(Debug, Serialize)]
pub struct Failure {
    pub code: &'static str,
    pub message: String,
    /// Of the field or the file at fault.
    pub path: Option<String>,
    pub problems: Vec<Problem>,
}

impl Failure {
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { code: "invalid_params", message: message.into(), path: None, problems: Vec::new() }
    }
}

impl From<BadSelection> for Failure {
    fn from(BadSelection { message, parameter }: BadSelection) -> Self {
        Self { path: Some(parameter.to_owned()), ..Self::invalid(message) }
    }
}

/// An answer: `start | bytes << 32` of JSON text, `{"ok": …}` or `{"error": {code, message, path, problems}}`, which JavaScript
/// releases.
pub fn answer(result: Result<Value, Failure>) -> u64 {
    let text = match result {
        Ok(value) => json!({ "ok": value }),
        Err(failure) => json!({ "error": failure }),
    }
    .to_string();
    let start = allocate(text.len());
    // SAFETY: it has room for the text, and nobody else has it.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), start, text.len()) };
    start as usize as u64 | (text.len() as u64) << 32
}

/// As [`answer`], of what is asked with every frame: what says `false`, or nothing, and what says `true` need no text. No text lies at
/// these addresses.
pub fn short_answer(result: Result<bool, Failure>) -> u64 {
    result.map_or_else(|failure| answer(Err(failure)), u64::from)
}

/// What JavaScript wrote.
///
/// # Safety
/// So many bytes lie there, and stay while they are borrowed.
pub unsafe fn borrowed<'a>(start: *const u8, bytes: usize) -> &'a [u8] {
    // SAFETY: as the caller says.
    unsafe { std::slice::from_raw_parts(start, bytes) }
}

/// JSON that JavaScript wrote, as parameters.
///
/// # Safety
/// As [`borrowed`].
pub unsafe fn parameters<T: DeserializeOwned>(start: *const u8, bytes: usize) -> Result<T, Failure> {
    // SAFETY: as the caller says.
    let text = unsafe { borrowed(start, bytes) };
    serde_json::from_slice(text).map_err(|error| Failure::invalid(format!("The parameters cannot be read: {error}.")))
}

/// As JSON.
pub fn value(answer: impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(answer).map_err(|error| Failure {
        code: "internal",
        message: error.to_string(),
        path: None,
        problems: Vec::new(),
    })
}
