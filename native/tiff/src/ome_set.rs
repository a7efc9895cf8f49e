//! The planes of an OME-TIFF, over all the files that hold them.

use std::path::Path;

use zarrcam_files::{read_document, why};

use crate::ome::{self, Image, Ome, OtherFile};
use crate::plane::Member;
use crate::{Chain, Planes, TiffError, TiffFile};

/// So many files hold one image's planes at most.
const MOST_FILES: usize = 65_536;

/// What is not filled by any block.
const NOWHERE: (u32, u64) = (u32::MAX, 0);

struct Set<'a> {
    path: &'a Path,
    /// The file that was named comes first.
    members: Vec<Member>,
    /// By member.
    directories: Vec<Vec<u64>>,
    /// Of the file that was named, as its own metadata say.
    uuid: Option<String>,
    /// The metadata lie apart from all pixels, and name the file of each plane.
    by_name_only: bool,
}

pub(crate) fn planes(path: &Path, file: &TiffFile, chain: &Chain, description: &str) -> Result<Planes, TiffError> {
    let (metadata, by_name_only) = match ome::parse(description)? {
        Ome::Elsewhere { file } => (companion(path, &file)?, true),
        here => (here, false),
    };
    let Ome::Images { uuid, images } = metadata else {
        return TiffError::damaged("the file that its OME-XML names points to another one");
    };
    let image = match &images[..] {
        [] => return TiffError::unsupported("its OME-XML describes no image; save it as an ordinary TIFF stack"),
        [image] => image,
        [..] => {
            let names: Vec<_> = images.iter().take(4).map(|image| image.name.as_str()).collect();
            let more = if images.len() > names.len() { ", ..." } else { "" };
            return TiffError::unsupported(format!(
                "it holds {} images ({}{more}); save the one to be read in a file of its own",
                images.len(),
                names.join(", ")
            ));
        }
    };
    let mut set = Set {
        path,
        members: vec![Member { path: path.to_owned(), state: file.state() }],
        directories: vec![chain.directories.clone()],
        uuid,
        by_name_only,
    };
    set.collect(image)
}

fn companion(path: &Path, name: &str) -> Result<Ome, TiffError> {
    let beside = path.with_file_name(name);
    let missing = |reason: String| {
        TiffError::Missing(format!(
            "its metadata are in {name:?} beside it, and {reason}; copy the whole set into one folder"
        ))
    };
    if name.is_empty() {
        return Err(missing("that is no name of a file".to_owned()));
    }
    let bytes = read_document(&beside).map_err(|error| missing(why(&error)))?;
    ome::parse(&String::from_utf8_lossy(&bytes)).map_err(|error| error.within(&format!("in {name:?}:")))
}

impl Set<'_> {
    fn collect(&mut self, image: &Image) -> Result<Planes, TiffError> {
        let total = image.planes();
        let mut at = vec![NOWHERE; total as usize];
        for block in &image.blocks {
            let member = self.member(block.file.as_ref(), &image.place(block.first))?;
            let there = self.directories[member].len() as u64;
            let most = total - block.first;
            let planes = block.planes.unwrap_or(there.saturating_sub(block.directory)).min(most);
            for plane in 0..planes {
                let number = block.directory.saturating_add(plane);
                let Some(directory) = usize::try_from(number).ok().and_then(|at| self.directories[member].get(at))
                else {
                    return TiffError::damaged(format!(
                        "its OME-XML places {} in directory {number} of {}, which has {there}: the file is cut short",
                        image.place(block.first + plane),
                        self.name(member)
                    ));
                };
                at[(block.first + plane) as usize] = (member as u32, *directory);
            }
        }
        if image.blocks.is_empty() && !self.by_name_only {
            for (place, directory) in at.iter_mut().zip(&self.directories[0]) {
                *place = (0, *directory);
            }
        }
        if let Some(plane) = at.iter().position(|place| *place == NOWHERE) {
            return Err(TiffError::Missing(format!(
                "its OME-XML says of {total} planes, and not where {} lies; save it anew",
                image.place(plane as u64)
            )));
        }
        Ok(Planes::listed(std::mem::take(&mut self.members), at))
    }

    /// The file of a block, opened and walked when it is first met.
    fn member(&mut self, file: Option<&OtherFile>, place: &str) -> Result<usize, TiffError> {
        let Some(other) = file else {
            return if self.by_name_only {
                Err(TiffError::Missing(format!("its metadata do not say which file holds {place}; save it anew")))
            } else {
                Ok(0)
            };
        };
        let own_name = self.path.file_name().is_some_and(|name| name == other.name.as_str());
        // A file that was renamed is known by its number.
        let own_number = !self.by_name_only && self.uuid.as_ref().is_some_and(|uuid| *uuid == other.uuid);
        if own_name || own_number {
            return Ok(0);
        }
        let missing = |reason: String| {
            Err(TiffError::Missing(format!(
                "{place} lies in {:?} beside it, and {reason}; copy the whole set into one folder",
                other.name
            )))
        };
        if other.name.is_empty() {
            return missing("that is no name of a file".to_owned());
        }
        let path = self.path.with_file_name(&other.name);
        if let Some(known) = self.members.iter().position(|member| member.path == path) {
            return Ok(known);
        }
        if self.members.len() >= MOST_FILES {
            return TiffError::damaged(format!("its OME-XML names more than {MOST_FILES} files"));
        }
        let opened = match TiffFile::open(&path) {
            Ok(file) => file,
            Err(error) => return missing(error.to_string()),
        };
        let chain = match Chain::of(&opened) {
            Ok(chain) => chain,
            Err(error) => return missing(error.to_string()),
        };
        self.members.push(Member { path, state: opened.state() });
        self.directories.push(chain.directories);
        Ok(self.members.len() - 1)
    }

    fn name(&self, member: usize) -> String {
        let name = self.members[member].path.file_name().unwrap_or_default();
        format!("{:?}", name.to_string_lossy())
    }
}
