use std::ffi::{CStr, CString};
use std::ptr;
use std::sync::OnceLock;

use libloading::Library;

use super::functions::{ErrorOut, Functions, GError, Text};

/// What it is called, by the system.
const NAMES: &[&str] = if cfg!(target_os = "macos") {
    &["libaravis-0.8.0.dylib", "/opt/homebrew/lib/libaravis-0.8.0.dylib", "/usr/local/lib/libaravis-0.8.0.dylib"]
} else if cfg!(windows) {
    &["libaravis-0.8-0.dll", "aravis-0.8-0.dll"]
} else {
    &["libaravis-0.8.so.0"]
};

/// Where it lies, where the system does not find it by its name.
const PATH_VARIABLE: &str = "ZARRCAM_ARAVIS";

/// The library. It stays loaded until the process ends: GLib cannot be unloaded.
pub struct Aravis {
    pub(super) functions: Functions,
    /// `0.8.26`.
    pub version: String,
}

impl Aravis {
    /// The library of this process, loaded at the first call; an error says why there is none, in a sentence.
    pub fn get() -> Result<&'static Self, String> {
        static LIBRARY: OnceLock<Result<Aravis, String>> = OnceLock::new();
        LIBRARY.get_or_init(load).as_ref().map_err(String::clone)
    }

    /// A call that may fail, with what it says of it.
    pub(super) fn checked<T>(&self, call: impl FnOnce(ErrorOut) -> T) -> Result<T, String> {
        let mut error: *mut GError = ptr::null_mut();
        let answer = call(&raw mut error);
        if error.is_null() {
            return Ok(answer);
        }
        // SAFETY: an error that a call has set is whole, and ours to free.
        unsafe {
            let message = owned_text((*error).message).unwrap_or_default();
            (self.functions.g_error_free)(error);
            Err(if message.is_empty() { "it does not say why".to_owned() } else { message })
        }
    }
}

/// A copy of a text of C; `None`: there is none.
///
/// # Safety
/// It is null, or ends with 0 and lives as long as the call.
pub unsafe fn owned_text(text: Text) -> Option<String> {
    // SAFETY: as the caller says.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// A name for C. A 0 within is none that a feature has, so what is before it is asked for, and not found.
pub fn c_text(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default()
}

fn load() -> Result<Aravis, String> {
    let given = std::env::var(PATH_VARIABLE).ok().filter(|path| !path.is_empty());
    let names: Vec<&str> = given.as_deref().map_or_else(|| NAMES.to_vec(), |path| vec![path]);
    let mut reason = String::new();
    for name in names {
        // SAFETY: what the library does when it is loaded is make types known to GLib.
        let library = match unsafe { Library::new(name) } {
            Ok(library) => library,
            Err(error) => {
                reason = error.to_string();
                continue;
            }
        };
        // Never closed.
        let library: &'static Library = Box::leak(Box::new(library));
        // SAFETY: it was loaded by the name of Aravis 0.8; what somebody names instead is theirs to know.
        let functions =
            unsafe { Functions::of(library) }.map_err(|error| format!("{name} is no Aravis 0.8: {error}"))?;
        // SAFETY: these take nothing.
        let version = unsafe {
            [functions.arv_get_major_version, functions.arv_get_minor_version, functions.arv_get_micro_version]
                .map(|part| part().to_string())
                .join(".")
        };
        for interface in ["GigEVision", "Fake"] {
            // SAFETY: a text that ends with 0; what is not known is not found.
            unsafe { (functions.arv_disable_interface)(c_text(interface).as_ptr()) };
        }
        return Ok(Aravis { functions, version });
    }
    Err(reason)
}
