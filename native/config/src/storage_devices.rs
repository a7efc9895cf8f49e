use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CodecName, Compression, DeviceIdentifier, DeviceInfo, DeviceKind, Shuffle, StorageCapabilities};

/// The kinds of file behind the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum StorageFormat {
    /// Zarr V2, with OME-NGFF 0.4.
    #[serde(rename = "zarr2")]
    Zarr2,
    /// Zarr V3, with OME-NGFF 0.5.
    #[serde(rename = "zarr3")]
    Zarr3,
    /// Pixels back to back, described by a JSON file beside them.
    Raw,
    /// BigTIFF.
    Tiff,
    /// A folder with `metadata.json` and `data.tif`.
    TiffJson,
    /// Nothing.
    Trash,
}

/// A storage device: its exact name, what it writes, and the codec that its name implies.
#[derive(Clone, Copy, Debug)]
pub struct StorageDevice {
    /// Its exact name.
    pub name: &'static str,
    /// What it writes.
    pub format: StorageFormat,
    /// The codec that its name implies.
    pub codec: CodecName,
    /// One sentence for people.
    pub description: &'static str,
}

/// All storage devices, in the order in which lists show them.
pub const STORAGE_DEVICES: [StorageDevice; 10] = [
    device("ZarrV3", StorageFormat::Zarr3, CodecName::None, "OME-Zarr 0.5 (Zarr V3), uncompressed"),
    device(
        "ZarrV3Blosc1Lz4ByteShuffle",
        StorageFormat::Zarr3,
        CodecName::BloscLz4,
        "OME-Zarr 0.5 (Zarr V3), Blosc lz4: faster",
    ),
    device(
        "ZarrV3Blosc1ZstdByteShuffle",
        StorageFormat::Zarr3,
        CodecName::BloscZstd,
        "OME-Zarr 0.5 (Zarr V3), Blosc zstd: smaller",
    ),
    device("Zarr", StorageFormat::Zarr2, CodecName::None, "OME-Zarr 0.4 (Zarr V2), uncompressed"),
    device(
        "ZarrBlosc1Lz4ByteShuffle",
        StorageFormat::Zarr2,
        CodecName::BloscLz4,
        "OME-Zarr 0.4 (Zarr V2), Blosc lz4: faster",
    ),
    device(
        "ZarrBlosc1ZstdByteShuffle",
        StorageFormat::Zarr2,
        CodecName::BloscZstd,
        "OME-Zarr 0.4 (Zarr V2), Blosc zstd: smaller",
    ),
    device("tiff", StorageFormat::Tiff, CodecName::None, "BigTIFF, one page per frame"),
    device("tiff-json", StorageFormat::TiffJson, CodecName::None, "A folder with data.tif and metadata.json"),
    device("raw", StorageFormat::Raw, CodecName::None, "Pixels back to back, described by a JSON file beside them"),
    device("trash", StorageFormat::Trash, CodecName::None, "Nothing is saved, frames are counted"),
];

const fn device(
    name: &'static str,
    format: StorageFormat,
    codec: CodecName,
    description: &'static str,
) -> StorageDevice {
    StorageDevice { name, format, codec, description }
}

impl StorageFormat {
    /// Whether it is a Zarr store.
    pub const fn is_zarr(self) -> bool {
        matches!(self, Self::Zarr2 | Self::Zarr3)
    }

    /// Proposed ending of the name, with the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Zarr2 | Self::Zarr3 => ".zarr",
            Self::Raw => ".raw",
            Self::Tiff => ".tif",
            Self::TiffJson | Self::Trash => "",
        }
    }
}

/// Acquire's number for storage, where drivers of cameras have theirs.
const STORAGE_ID: u32 = 1;

/// The storage devices as devices of a machine; the same on every one.
pub fn storage_devices() -> Vec<DeviceInfo> {
    let info = |(number, device): (u32, &StorageDevice)| {
        let name = device.name.to_owned();
        let identifier = DeviceIdentifier { id: [STORAGE_ID, number], kind: DeviceKind::Storage, name };
        let description = device.description.to_owned();
        DeviceInfo { identifier, description, exclusive: false, plays_file: false }
    };
    (0..).zip(&STORAGE_DEVICES).map(info).collect()
}

/// The device of exactly this name.
pub fn storage_device(name: &str) -> Option<&'static StorageDevice> {
    STORAGE_DEVICES.iter().find(|device| device.name == name)
}

/// What a storage device can do; the same on every machine.
pub fn storage_capabilities(name: &str) -> Option<StorageCapabilities> {
    let device = storage_device(name)?;
    let zarr = device.format.is_zarr();
    let codecs: &[CodecName] = if zarr { &CodecName::ALL } else { &[CodecName::None] };
    Some(StorageCapabilities {
        chunking: zarr,
        sharding: device.format == StorageFormat::Zarr3,
        multiscale: zarr,
        codecs: codecs.to_vec(),
        compression: implied_compression(name),
        extension: device.format.extension().into(),
        needs_uri: device.format != StorageFormat::Trash,
    })
}

/// What a storage device's name says of compression; none for unknown names.
pub(crate) fn implied_compression(name: &str) -> Compression {
    let codec = storage_device(name).map_or(CodecName::None, |device| device.codec);
    Compression { codec, level: 1, shuffle: Shuffle::Byte }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ten_names_of_acquire_are_there() {
        let mut names: Vec<_> = STORAGE_DEVICES.iter().map(|device| device.name).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "Zarr",
                "ZarrBlosc1Lz4ByteShuffle",
                "ZarrBlosc1ZstdByteShuffle",
                "ZarrV3",
                "ZarrV3Blosc1Lz4ByteShuffle",
                "ZarrV3Blosc1ZstdByteShuffle",
                "raw",
                "tiff",
                "tiff-json",
                "trash"
            ]
        );
    }

    #[test]
    fn names_imply_what_acquire_writes() {
        for device in &STORAGE_DEVICES {
            let can = storage_capabilities(device.name).expect("it is in the table");
            assert_eq!(can.chunking, device.name.starts_with("Zarr"), "{}", device.name);
            assert_eq!(can.sharding, device.name.starts_with("ZarrV3"), "{}", device.name);
            assert_eq!(can.needs_uri, device.name != "trash", "{}", device.name);
            let codec = match device.name {
                name if name.contains("Lz4") => CodecName::BloscLz4,
                name if name.contains("Zstd") => CodecName::BloscZstd,
                _ => CodecName::None,
            };
            assert_eq!(can.compression, Compression { codec, level: 1, shuffle: Shuffle::Byte });
        }
        assert!(storage_capabilities("zarr").is_none(), "names are exact");
    }
}
