//! Files of ours that were cut, overwritten or forged: no panic, no hang, no absurd allocation, and no frame is called stored that
//! is not.

use std::path::{Path, PathBuf};

use crate::common::{Case, stored};
use zarrcam_config::{DownsampleMethod, Multiscale};
use zarrcam_storage::{ByteRange, LiveDataset, dataset_info, dataset_losses, list_datasets, recover};

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let mut all: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    all.sort();
    all
}

/// Numbers that are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    let length = bytes.len();
    match random.below(6) {
        0 => bytes.truncate(random.below(length)),
        1 => bytes.extend((0..100).map(|index| index as u8)),
        2 if length > 0 => bytes[random.below(length)] ^= 1 << random.below(8),
        3 if length > 0 => {
            let at = random.below(length);
            let end = (at + 8).min(length);
            bytes[at..end].fill(0xff);
        }
        4 if length > 0 => {
            // A digit becomes another, where it is a document.
            let digits: Vec<usize> = (0..length).filter(|at| bytes[*at].is_ascii_digit()).collect();
            if !digits.is_empty() {
                bytes[digits[random.below(digits.len())]] = b'0' + random.below(10) as u8;
            }
        }
        _ => bytes.clear(),
    }
}

/// Changes a record's body and signs it again, as no accident does.
fn forge(log: &mut [u8], random: &mut Random) {
    let mut records = Vec::new();
    let mut at = 16;
    while at + 8 <= log.len() {
        let length = u32::from_le_bytes(log[at..at + 4].try_into().unwrap()) as usize;
        if at + 8 + length > log.len() {
            break;
        }
        records.push((at, length));
        at += 8 + length;
    }
    let (at, length) = records[random.below(records.len())];
    let body = &mut log[at + 8..at + 8 + length];
    let field = random.below(body.len() / 8) * 8;
    match random.below(3) {
        0 => body[field..field + 8].fill(0xff),
        1 => body[field + random.below(8)] ^= 1 << random.below(8),
        _ => body[0] = random.below(8) as u8,
    }
    let checksum = crc32c::crc32c(body).to_le_bytes();
    log[at + 4..at + 8].copy_from_slice(&checksum);
}

/// Asks all that there is to ask.
fn ask(path: &Path, frames: u64, forged: bool) {
    let known = |path: &Path| {
        if let Ok(info) = dataset_info(None, path)
            && info.run_id.is_some()
            && !forged
        {
            assert!(info.frames_stored <= frames, "{} frames of {frames}", info.frames_stored);
        }
        if let Ok(page) = dataset_losses(path, 0, 100) {
            assert!(page.ranges.len() <= 100);
        }
    };
    known(path);
    list_datasets(path.parent().unwrap()).unwrap();
    let look = |path: &Path| {
        let Ok(live) = LiveDataset::open(path) else { return };
        for key in ["zarr.json", "0/zarr.json", "1/zarr.json"] {
            let _ = live.get(key, ByteRange::Whole);
        }
        for frame_index in 0..frames + 2 {
            let (z, c, t) = (frame_index % 3, frame_index / 3 % 2, frame_index / 6);
            for key in [format!("0/c/{t}/{c}/{z}/0/0"), format!("1/c/{t}/{c}/{}/0/0", z / 2)] {
                for range in [ByteRange::Whole, ByteRange::Last(20), ByteRange::From { start: 5, end: Some(50) }] {
                    let _ = live.get(&key, range);
                }
            }
        }
    };
    look(path);
    let _ = recover(path);
    known(path);
    look(path);
}

fn try_all(rounds: usize, seed: u64) {
    let mut random = Random(seed);
    let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 1 });
    for (device, shards) in
        [("ZarrV3", true), ("ZarrV3Blosc1Lz4ByteShuffle", true), ("ZarrBlosc1ZstdByteShuffle", false)]
    {
        for crashed in [false, true] {
            let case = Case { frames: 20, multiscale, ..Case::small(device, shards) };
            let folder = tempfile::tempdir().unwrap();
            let whole = folder.path().join("whole.zarr");
            let (mut sink, events) = case.open(&whole).unwrap();
            case.append(&mut *sink, 0..20).unwrap();
            if crashed {
                drop(sink)
            } else {
                sink.finish(false).unwrap()
            }
            let frames = stored(&events.lock().unwrap()).len() as u64;
            let names = files(&whole);
            for round in 0..rounds {
                for forged in [false, true] {
                    let data = tempfile::tempdir().unwrap();
                    let path = data.path().join("out.zarr");
                    copy(&whole, &path);
                    // Half of them hit our own files; the array's are many.
                    let ours: Vec<&PathBuf> =
                        names.iter().filter(|name| name.to_string_lossy().contains(".zarrcam")).collect();
                    let name =
                        if round % 2 == 0 { ours[random.below(ours.len())] } else { &names[random.below(names.len())] };
                    let name = if forged { whole.join("0/.zarrcam/frames.log") } else { name.clone() };
                    let target = path.join(name.strip_prefix(&whole).unwrap());
                    let mut bytes = std::fs::read(&target).unwrap();
                    if forged {
                        forge(&mut bytes, &mut random)
                    } else {
                        mutate(&mut bytes, &mut random)
                    }
                    std::fs::write(&target, bytes).unwrap();
                    ask(&path, frames, forged);
                }
            }
        }
    }
}

#[test]
fn mutated_files_do_no_harm() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        try_all(6, 0x9e37_79b9_7f4a_7c15);
        sender.send(()).unwrap();
    });
    match receiver.recv_timeout(std::time::Duration::from_secs(300)) {
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        _ => thread.join().unwrap(),
    }
}

#[test]
fn plain_files_that_are_mutated_do_no_harm() {
    let mut random = Random(7);
    for device in ["raw", "tiff", "tiff-json"] {
        let case = Case { frames: 9, drops: vec![3], ..Case::small(device, false) };
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("whole");
        case.write(&whole.join("out.x"));
        for _ in 0..60 {
            let data = tempfile::tempdir().unwrap();
            let target = data.path().join("data");
            copy(&whole, &target);
            let names = files(&target);
            let name = &names[random.below(names.len())];
            let mut bytes = std::fs::read(name).unwrap();
            mutate(&mut bytes, &mut random);
            std::fs::write(name, bytes).unwrap();
            let path = target.join("out.x");
            let _ = dataset_info(None, &path);
            let _ = dataset_losses(&path, 0, 100);
            let _ = recover(&path);
            list_datasets(&target).unwrap();
        }
    }
}
