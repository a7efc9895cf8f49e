/// The stamps of one camera frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameStamp {
    /// The camera's own count, from 0 at its start. A jump is a gap.
    pub hardware_id: u64,
    /// The camera's clock, ns since its start.
    pub hardware_clock_ns: u64,
    /// This machine's wall clock when the frame was complete, ns since 1970-01-01 UTC.
    pub unix_ns: u64,
}
