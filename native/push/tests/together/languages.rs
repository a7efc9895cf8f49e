//! Programs in other languages, as their makers would write them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

use serde_json::json;
use zarrcam_runtime::Drivers;

use crate::common::{Folder, until};
use crate::rig::{Rig, document, stream, with};

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs")
}

/// Records 40 frames that `program` pushes, frame `n` with `n` in each pixel and the frame's row number in its first
/// column, and gives the program's output.
fn recorded_from(folder: &Folder, mut program: Command, camera: &str, lost: u64) -> Output {
    let rig = Rig::with_drivers(Drivers::built_in().with(folder.driver()), |_| {});
    program.env("ZARRCAM_PUSH_DIR", &folder.0);
    let program = thread::spawn(move || program.output().unwrap());
    until(&format!("{camera} is listed"), || {
        program.is_finished() || rig.runtime.devices().iter().any(|device| device.identifier.name == camera)
    });
    assert!(!program.is_finished(), "{:?}", program.join());
    rig.set(&document(&[with(stream("pushed.zarr", 40), "/camera/identifier/name", json!(camera))]));
    rig.runtime.start(true).unwrap();
    let stats = rig.until(0, "stored", |stats| stats.ledger.stored == 40 - lost);
    assert_eq!((stats.ledger.captured, stats.ledger.dropped_camera), (40, lost));
    rig.stop().unwrap();
    for frame in [0_u16, 1, 39] {
        let expected = |at: usize| if at.is_multiple_of(64) { (at / 64) as u16 } else { frame };
        let pixels: Vec<u8> = (0..64 * 48).flat_map(|at| expected(at).to_le_bytes()).collect();
        assert_eq!(rig.chunk("pushed.zarr", &format!("{frame}/0/0")), pixels, "frame {frame}");
    }
    program.join().unwrap()
}

fn assert_success(output: &Output) {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}

#[test]
fn a_few_lines_of_c_are_a_camera() {
    let compiler = ["cc", "gcc", "clang"].into_iter().find(|name| Command::new(name).arg("--version").output().is_ok());
    let Some(compiler) = compiler else {
        println!("skipped: there is no C compiler");
        return;
    };
    let folder = Folder::new();
    let binary = folder.0.join("loop");
    let mut compile = Command::new(compiler);
    compile.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-o"]).arg(&binary).arg(programs().join("loop.c"));
    assert_success(&compile.output().unwrap());
    // Without a bridge it says what to do.
    let alone = Command::new(&binary).env("ZARRCAM_PUSH_DIR", &folder.0).output().unwrap();
    let said = String::from_utf8_lossy(&alone.stdout);
    assert!(!alone.status.success() && said.contains("no bridge listens"), "{said}");
    assert_success(&recorded_from(&folder, Command::new(&binary), "push: C", 2));
}

#[test]
fn a_loop_with_numpy_is_a_camera() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python =
        std::env::var_os("ZARRCAM_PYTHON").map_or_else(|| root.join(".venv/readers/bin/python"), PathBuf::from);
    if Command::new(&python).arg("-c").arg("import numpy").output().is_err() {
        println!("skipped: there is no Python with NumPy; `node scripts/python.mjs readers` makes one");
        return;
    }
    let folder = Folder::new();
    let mut program = Command::new(python);
    program
        .arg(programs().join("loop.py"))
        .env("PYTHONPATH", root.join("bridge/python/src"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    assert_success(&recorded_from(&folder, program, "push: NumPy", 2));
}
