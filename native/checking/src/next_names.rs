//! Names that count on, so that the next recording can start at once.

use zarrcam_config::{Configuration, default_configuration};

use crate::places::lexically_normal;
use crate::{Places, next_name};

/// The configuration that follows a recording of these streams, by their index in `video`: each name counts on to the next free one.
pub fn counted_on(
    configuration: &Configuration,
    streams: impl IntoIterator<Item = usize>,
    places: &dyn Places,
) -> Configuration {
    let mut configuration = configuration.clone();
    let mut taken = Vec::new();
    for index in streams {
        let Some(video) = configuration.video.get_mut(index) else { continue };
        let settings = &mut video.storage.settings;
        let next = settings
            .uri
            .as_deref()
            .and_then(|uri| places.next_free(uri, &|path| taken.contains(&lexically_normal(path))));
        if let Some(next) = next {
            taken.extend(places.resolve(&next).ok());
            settings.uri = Some(next);
            // A new name overwrites nothing.
            settings.overwrite = false;
        }
    }
    configuration
}

/// What a page begins with: a simulated camera, and a name that is free.
pub fn first_configuration(places: &dyn Places) -> Configuration {
    let mut configuration = default_configuration();
    for video in &mut configuration.video {
        let settings = &mut video.storage.settings;
        settings.uri = settings.uri.as_deref().map(|uri| next_name(places, uri, &[]));
    }
    configuration
}
