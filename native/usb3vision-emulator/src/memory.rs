//! The camera's memory: pieces at their addresses.

use std::collections::BTreeMap;

#[derive(Default)]
pub struct Memory {
    pieces: BTreeMap<u64, Vec<u8>>,
}

impl Memory {
    pub fn place(&mut self, address: u64, bytes: Vec<u8>) {
        self.pieces.insert(address, bytes);
    }

    fn slice(&mut self, address: u64, bytes: usize) -> Option<&mut [u8]> {
        let (start, piece) = self.pieces.range_mut(..=address).next_back()?;
        let from = (address - start) as usize;
        piece.get_mut(from..from.checked_add(bytes)?)
    }

    pub fn read(&mut self, address: u64, bytes: usize) -> Option<Vec<u8>> {
        self.slice(address, bytes).map(|slice| slice.to_vec())
    }

    /// Whether there is such a place.
    pub fn write(&mut self, address: u64, bytes: &[u8]) -> bool {
        self.slice(address, bytes.len()).map(|slice| slice.copy_from_slice(bytes)).is_some()
    }

    pub fn u32(&mut self, address: u64) -> u32 {
        self.read(address, 4).map_or(0, |bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    pub fn set_u32(&mut self, address: u64, value: u32) {
        self.write(address, &value.to_le_bytes());
    }

    pub fn set_u64(&mut self, address: u64, value: u64) {
        self.write(address, &value.to_le_bytes());
    }

    pub fn f64(&mut self, address: u64) -> f64 {
        self.read(address, 8).map_or(0.0, |bytes| f64::from_le_bytes(bytes.try_into().unwrap_or_default()))
    }

    pub fn set_f64(&mut self, address: u64, value: f64) {
        self.write(address, &value.to_le_bytes());
    }

    pub fn set_text(&mut self, address: u64, text: &str) {
        self.write(address, text.as_bytes());
    }
}
