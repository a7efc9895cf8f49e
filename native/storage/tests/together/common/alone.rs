//! A test in a process of its own, where what it counts of the process is its own.

use std::any::type_name;
use std::process::Command;

const ALONE: &str = "ZARRCAM_TEST_ALONE";

/// Starts this program once more, with the one test that calls this; there, runs `test`. It must be a closure that stands in the
/// test itself: its type has the test's name.
pub fn alone<T: FnOnce()>(test: T) {
    if std::env::var_os(ALONE).is_some() {
        return test();
    }
    let path = type_name::<T>().strip_suffix("::{{closure}}").unwrap();
    let (_program, name) = path.split_once("::").unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{name}: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
