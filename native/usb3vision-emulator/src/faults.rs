use serde::Deserialize;

/// What goes wrong with a block of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The endpoint stalls in the middle of the payload.
    Stall,
    /// The payload ends after half of it, with a trailer that says so.
    Short,
    /// The payload ends after half of it, and the trailer says that all is there.
    ShortUnsaid,
    /// The trailer does not come.
    NoTrailer,
    /// The leader does not come.
    NoLeader,
    /// Nothing of it comes.
    Lost,
    /// The trailer says another number of bytes than came.
    WrongSize,
    /// The camera says that data was lost.
    Overrun,
    /// The leader tells of another size.
    OtherImage,
    /// More pixels come than were announced.
    Long,
    /// The camera is unplugged in the middle of the payload.
    Unplug,
    /// Nothing comes any more, and the camera answers all the same.
    Silence,
}

/// How the camera describes its features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum XmlKind {
    /// As text.
    #[default]
    Plain,
    /// In an archive.
    Zipped,
    /// In an archive that is cut off.
    ZippedBroken,
    /// Text that ends in the middle.
    CutOff,
    /// Not XML at all.
    Garbage,
    /// Without `Width`.
    NoWidth,
    /// The table says that it has 2^60 bytes.
    Endless,
    /// Nodes that name nodes that are not there, and one that means itself.
    Dangling,
}
