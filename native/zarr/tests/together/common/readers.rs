//! Readers that we did not write, out of Python.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a script of `e2e/readers` on a folder that a test has filled; it must like what it finds.
pub fn read_by_others(script: &str, folder: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let made = if cfg!(windows) { ".venv/readers/Scripts/python.exe" } else { ".venv/readers/bin/python" };
    let python = std::env::var_os("ZARRCAM_PYTHON").map_or_else(|| root.join(made), PathBuf::from);
    let output = Command::new(&python).arg(root.join("e2e/readers").join(script)).arg(folder).output();
    let output = output.unwrap_or_else(|error| {
        let python = python.display();
        panic!("no readers: {python}: {error}. `node scripts/python.mjs readers` makes them, or ZARRCAM_PYTHON names another Python with the packages of e2e/readers/requirements.txt")
    });
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}
