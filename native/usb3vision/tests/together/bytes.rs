//! What goes over the wire, byte by byte.

use std::sync::Arc;

use viva_u3v::{ControlChannel, MockUsbTransfer};
use zarrcam_usb3vision_emulator::{Emulator, Options};

const MODEL_NAME: [u8; 24] = [
    0x55, 0x33, 0x56, 0x43, // U3VC
    0x00, 0x40, // an answer is wanted
    0x00, 0x08, // read memory
    0x0c, 0x00, // 12 bytes follow
    0x2a, 0x00, // request 42
    0x44, 0, 0, 0, 0, 0, 0, 0, // from address 0x44
    0, 0, 0x0c, 0x00, // 12 bytes
];

#[test]
fn a_command_and_its_answer_are_these_bytes() {
    let mut camera = Emulator::new(Options::default());
    camera.command(&MODEL_NAME);
    let answer = camera.next_answer().expect("it answers");
    let header = [0x55, 0x33, 0x56, 0x43, 0, 0, 0x01, 0x08, 0x0c, 0x00, 0x2a, 0x00];
    assert_eq!(answer, [&header[..], b"Emulated U3V"].concat());

    // Without the wish for an answer, cut off, or with another beginning: nothing is said.
    let mut silent = MODEL_NAME;
    silent[5] = 0;
    for bytes in [&silent[..], &MODEL_NAME[..20], &[0; 24]] {
        camera.command(bytes);
        assert!(camera.next_answer().is_none());
    }
}

#[test]
fn what_is_not_there_and_what_cannot_be_written_is_refused_by_its_code() {
    let mut camera = Emulator::new(Options::default());
    let mut nowhere = MODEL_NAME;
    nowhere[17] = 0x90;
    camera.command(&nowhere);
    assert_eq!(camera.next_answer().expect("it answers")[4..6], [0x03, 0x80]);
    let write = [&b"U3VC"[..], &[0, 0x40, 0x02, 0x08, 0x0c, 0, 1, 0], &[0x44, 0, 0, 0, 0, 0, 0, 0], b"ABCD"].concat();
    camera.command(&write);
    assert_eq!(camera.next_answer().expect("it answers")[4..8], [0x04, 0x80, 0x03, 0x08]);
}

#[test]
fn the_host_sends_these_bytes() {
    let usb = Arc::new(MockUsbTransfer::new());
    let answer = [&b"U3VC"[..], &[0, 0, 0x01, 0x08, 4, 0, 1, 0], &[1, 2, 3, 4]].concat();
    usb.enqueue_read(0x81, answer);
    let mut control = ControlChannel::new(Arc::clone(&usb), 0x81, 0x01, 1024, 1024);
    assert_eq!(control.read_mem(0x1d0, 4).expect("it is read"), [1, 2, 3, 4]);
    let sent =
        [&b"U3VC"[..], &[0, 0x40, 0x00, 0x08, 12, 0, 1, 0], &[0xd0, 1, 0, 0, 0, 0, 0, 0], &[0, 0, 4, 0]].concat();
    assert_eq!(usb.take_writes(0x01), [sent]);
}
