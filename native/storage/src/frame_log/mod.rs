//! `frames.log`: one record a frame, appended when the frame's bytes have left the process. FrameLogWriter, ledger and per-frame
//! metadata at once; the format is in this crate's README.
//!
//! - [`Record`] (`record`): an entry and its bytes. [`FrameLogWriter`] (`writer`) appends them, [`FrameLogReader`] (`reader`)
//!   reads them, also while they are appended.
//! - `table`: `frames.csv`, made of it.

mod reader;
mod record;
pub(crate) mod table;
mod writer;

pub use reader::FrameLogReader;
pub(crate) use reader::ends_closed;
pub use record::{Record, Section, SpillAt};
pub(crate) use writer::FrameLogWriter;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use zarrcam_acquisition::LossCause;
    use zarrcam_frame::FrameStamp;

    use super::record::{BODY_HEAD_BYTES, HEADER_BYTES};
    use super::*;
    use crate::targets::files;

    fn records() -> Vec<Record> {
        let stamp = FrameStamp { hardware_id: 7, hardware_clock_ns: 8, unix_ns: 9 };
        let sections = vec![
            Section { level: 0, plane: 5, lengths: vec![1, 0, 3] },
            Section { level: 1, plane: 2, lengths: vec![] },
        ];
        vec![
            Record::LayerOpened { layer: 0, generation: 1, spill: 0 },
            Record::Frame {
                frame_index: 5,
                stamp,
                at: SpillAt { generation: 1, offset: 99 },
                sections: sections.clone(),
            },
            Record::Dropped { frame_index: 6, hardware_id: 8, cause: LossCause::Queue },
            Record::Planes { at: SpillAt { generation: 1, offset: 5 }, sections },
            Record::LayerSealed { layer: 0 },
            Record::Closed { frame_count: 7 },
        ]
    }

    fn read(path: &Path) -> (Vec<Record>, u64) {
        let mut reader = FrameLogReader::open(path).unwrap();
        let records = std::iter::from_fn(|| reader.next_record()).collect();
        (records, reader.good_bytes())
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.log");
        let log = FrameLogWriter::begin(files().create(&path).unwrap()).unwrap();
        records().iter().for_each(|record| log.append(record).unwrap());
        assert_eq!(read(&path).0, records());
    }

    #[test]
    fn a_torn_record_ends_the_log_wherever_it_is_cut_and_writing_goes_on_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.log");
        let log = FrameLogWriter::begin(files().create(&path).unwrap()).unwrap();
        records().iter().for_each(|record| log.append(record).unwrap());
        let whole = std::fs::read(&path).unwrap();
        let last = 8 + BODY_HEAD_BYTES;
        for cut in 1..=last {
            std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            let (got, good) = read(&path);
            assert_eq!(got, records()[..5]);
            assert_eq!(good, (whole.len() - last) as u64);
        }
        let (_, good) = read(&path);
        FrameLogWriter::go_on(files().open_to_write(&path).unwrap(), good)
            .unwrap()
            .append(&Record::Closed { frame_count: 7 })
            .unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn a_flipped_bit_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.log");
        let log = FrameLogWriter::begin(files().create(&path).unwrap()).unwrap();
        records().iter().for_each(|record| log.append(record).unwrap());
        let whole = std::fs::read(&path).unwrap();
        for at in HEADER_BYTES as usize..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            std::fs::write(&path, bytes).unwrap();
            let (got, _) = read(&path);
            assert!(got.len() < records().len() && got == records()[..got.len()], "byte {at}");
        }
    }

    #[test]
    fn a_reader_follows_a_writer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.log");
        let log = FrameLogWriter::begin(files().create(&path).unwrap()).unwrap();
        let mut reader = FrameLogReader::open(&path).unwrap();
        assert_eq!(reader.next_record(), None);
        for record in records() {
            log.append(&record).unwrap();
            assert_eq!(reader.next_record(), Some(record));
            assert_eq!(reader.next_record(), None);
        }
    }
}
