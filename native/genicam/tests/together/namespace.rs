//! A test that runs once more, alone, in a network of its own, and the cameras in it.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const CAMERA: &str = "arv-fake-gv-camera-0.8";
const INSIDE: &str = "ZARRCAM_INSIDE_NAMESPACE";

/// Runs `test` of this program in a network namespace with nothing but loopback, and the addresses 127.0.0.1 and 127.0.0.2.
/// `name`: the test's whole name.
pub fn alone_on_loopback(name: &str, test: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return test();
    }
    if let Err(why) = possible() {
        // Not through the test's own output, which is shown of failures alone.
        let _ = writeln!(std::io::stderr(), "skipped {name}: {why}");
        return;
    }
    let me = std::env::current_exe().expect("this program has a path");
    let script = "ip link set lo up && ip addr add 127.0.0.2/8 dev lo && exec \"$@\"";
    let run = Command::new("unshare")
        .args(["--net", "--", "sh", "-c", script, "sh"])
        .arg(me)
        .args(["--exact", name, "--nocapture", "--test-threads", "1"])
        .env(INSIDE, "1")
        .output()
        .expect("unshare runs");
    let said = [run.stdout, run.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(run.status.success(), "{name} failed in its namespace:\n{said}");
    assert!(said.contains("1 passed"), "{name} did not run in its namespace:\n{said}");
}

fn possible() -> Result<(), String> {
    let works = |program: &str, arguments: &[&str]| {
        let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    if !works("sh", &["-c", &format!("command -v {CAMERA}")]) {
        return Err(format!("{CAMERA} is not installed (Debian: apt-get install libaravis-0.8-0 aravis-tools)"));
    }
    if !works("unshare", &["--net", "--", "sh", "-c", "ip link set lo up"]) {
        return Err("no network namespace can be made here (root, util-linux, iproute2)".to_owned());
    }
    Ok(())
}

/// Aravis' camera, which ends with this.
pub struct FakeCamera(Child);

impl FakeCamera {
    /// A camera of this serial number at this address; `more`: further arguments.
    pub fn start(address: &str, serial: &str, more: &[&str]) -> Self {
        let child = Command::new(CAMERA)
            .args(["-i", address, "-s", serial])
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the camera starts");
        Self(child)
    }

    pub fn kill(&mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it ends");
    }
}

impl Drop for FakeCamera {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until `what` is so; a test that waits in vain ends with a message.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "in vain: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
