use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use crate::description::Description;
use crate::refusal::Refusal;

/// The pixels of a program's slots, in a file in memory that the program made and maps.
///
/// It is read, never mapped: a copy into the pool's buffer is made either way, and a file that another process can write
/// and cut never lies under an address of ours. So no byte outside of it can be read, and nothing can fault.
pub struct SharedMemory {
    file: File,
    slot_bytes: u64,
}

impl SharedMemory {
    /// `file` came from the program: it is asked what it is before it is read.
    pub fn new(file: OwnedFd, description: &Description) -> Result<Self, Refusal> {
        let refused = |reason: String| Err(Refusal::Memory(reason));
        // Only files in memory have seals: those of a file system that a program serves could let a read wait for ever.
        #[cfg(target_os = "linux")]
        match rustix::fs::fcntl_get_seals(&file) {
            Ok(seals) if seals.contains(rustix::fs::SealFlags::SHRINK) => {}
            _ => return refused("it must come from memfd_create, and be sealed by F_SEAL_SHRINK".to_owned()),
        }
        let file = File::from(file);
        match file.metadata() {
            Ok(metadata) if !metadata.is_file() => refused("it is no plain file".to_owned()),
            Ok(metadata) if metadata.len() < description.file_bytes() => {
                let (slots, needed) = (description.slots, description.file_bytes());
                refused(format!("it has {} bytes, and {slots} slots take {needed}", metadata.len()))
            }
            Ok(_) => Ok(Self { file, slot_bytes: description.slot_bytes }),
            Err(error) => refused(error.to_string()),
        }
    }

    /// Copies the beginning of a slot. The program may write meanwhile, against the rules: then it is its own picture that
    /// is torn.
    pub fn read(&self, slot: u32, buffer: &mut [u8]) -> std::io::Result<()> {
        self.file.read_exact_at(buffer, u64::from(slot) * self.slot_bytes)
    }
}
