//! `frames.log` of a store of ours as a disk, or somebody, may have left it. The input edits a true log, three bytes an edit
//! (record, byte of its body, value), and each record is signed again: hardly any input would get past the checksums else.
#![no_main]

#[path = "support/file.rs"]
mod file;
#[path = "support/store.rs"]
mod store;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use zarrcam_storage::FrameLogReader;

const HEADER_BYTES: usize = 16;
/// Length and checksum.
const RECORD_HEAD_BYTES: usize = 8;

/// The header, and the bodies of the records.
static LOG: LazyLock<(Vec<u8>, Vec<Vec<u8>>)> = LazyLock::new(|| {
    let log = std::fs::read(store::STORE.log_path()).expect("the store has a log");
    let (header, mut rest) = log.split_at(HEADER_BYTES);
    let mut bodies = Vec::new();
    while let Some(length) = rest.first_chunk::<4>() {
        let end = RECORD_HEAD_BYTES + u32::from_le_bytes(*length) as usize;
        bodies.push(rest[RECORD_HEAD_BYTES..end].to_vec());
        rest = &rest[end..];
    }
    (header.to_vec(), bodies)
});

fuzz_target!(|data: &[u8]| {
    let (header, mut bodies) = (*LOG).clone();
    for [record, byte, value] in data.as_chunks::<3>().0 {
        let count = bodies.len();
        let body = &mut bodies[usize::from(*record) % count];
        let length = body.len();
        body[usize::from(*byte) % length] = *value;
    }
    let mut log = header;
    for body in &bodies {
        log.extend((body.len() as u32).to_le_bytes());
        log.extend(crc32c::crc32c(body).to_le_bytes());
        log.extend(body);
    }
    let path = store::STORE.log_path();
    std::fs::write(&path, &log).expect("room for an input");
    if let Ok(mut reader) = FrameLogReader::open(&path) {
        while reader.next_record().is_some() {}
    }
    store::ask();
});
