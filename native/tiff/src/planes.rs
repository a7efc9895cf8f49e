use std::path::Path;

use crate::directory::tag;
use crate::plane::{Locations, Member, Planes};
use crate::{Chain, Directory, Page, TiffError, TiffFile, contiguous, ome, ome_set};

/// Finds out which planes an open file means. What is missing is an error that names it; a kind of file whose planes
/// cannot be told is `Unsupported`.
///
/// The order: OME-TIFF's `DimensionOrder`, the fastest axis first; else that of the directories, or of the planes behind the
/// only one.
pub fn planes(path: &Path, file: &TiffFile, chain: &Chain) -> Result<Planes, TiffError> {
    let Some(&first) = chain.pictures.first() else {
        return if chain.directories.is_empty() {
            TiffError::damaged("it holds no picture: nothing was saved in it, or it was cut short")
        } else {
            TiffError::unsupported(
                "it holds smaller copies of pictures only, not the pictures; save it as a TIFF stack",
            )
        };
    };
    let directory = Directory::read(file, first).map_err(|error| error.within("its first directory"))?;
    let page = Page::of(file, &directory).map_err(|error| error.within("page 0"))?;
    if directory.number(file, tag::MD_FILE)? == Some(2) {
        return TiffError::unsupported(
            "it holds square roots of its values, as gel scanners do; save it with linear values",
        );
    }
    let description = directory.text(file, tag::DESCRIPTION)?.unwrap_or_default();
    if ome::is_ome(&description) {
        if page.planes() > 1 {
            return TiffError::unsupported(format!(
                "it has {} channels in each page, and OME-XML that counts pages; save it with a page a channel",
                page.planes()
            ));
        }
        return ome_set::planes(path, file, chain, &description);
    }
    let members = vec![Member { path: path.to_owned(), state: file.state() }];
    let pages = chain.pictures.len() as u64;
    if let Some(claim) = contiguous::claim(file, &directory, &page, &description)?.filter(|claim| claim.planes > pages)
    {
        if pages > 1 {
            return TiffError::damaged(format!(
                "it says that it holds {} planes ({}), and has {pages}: the file is cut short; copy it again",
                claim.planes, claim.by
            ));
        }
        page.check_size().map_err(|error| error.within("page 0"))?;
        let chunks = page.chunks(file, &directory).map_err(|error| error.within("page 0"))?;
        let stride = contiguous::stride(file, &page, &chunks, &claim)?;
        return Ok(Planes { members, at: Locations::Behind { directory: first, planes: claim.planes, stride } });
    }
    let at = chain.pictures.iter().map(|at| (0, *at)).collect();
    Ok(Planes { members, at: Locations::Listed { at, samples: page.planes() } })
}
