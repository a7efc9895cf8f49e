//! A bulk endpoint: the camera gives pieces that end or do not end a transfer, the host asks for so many bytes at a time.

use std::collections::VecDeque;

use crate::PACKET_BYTES;

/// How a transfer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// With the bytes that came.
    Ok,
    /// The endpoint is halted.
    Stall,
    /// The camera is not there.
    Gone,
    /// The host took it back.
    Cancelled,
}

/// A transfer that has ended.
#[derive(Clone, Debug)]
pub struct Completion {
    /// How.
    pub status: Status,
    /// What came.
    pub data: Vec<u8>,
}

enum Piece {
    /// `ends`: a short packet stands at its end.
    Data {
        bytes: Vec<u8>,
        at: usize,
        ends: bool,
    },
    Stall,
    Unplug,
}

/// The endpoint of the stream.
#[derive(Default)]
pub struct Endpoint {
    pieces: VecDeque<Piece>,
    asked: VecDeque<usize>,
    ended: VecDeque<Completion>,
    halted: bool,
    /// What came for the oldest transfer that is asked for.
    filling: Vec<u8>,
    unplugged: bool,
}

impl Endpoint {
    /// The camera gives these bytes in a transfer of which it knows that the host asks for `of`.
    pub fn give(&mut self, bytes: Vec<u8>, of: usize) {
        let ends = bytes.len() < of || !bytes.len().is_multiple_of(PACKET_BYTES);
        self.pieces.push_back(Piece::Data { bytes, at: 0, ends });
        self.serve();
    }

    pub fn give_stall(&mut self) {
        self.pieces.push_back(Piece::Stall);
        self.serve();
    }

    pub fn give_unplug(&mut self) {
        self.pieces.push_back(Piece::Unplug);
        self.serve();
    }

    /// Bytes that the host has not taken.
    pub fn waiting_bytes(&self) -> usize {
        let of = |piece: &Piece| if let Piece::Data { bytes, at, .. } = piece { bytes.len() - at } else { 0 };
        self.pieces.iter().map(of).sum()
    }

    pub fn ask(&mut self, bytes: usize) {
        self.asked.push_back(bytes);
        if self.unplugged {
            self.end_all(Status::Gone);
        } else if self.halted {
            self.end_all(Status::Stall);
        }
        self.serve();
    }

    pub fn next(&mut self) -> Option<Completion> {
        self.ended.pop_front()
    }

    pub fn pending(&self) -> usize {
        self.asked.len() + self.ended.len()
    }

    pub fn clear_halt(&mut self) {
        self.halted = false;
        self.serve();
    }

    pub fn cancel(&mut self) {
        self.end_all(Status::Cancelled);
    }

    /// What the camera still had for the host is gone.
    pub fn forget(&mut self) {
        self.pieces.clear();
        self.filling.clear();
        self.halted = false;
    }

    pub fn unplug(&mut self) {
        self.unplugged = true;
        self.pieces.clear();
        self.end_all(Status::Gone);
    }

    pub fn is_unplugged(&self) -> bool {
        self.unplugged
    }

    fn end_all(&mut self, status: Status) {
        let mut data = std::mem::take(&mut self.filling);
        for _ in self.asked.drain(..) {
            self.ended.push_back(Completion { status, data: std::mem::take(&mut data) });
        }
    }

    fn serve(&mut self) {
        while !self.halted && !self.unplugged {
            let (Some(asked), Some(piece)) = (self.asked.front().copied(), self.pieces.front_mut()) else { return };
            match piece {
                Piece::Stall => {
                    self.pieces.pop_front();
                    self.halted = true;
                    self.end_all(Status::Stall);
                }
                Piece::Unplug => self.unplug(),
                Piece::Data { bytes, at, ends } => {
                    let take = (asked - self.filling.len()).min(bytes.len() - *at);
                    self.filling.extend_from_slice(&bytes[*at..*at + take]);
                    *at += take;
                    let (is_over, ends) = (*at == bytes.len(), *ends);
                    let is_full = !bytes.is_empty() && bytes.len().is_multiple_of(PACKET_BYTES);
                    if is_over {
                        self.pieces.pop_front();
                    }
                    if self.filling.len() == asked || is_over && ends {
                        // The empty packet at its end finds the transfer full: it ends the next one.
                        if is_over && ends && is_full && self.filling.len() == asked {
                            self.pieces.push_front(Piece::Data { bytes: Vec::new(), at: 0, ends: true });
                        }
                        self.asked.pop_front();
                        let data = std::mem::take(&mut self.filling);
                        self.ended.push_back(Completion { status: Status::Ok, data });
                    }
                }
            }
        }
    }
}
