use std::path::PathBuf;

use zarrcam_files::FileState;

/// The planes that a file means, in the order in which they were taken.
#[derive(Clone, Debug)]
pub struct Planes {
    /// The file that was named, and those that it names.
    pub members: Vec<Member>,
    pub(crate) at: Locations,
}

/// A file that holds planes.
#[derive(Clone, Debug)]
pub struct Member {
    /// Where it is.
    pub path: PathBuf,
    /// The file as it was when the planes were found.
    pub state: FileState,
}

/// Where a plane lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plane {
    /// Index of its file in [`Planes::members`].
    pub member: usize,
    /// Where its directory lies in the file, bytes.
    pub directory: u64,
    /// Which of the directory's samples it is, where each lies in a plane of its own.
    pub sample: u16,
    /// How far behind the offset that the directory gives its pixels lie, bytes.
    pub shift: u64,
}

/// Where its planes lie.
#[derive(Clone, Debug)]
pub(crate) enum Locations {
    /// Member and directory; so many planes lie in each.
    Listed { at: Vec<(u32, u64)>, samples: u16 },
    /// One behind the other, described by one directory.
    Behind { directory: u64, planes: u64, stride: u64 },
}

impl Planes {
    pub(crate) fn listed(members: Vec<Member>, at: Vec<(u32, u64)>) -> Self {
        Self { members, at: Locations::Listed { at, samples: 1 } }
    }

    /// How many planes there are, one at least.
    pub fn count(&self) -> u64 {
        match &self.at {
            Locations::Listed { at, samples } => at.len() as u64 * u64::from(*samples),
            Locations::Behind { planes, .. } => *planes,
        }
    }

    /// Where a plane lies. `number` must be below [`count`](Self::count).
    pub fn get(&self, number: u64) -> Plane {
        match &self.at {
            Locations::Listed { at, samples } => {
                let samples = u64::from(*samples);
                let (member, directory) = at[(number / samples) as usize];
                Plane { member: member as usize, directory, sample: (number % samples) as u16, shift: 0 }
            }
            Locations::Behind { directory, stride, .. } => {
                Plane { member: 0, directory: *directory, sample: 0, shift: number.saturating_mul(*stride) }
            }
        }
    }

    /// All of them are described by one directory, which was checked for them.
    pub(crate) fn share_a_directory(&self) -> bool {
        matches!(self.at, Locations::Behind { .. })
    }
}
