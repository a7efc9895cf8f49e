use std::fs::File;
use std::os::fd::OwnedFd;

use crate::description::Description;
use crate::refusal::Refusal;

/// The pixels of a program's slots, in a file in memory that the program made and maps.
///
/// On Linux it is mapped here as well: a copy from there takes a quarter of the time of a read (0.2 ms of 0.8 for 1080p U16). The
/// seal makes it safe: the file lies in memory and can never become shorter, so that every byte that is copied is there.
/// Elsewhere there are no seals, and it is read, which cannot fault.
pub struct SharedMemory {
    slots: Slots,
    slot_bytes: u64,
}

#[cfg(target_os = "linux")]
use mapped::Mapping as Slots;

#[cfg(not(target_os = "linux"))]
type Slots = File;

impl SharedMemory {
    /// `file` came from the program: it is asked what it is before it is used.
    pub fn new(file: OwnedFd, description: &Description) -> Result<Self, Refusal> {
        let refused = |reason: String| Err(Refusal::Memory(reason));
        // A file system that a program serves could let a read wait for ever, and huge pages can run out.
        #[cfg(target_os = "linux")]
        {
            const TMPFS_MAGIC: u64 = 0x0102_1994;
            let in_memory = rustix::fs::fstatfs(&file).is_ok_and(|system| system.f_type as u64 == TMPFS_MAGIC);
            let sealed =
                rustix::fs::fcntl_get_seals(&file).is_ok_and(|seals| seals.contains(rustix::fs::SealFlags::SHRINK));
            if !in_memory || !sealed {
                return refused("it must come from memfd_create, and be sealed by F_SEAL_SHRINK".to_owned());
            }
        }
        let file = File::from(file);
        match file.metadata() {
            Ok(metadata) if !metadata.is_file() => refused("it is no plain file".to_owned()),
            Ok(metadata) if metadata.len() < description.file_bytes() => {
                let (slots, needed) = (description.slots, description.file_bytes());
                refused(format!("it has {} bytes, and {slots} slots take {needed}", metadata.len()))
            }
            Ok(_) => {
                #[cfg(target_os = "linux")]
                let slots = Slots::new(&file, description.file_bytes())?;
                #[cfg(not(target_os = "linux"))]
                let slots = file;
                Ok(Self { slots, slot_bytes: description.slot_bytes })
            }
            Err(error) => refused(error.to_string()),
        }
    }

    /// Copies the beginning of a slot. The program may write meanwhile, against the rules: then it is its own picture that
    /// is torn.
    pub fn read(&self, slot: u32, buffer: &mut [u8]) -> std::io::Result<()> {
        let at = u64::from(slot) * self.slot_bytes;
        #[cfg(target_os = "linux")]
        return self.slots.copy(at, buffer);
        #[cfg(not(target_os = "linux"))]
        return std::os::unix::fs::FileExt::read_exact_at(&self.slots, buffer, at);
    }
}

#[cfg(target_os = "linux")]
mod mapped {
    use std::fs::File;
    use std::io;
    use std::ptr::NonNull;

    use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

    use crate::refusal::Refusal;

    /// A file in memory that cannot become shorter, to be read.
    pub struct Mapping {
        base: NonNull<u8>,
        bytes: usize,
    }

    // SAFETY: the mapping is only ever read, by copies out of it.
    unsafe impl Send for Mapping {}
    // SAFETY: the same; nothing in it changes by being read.
    unsafe impl Sync for Mapping {}

    impl Mapping {
        /// The first `bytes` of a file that has as many and is sealed against shrinking.
        pub fn new(file: &File, bytes: u64) -> Result<Self, Refusal> {
            let too_large = || Refusal::Memory(format!("there is no room for {bytes} bytes"));
            let bytes = usize::try_from(bytes).map_err(|_| too_large())?;
            // SAFETY: a new mapping at an address of the kernel's choice touches nothing that exists.
            let mapped = unsafe { mmap(std::ptr::null_mut(), bytes, ProtFlags::READ, MapFlags::SHARED, file, 0) };
            let mapped = mapped.map_err(|error| Refusal::Memory(error.to_string()))?;
            let base = NonNull::new(mapped.cast::<u8>()).ok_or_else(too_large)?;
            Ok(Self { base, bytes })
        }

        pub fn copy(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
            let within = |at: usize| at.checked_add(buffer.len()).is_some_and(|end| end <= self.bytes);
            let Some(at) = usize::try_from(at).ok().filter(|at| within(*at)) else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            // SAFETY: the range lies in the mapping, as was checked just now, and the mapping in the file, which cannot become
            // shorter; the buffer is ours alone. That the program may write meanwhile is what shared memory is: any bytes are
            // pixels, and no reference to them is ever made.
            unsafe { std::ptr::copy_nonoverlapping(self.base.as_ptr().add(at), buffer.as_mut_ptr(), buffer.len()) };
            Ok(())
        }
    }

    impl Drop for Mapping {
        fn drop(&mut self) {
            // SAFETY: the mapping is ours, and whoever copies from it borrows it.
            let _ = unsafe { munmap(self.base.as_ptr().cast(), self.bytes) };
        }
    }
}
