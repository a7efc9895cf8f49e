use thiserror::Error;

/// Why a program is not listened to (any more). The program is told, and whoever waits for its frames.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("{field} is {got}, and must be {allowed}")]
    Field { field: &'static str, got: String, allowed: String },
    #[error("the description is no JSON object of the documented form: {0}")]
    Description(String),
    #[error("the first message is {0}, and must be a greeting with a description and the file of the slots")]
    Greeting(&'static str),
    #[error("there is no message of kind {0}")]
    Kind(u32),
    #[error("{what} takes {bytes} bytes, and may take {most}")]
    TooLong { what: &'static str, bytes: u32, most: u32 },
    #[error("slot {slot} was given, and there are {slots}, counted from 0")]
    NoSuchSlot { slot: u32, slots: u32 },
    #[error("slot {0} was given again before the bridge had freed it")]
    SlotTaken(u32),
    #[error("frame {id} came after frame {last}: ids must rise")]
    IdDoesNotRise { id: u64, last: u64 },
    #[error("the metadata of frame {id} is no JSON object: {reason}")]
    Metadata { id: u64, reason: String },
    #[error("the file of the slots cannot be used: {0}")]
    Memory(String),
    #[error("{0} programs push already, and there is room for no more")]
    TooMany(usize),
    #[error("it does not read what the bridge answers")]
    DoesNotRead,
    /// The socket ended, or does not answer.
    #[error("the connection ended: {0}")]
    Connection(String),
}

impl Refusal {
    pub fn field(field: &'static str, got: impl ToString, allowed: impl ToString) -> Self {
        Self::Field { field, got: got.to_string(), allowed: allowed.to_string() }
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::Connection(error.to_string())
    }
}
