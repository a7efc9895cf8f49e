//! As much of OME-XML as says which plane lies where.

use roxmltree::{Document, Node, ParsingOptions};

use crate::TiffError;

/// OME-XML has a few elements a plane.
const MOST_NODES: u32 = 1 << 24;
/// Planes that a set may have, at most: as many as a chain may have directories.
const MOST_PLANES: u64 = 1 << 22;

/// A file's metadata, or where they are.
#[derive(Debug)]
pub(crate) enum Ome {
    Images {
        uuid: Option<String>,
        images: Vec<Image>,
    },
    /// In another file of the same folder.
    Elsewhere {
        file: String,
    },
}

#[derive(Debug)]
pub(crate) struct Image {
    pub name: String,
    /// Of the axes z, c and t, the fastest first, as `DimensionOrder` says: the order in which the planes were taken.
    pub order: [Axis; 3],
    pub blocks: Vec<Block>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    pub name: char,
    pub size: u64,
}

/// Successive planes in successive directories of one file.
#[derive(Debug)]
pub(crate) struct Block {
    pub file: Option<OtherFile>,
    pub directory: u64,
    /// The first plane in the image's order.
    pub first: u64,
    /// `None`: as many as the file has.
    pub planes: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OtherFile {
    pub uuid: String,
    /// The last part of the path alone, whatever system it was written on; empty: not said.
    pub name: String,
}

/// Whether a description is OME-XML.
pub(crate) fn is_ome(description: &str) -> bool {
    let text = description.trim();
    text.starts_with('<') && text.ends_with("OME>")
}

pub(crate) fn parse(text: &str) -> Result<Ome, TiffError> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text.trim_start_matches('\u{feff}').trim(), options)
        .or_else(|error| TiffError::damaged(format!("its OME-XML cannot be read: {error}")))?;
    let root = document.root_element();
    if let Some(elsewhere) = child(root, "BinaryOnly") {
        let file = last_part(elsewhere.attribute("MetadataFile").unwrap_or_default());
        return Ok(Ome::Elsewhere { file });
    }
    let images = root.children().filter(|node| node.has_tag_name_of("Image"));
    let images = images.filter_map(|node| Some((node, child(node, "Pixels")?)));
    let images: Result<_, _> = images.map(|(node, pixels)| image(node, pixels)).collect();
    Ok(Ome::Images { uuid: root.attribute("UUID").map(str::to_owned), images: images? })
}

fn image(node: Node<'_, '_>, pixels: Node<'_, '_>) -> Result<Image, TiffError> {
    let name = node.attribute("Name").or(node.attribute("ID")).unwrap_or_default().to_owned();
    let size = |axis: char| match whole(pixels, &format!("Size{axis}"))? {
        Some(0) | None => TiffError::damaged(format!("its OME-XML has no size along {axis}")),
        Some(size) => Ok(size),
    };
    // Colours of one pixel count as channels, and lie in one directory.
    let samples = match child(pixels, "Channel") {
        Some(channel) => whole(channel, "SamplesPerPixel")?.unwrap_or(1).max(1),
        None => 1,
    };
    let sizes = [('Z', size('Z')?), ('C', (size('C')? / samples).max(1)), ('T', size('T')?)];
    let planes = sizes.iter().try_fold(1_u64, |planes, (_, size)| planes.checked_mul(*size));
    if planes.is_none_or(|planes| planes > MOST_PLANES) {
        let [(_, z), (_, c), (_, t)] = sizes;
        return TiffError::damaged(format!("its OME-XML claims {z} x {c} x {t} planes"));
    }
    let order = pixels.attribute("DimensionOrder").unwrap_or("XYZCT");
    let axes: Vec<Axis> = order
        .chars()
        .filter_map(|name| sizes.iter().find(|(axis, _)| *axis == name).map(|(_, size)| Axis { name, size: *size }))
        .collect();
    let order = match <[Axis; 3]>::try_from(axes) {
        Ok(axes) if axes[0].name != axes[1].name && axes[1].name != axes[2].name && axes[0].name != axes[2].name => {
            axes
        }
        _ => return TiffError::damaged(format!("its OME-XML has the dimension order {order:?}")),
    };
    let blocks = pixels.children().filter(|node| node.has_tag_name_of("TiffData"));
    let blocks: Result<Vec<_>, _> = blocks.map(|node| block(node, &order)).collect();
    Ok(Image { name, order, blocks: blocks? })
}

fn block(node: Node<'_, '_>, order: &[Axis; 3]) -> Result<Block, TiffError> {
    let directory = whole(node, "IFD")?;
    let (mut first, mut step) = (0_u64, 1_u64);
    for axis in order {
        let at = whole(node, &format!("First{}", axis.name))?.unwrap_or(0);
        if at >= axis.size {
            return TiffError::damaged(format!(
                "its OME-XML places a plane at {} {at} of {}",
                axis.name.to_ascii_lowercase(),
                axis.size
            ));
        }
        first += at * step;
        step *= axis.size;
    }
    let file = child(node, "UUID").map(|uuid| OtherFile {
        uuid: uuid.text().unwrap_or_default().trim().to_owned(),
        name: last_part(uuid.attribute("FileName").unwrap_or_default()),
    });
    let planes = whole(node, "PlaneCount")?.or(directory.map(|_| 1));
    Ok(Block { file, directory: directory.unwrap_or(0), first, planes })
}

impl Image {
    pub fn planes(&self) -> u64 {
        self.order.iter().map(|axis| axis.size).product()
    }

    /// "z 0, c 1, t 3".
    pub fn place(&self, plane: u64) -> String {
        let mut rest = plane;
        let places: Vec<_> = self
            .order
            .iter()
            .map(|axis| {
                let at = rest % axis.size;
                rest /= axis.size;
                (axis.name, at)
            })
            .collect();
        let at = |name: char| places.iter().find(|(axis, _)| *axis == name).map_or(0, |(_, at)| *at);
        format!("z {}, c {}, t {}", at('Z'), at('C'), at('T'))
    }
}

fn whole(node: Node<'_, '_>, name: &str) -> Result<Option<u64>, TiffError> {
    let Some(text) = node.attribute(name) else { return Ok(None) };
    match text.trim().parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => TiffError::damaged(format!("its OME-XML has {name} {text:?}")),
    }
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|node| node.has_tag_name_of(name))
}

trait OfAnyNamespace {
    /// OME's schema has a namespace for each year.
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl OfAnyNamespace for Node<'_, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

fn last_part(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned()
}
