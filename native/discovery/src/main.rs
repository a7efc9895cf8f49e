//! `zarrcam-discovery announce` and `zarrcam-discovery browse`: multicast DNS for the bridge, in a process of its own.
//!
//! Whatever any device of the network sends is read here, by a library that keeps what it was told for as long as the sender
//! wants. So this process has a limit of memory that ends it, nothing of the bridge's, and an end that needs no consent: the
//! bridge starts another one where it still wants one. It is asked by lines of JSON on its standard input, and ends with it.

use std::alloc::System;
use std::io::{BufRead, Write, stdin, stdout};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cap::Cap;
use zarrcam_discovery::{Announcement, Announcer, Browse, MEMORY_BYTES, browse};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, MEMORY_BYTES);

/// How long neighbours are told goodbye at most.
const GOODBYE: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let (send, lines) = mpsc::channel();
    // The end of the input is the end of whoever asked, however it came.
    thread::spawn(move || {
        for line in stdin().lock().lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    match mode.as_str() {
        "announce" => announce(&lines),
        "browse" => look(&lines),
        _ => {
            eprintln!("usage: zarrcam-discovery announce|browse");
            ExitCode::from(2)
        }
    }
}

/// Each line is what is to be announced from now on.
fn announce(lines: &mpsc::Receiver<String>) -> ExitCode {
    let mut announcer = None;
    for line in lines {
        let wanted: Announcement = match serde_json::from_str(&line) {
            Ok(wanted) => wanted,
            Err(error) => return fail(&error.to_string()),
        };
        if let Some(before) = announcer.take() {
            Announcer::end(before, GOODBYE);
        }
        match Announcer::start(&wanted) {
            Ok(started) => announcer = started,
            Err(error) => return fail(&error),
        }
        println!("{{}}");
    }
    if let Some(last) = announcer {
        last.end(GOODBYE);
    }
    ExitCode::SUCCESS
}

/// One line asks, one line answers.
fn look(lines: &mpsc::Receiver<String>) -> ExitCode {
    let Ok(line) = lines.recv() else { return ExitCode::SUCCESS };
    let found = match serde_json::from_str::<Browse>(&line) {
        Ok(wanted) => browse(&wanted, || matches!(lines.try_recv(), Err(mpsc::TryRecvError::Disconnected))),
        Err(error) => return fail(&error.to_string()),
    };
    match found.and_then(|found| serde_json::to_string(&found).map_err(|error| error.to_string())) {
        Ok(text) => {
            println!("{text}");
            let _ = stdout().flush();
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

fn fail(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::FAILURE
}
