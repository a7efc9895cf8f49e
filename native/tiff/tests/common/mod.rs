//! Small TIFF files made byte by byte.

/// One directory: tags in rising order, their values as numbers or text.
#[derive(Clone)]
pub struct Page {
    pub tags: Vec<(u16, Told)>,
    /// Lies before the directory; tag 273 or 324 is filled with its place.
    pub pixels: Vec<u8>,
}

#[derive(Clone)]
pub enum Told {
    Short(u16),
    Long(u32),
    Text(String),
    /// Where the pixels begin.
    Here,
}

/// A gray page in one strip.
pub fn gray(width: u32, height: u32, bits: u16, pixels: Vec<u8>) -> Page {
    let bytes = pixels.len() as u32;
    let tags = vec![
        (254, Told::Long(0)),
        (256, Told::Long(width)),
        (257, Told::Long(height)),
        (258, Told::Short(bits)),
        (259, Told::Short(1)),
        (262, Told::Short(1)),
        (273, Told::Here),
        (277, Told::Short(1)),
        (278, Told::Long(height)),
        (279, Told::Long(bytes)),
        (339, Told::Short(1)),
    ];
    Page { tags, pixels }
}

impl Page {
    pub fn with(mut self, tag: u16, told: Told) -> Self {
        self.tags.retain(|(known, _)| *known != tag);
        self.tags.push((tag, told));
        self.tags.sort_by_key(|(tag, _)| *tag);
        self
    }
}

pub fn bytes(pages: &[Page], big: bool, little_endian: bool) -> Vec<u8> {
    let number = |value: u64, bytes: usize| -> Vec<u8> {
        let value = value.to_le_bytes()[..bytes].to_vec();
        if little_endian { value } else { value.into_iter().rev().collect() }
    };
    let offset = if big { 8 } else { 4 };
    let mut file = if little_endian { b"II".to_vec() } else { b"MM".to_vec() };
    file.extend(number(if big { 43 } else { 42 }, 2));
    if big {
        file.extend(number(8, 2));
        file.extend(number(0, 2));
    }
    let mut link = file.len();
    file.extend(number(0, offset));
    for page in pages {
        let here = file.len() as u64;
        file.extend(&page.pixels);
        let mut entries = Vec::new();
        for (tag, told) in &page.tags {
            let (kind, count, mut value) = match told {
                Told::Short(value) => (3, 1, number(u64::from(*value), 2)),
                Told::Long(value) => (4, 1, number(u64::from(*value), 4)),
                Told::Here => (if big { 16 } else { 4 }, 1, number(here, offset)),
                Told::Text(text) => {
                    let text = [text.as_bytes(), &[0]].concat();
                    (2, text.len() as u64, text)
                }
            };
            if value.len() > offset {
                let at = file.len() as u64;
                file.extend(&value);
                value = number(at, offset);
            }
            value.resize(offset, 0);
            entries.extend([number(u64::from(*tag), 2), number(kind, 2), number(count, offset), value].concat());
        }
        let at = file.len() as u64;
        file[link..link + offset].copy_from_slice(&number(at, offset));
        file.extend(number(page.tags.len() as u64, if big { 8 } else { 2 }));
        file.extend(entries);
        link = file.len();
        file.extend(number(0, offset));
    }
    file
}
