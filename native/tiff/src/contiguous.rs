//! Programs that keep many planes behind one directory: ImageJ (stacks over 4 GB), MetaMorph (STK), tifffile (`truncate`).

use serde_json::Value;

use crate::directory::tag;
use crate::page::Chunks;
use crate::{Directory, Page, TiffError, TiffFile};

/// How many planes a file says that it has, and who says so.
pub(crate) struct Claim {
    pub planes: u64,
    pub by: &'static str,
}

/// `None`: as many as it has directories.
pub(crate) fn claim(
    file: &TiffFile,
    directory: &Directory,
    page: &Page,
    description: &str,
) -> Result<Option<Claim>, TiffError> {
    if let Some(planes) = directory.count(tag::UIC2).filter(|planes| *planes > 0) {
        return Ok(Some(Claim { planes, by: "MetaMorph" }));
    }
    if description.starts_with("ImageJ=") {
        let planes = description.lines().find_map(|line| line.trim().strip_prefix("images="));
        let Some(planes) = planes else { return Ok(None) };
        return match planes.trim().parse::<u64>() {
            Ok(planes) if planes > 0 => Ok(Some(Claim { planes, by: "ImageJ" })),
            _ => TiffError::damaged(format!("it says that it holds {:?} images", planes.trim())),
        };
    }
    // Ours say so much of themselves, and mean something else by a shape.
    let is_shaped = description.starts_with('{') && directory.text(file, tag::SOFTWARE)?.as_deref() != Some("zarrcam");
    Ok(if is_shaped { shaped(page, description) } else { None })
}

/// What tifffile says of an array: `{"shape": [6, 50, 70]}`.
fn shaped(page: &Page, description: &str) -> Option<Claim> {
    let description: Value = serde_json::from_str(description).ok()?;
    let sides: Option<Vec<u64>> = description["shape"].as_array()?.iter().map(Value::as_u64).collect();
    let values = sides?.into_iter().try_fold(1_u64, u64::checked_mul)?;
    let of_page = u64::from(page.width) * u64::from(page.height) * u64::from(page.samples.max(1));
    (values > 0 && values % of_page == 0).then(|| Claim { planes: values / of_page, by: "tifffile" })
}

/// The distance from plane to plane, where so many lie one behind the other in the file.
pub(crate) fn stride(file: &TiffFile, page: &Page, chunks: &Chunks, claim: &Claim) -> Result<u64, TiffError> {
    let (planes, by) = (claim.planes, claim.by);
    let Some(begin) = page.contiguous_at(chunks) else {
        return TiffError::damaged(format!(
            "it says that it holds {planes} planes ({by}), and only the first one can be found; save it anew as a stack"
        ));
    };
    let stride = page.stored_bytes();
    let there = file.bytes().saturating_sub(begin) / stride.max(1);
    if there < planes {
        return TiffError::damaged(format!(
            "it says that it holds {planes} planes ({by}), and has room for {there}: the file is cut short; copy it again"
        ));
    }
    Ok(stride)
}
