use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use tiff::ColorType;
use tiff::decoder::{Decoder, Limits};
use tiff::tags::{PhotometricInterpretation, SampleFormat, Tag};
use zarrcam_frame::PixelType;

use crate::CameraError;

/// More than any camera's frame; a broken header must not be able to ask for all memory.
const LARGEST_PAGE_BYTES: usize = 1 << 30;
const LARGEST_TAG_BYTES: usize = 64 << 20;

/// What all pages of a stack have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackInfo {
    pub pages: usize,
    pub shape: [u32; 2],
    pub pixel_type: PixelType,
    /// White is zero: the decoder turns such pixels over, and a replay turns them back to what the file says.
    inverted: bool,
}

impl StackInfo {
    pub fn page_bytes(&self) -> usize {
        self.shape[0] as usize * self.shape[1] as usize * self.pixel_type.bytes()
    }
}

/// An open TIFF stack: BigTIFF or not, strips or tiles, uncompressed, LZW, deflate, PackBits or zstd.
pub struct Stack {
    path: PathBuf,
    decoder: Decoder<BufReader<File>>,
    info: StackInfo,
}

impl Stack {
    /// Looks at every page's header, and decodes none.
    pub fn open(path: &Path) -> Result<Self, CameraError> {
        let failed = |reason: String| CameraError::Replay { path: path.to_owned(), reason };
        let file = File::open(path).map_err(|error| failed(error.to_string()))?;
        // Reading a folder would fail later, with a reason that explains nothing.
        if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(failed("is a folder, not a TIFF stack".to_owned()));
        }
        let mut limits = Limits::default();
        limits.decoding_buffer_size = LARGEST_PAGE_BYTES;
        limits.intermediate_buffer_size = LARGEST_PAGE_BYTES;
        limits.ifd_value_size = LARGEST_TAG_BYTES;
        let mut decoder = Decoder::new(BufReader::new(file))
            .map_err(|error| failed(format!("cannot be read as TIFF: {error}")))?
            .with_limits(limits);
        let mut info = describe(&mut decoder).map_err(|reason| failed(format!("page 0 {reason}")))?;
        while decoder.more_images() {
            let page = info.pages;
            decoder.next_image().map_err(|error| failed(format!("page {page} cannot be read: {error}")))?;
            let this = describe(&mut decoder).map_err(|reason| failed(format!("page {page} {reason}")))?;
            if (this.shape, this.pixel_type) != (info.shape, info.pixel_type) || this.inverted != info.inverted {
                let say = |info: &StackInfo| {
                    let [width, height] = info.shape;
                    format!(
                        "{width} x {height} {:?}{}",
                        info.pixel_type,
                        if info.inverted { ", white is zero" } else { "" }
                    )
                };
                return Err(failed(format!(
                    "page {page} is {} where page 0 is {}; all pages of a stack must be alike",
                    say(&this),
                    say(&info)
                )));
            }
            info.pages += 1;
        }
        Ok(Self { path: path.to_owned(), decoder, info })
    }

    pub fn info(&self) -> StackInfo {
        self.info
    }

    /// Decodes a page into `out`, which is `page_bytes` long: little endian, as stored.
    pub fn read(&mut self, page: usize, out: &mut [u8]) -> Result<(), CameraError> {
        let decoded = self.decoder.seek_to_image(page).and_then(|()| {
            // The file may have been replaced since it was opened.
            let needed = self.decoder.image_buffer_layout()?.len;
            if needed == out.len() {
                self.decoder.read_image_bytes(out)?;
            }
            Ok(needed == out.len())
        });
        let reason = match decoded {
            Ok(true) => {
                self.finish(out);
                return Ok(());
            }
            Ok(false) => "has changed its size".to_owned(),
            Err(error) => format!("cannot be decoded: {error}"),
        };
        Err(CameraError::Replay { path: self.path.clone(), reason: format!("page {page} {reason}") })
    }

    fn finish(&self, out: &mut [u8]) {
        if self.info.inverted {
            out.iter_mut().for_each(|byte| *byte = !*byte);
        }
        if cfg!(target_endian = "big") {
            out.chunks_exact_mut(self.info.pixel_type.bytes()).for_each(<[u8]>::reverse);
        }
    }
}

/// The current page, or what about it cannot be played.
fn describe(decoder: &mut Decoder<BufReader<File>>) -> Result<StackInfo, String> {
    let unreadable = |error| format!("cannot be read: {error}");
    let (width, height) = decoder.dimensions().map_err(unreadable)?;
    let color = decoder.colortype().map_err(unreadable)?;
    let format = decoder.image_buffer_layout().map_err(unreadable)?.sample_format;
    let pixel_type = match (color, format) {
        (ColorType::Gray(8), SampleFormat::Uint) => PixelType::U8,
        (ColorType::Gray(8), SampleFormat::Int) => PixelType::I8,
        (ColorType::Gray(16), SampleFormat::Uint) => PixelType::U16,
        (ColorType::Gray(16), SampleFormat::Int) => PixelType::I16,
        (ColorType::Gray(32), SampleFormat::IEEEFP) => PixelType::F32,
        (ColorType::Gray(bits), _) => {
            return Err(format!(
                "has pixels of {bits} bits ({format:?}); the camera plays 8 and 16 bits, signed or not, and 32-bit float"
            ));
        }
        (color, _) => {
            return Err(format!("is {}, not gray; split its channels into pages", kind(color)));
        }
    };
    let photometric = decoder.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation).map_err(unreadable)?;
    let inverted = photometric == Some(PhotometricInterpretation::WhiteIsZero.to_u16());
    if inverted && !matches!(pixel_type, PixelType::U8 | PixelType::U16) {
        return Err("is \"white is zero\" with pixels that are not unsigned".to_owned());
    }
    let info = StackInfo { pages: 1, shape: [width, height], pixel_type, inverted };
    if width == 0 || height == 0 || info.page_bytes() > LARGEST_PAGE_BYTES {
        return Err(format!("is {width} x {height} {pixel_type:?}: no size that can be played"));
    }
    Ok(info)
}

fn kind(color: ColorType) -> String {
    match color {
        ColorType::RGB(_) | ColorType::RGBA(_) => "RGB".to_owned(),
        ColorType::Palette(_) => "indexed colour".to_owned(),
        ColorType::Multiband { num_samples, .. } => format!("{num_samples} samples a pixel"),
        other => format!("{other:?}"),
    }
}
