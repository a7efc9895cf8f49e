use zarrcam_zarr::Layout;

/// What a key below `@live/` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Group,
    Array {
        level: usize,
    },
    /// One frame of a level: its index along each axis but y and x, slowest first.
    Shard {
        level: usize,
        coordinates: Vec<u64>,
    },
}

impl Key {
    /// `None`: no such key, now or ever.
    pub fn parse(key: &str, layout: &Layout) -> Option<Self> {
        let mut parts = key.split('/');
        let first = parts.next()?;
        if first == "zarr.json" {
            return parts.next().is_none().then_some(Self::Group);
        }
        let level = usize::try_from(number(first)?).ok().filter(|level| *level < layout.levels().len())?;
        match parts.next()? {
            "zarr.json" => parts.next().is_none().then_some(Self::Array { level }),
            "c" => {
                let mut coordinates: Vec<u64> = parts.map(number).collect::<Option<_>>()?;
                let outer = layout.axes().len() - 2;
                // One shard covers the whole image.
                let whole = coordinates.len() == outer + 2 && coordinates[outer..] == [0, 0];
                coordinates.truncate(outer);
                whole.then_some(Self::Shard { level, coordinates })
            }
            _ => None,
        }
    }
}

/// A number as keys spell it: digits, no sign, no leading zero.
fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use zarrcam_config::{Multiscale, StorageSettings, VideoStream};
    use zarrcam_frame::PixelType;

    use super::*;

    #[test]
    fn keys_are_spelt_in_one_way() {
        let settings = StorageSettings { multiscale: Some(Multiscale::default()), ..StorageSettings::default() };
        let stream = VideoStream::of_frames("ZarrV3", settings, PixelType::U8, [1500, 600]);
        let layout = Layout::new(&stream.resolve().storage).unwrap();
        assert_eq!(layout.levels().len(), 2);
        let parse = |key| Key::parse(key, &layout);
        assert_eq!(parse("zarr.json"), Some(Key::Group));
        assert_eq!(parse("1/zarr.json"), Some(Key::Array { level: 1 }));
        assert_eq!(parse("1/c/12/0/0"), Some(Key::Shard { level: 1, coordinates: vec![12] }));
        for wrong in [
            "",
            "/",
            "zarr.json/",
            "/zarr.json",
            "2/zarr.json",
            "00/zarr.json",
            "0",
            "0/",
            "0/c",
            "0/c/",
            "0/c/0",
            "0/c/0/0",
            "0/c/0/0/1",
            "0/c/0/1/0",
            "0/c/0/0/0/0",
            "0/c/+1/0/0",
            "0/c/-1/0/0",
            "0/c/01/0/0",
            "0/c/1//0/0",
            "0/c/1/0/0/",
            "0/c/99999999999999999999/0/0",
            "0/.zarrcam/run.json",
            "c/0/0/0",
            "0/c/\u{0661}/0/0",
            "0/c/ 1/0/0",
            ".zattrs",
        ] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }
}
