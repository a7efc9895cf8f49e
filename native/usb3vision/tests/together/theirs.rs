//! The emulated camera, driven by the published crate alone: its device, its description, its stream.

use std::sync::Arc;
use std::time::Duration;

use viva_genapi::NodeMap;
use viva_u3v::{U3vDevice, U3vError};
use zarrcam_usb3vision_emulator::{CONTROL_IN, CONTROL_OUT, Fault, Options, STREAM_IN, XmlKind, pixel};

use crate::common::Emulated;

fn opened(emulated: &Emulated) -> U3vDevice<Emulated> {
    U3vDevice::open(Arc::new(emulated.clone()), CONTROL_IN, CONTROL_OUT, Some(STREAM_IN), None).expect("it opens")
}

const ACQUISITION_START: u64 = 0x0010_004c;

#[test]
fn it_is_found_described_and_streams_as_the_published_crate_expects() {
    for xml in [XmlKind::Plain, XmlKind::Zipped] {
        let emulated = Emulated::new(Options { sensor: [640, 480], xml, ..Options::default() });
        let mut device = opened(&emulated);
        assert_eq!(device.abrm().model_name, "Emulated U3V");
        let text = device.fetch_xml().expect("its description is there");
        let nodes = NodeMap::try_from_xml(viva_genapi_xml::parse(&text).expect("it is XML")).expect("it has nodes");
        assert_eq!(nodes.skipped().len(), 0, "{:?}", nodes.skipped());

        let mut stream = device.open_stream(0).expect("it streams");
        device.write_mem(ACQUISITION_START, &1_u32.to_le_bytes()).expect("it starts");
        for id in 0..20 {
            let frame = stream.next_frame().expect("a frame comes");
            assert_eq!(frame.trailer.as_ref().expect("it has a trailer").status, 0);
            assert_eq!((frame.leader.width, frame.leader.height), (640, 480));
            let is_right = |(at, value): (usize, &u8)| u16::from(*value) == pixel(at % 640, at / 640, id, 8);
            assert!(frame.payload.iter().enumerate().all(is_right), "frame {id}");
        }
        device.stop_stream().expect("it stops");
    }
}

#[test]
fn what_goes_wrong_is_what_the_published_crate_knows() {
    let emulated = Emulated::new(Options { sensor: [640, 480], ..Options::default() });
    for (frame, fault) in [(2, Fault::Stall), (4, Fault::NoTrailer), (6, Fault::Short), (9, Fault::Unplug)] {
        emulated.with(|emulator| emulator.inject(frame, fault));
    }
    let mut device = opened(&emulated);
    let mut stream = device.open_stream(0).expect("it streams");
    device.write_mem(ACQUISITION_START, &1_u32.to_le_bytes()).expect("it starts");
    let mut whole = Vec::new();
    let end = loop {
        match stream.next_frame_within(Duration::from_secs(1)) {
            Ok(Some(frame)) if frame.trailer.is_some() && frame.payload.len() == 640 * 480 => {
                whole.push(frame.leader.block_id - 7);
            }
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    // Behind the lost trailer it may lose the next one, too: it takes back what is under way, which no browser can.
    whole.retain(|id| *id != 5);
    assert_eq!(whole, [0, 1, 3, 7, 8]);
    assert!(matches!(end, U3vError::Disconnected), "{end}");
}
