use zarrcam_config::DimensionKind;

/// One axis of the array, as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its name.
    pub name: String,
    /// What it runs through.
    pub kind: DimensionKind,
    /// 0: grows with the run.
    pub size: u64,
    /// Elements of a chunk.
    pub chunk: u64,
    /// Chunks a shard; 1 where there are no shards.
    pub shard_chunks: u64,
    /// Physical step from element to element, in `unit`.
    pub scale: f64,
    /// The unit of `scale`; empty: none.
    pub unit: String,
    /// Names of the elements; empty, or one an element.
    pub labels: Vec<String>,
    /// Colours of channels, "RRGGBB", one for each name; empty: by the names.
    pub colors: Vec<String>,
}
