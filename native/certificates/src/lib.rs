//! A certificate authority for one computer: what it may speak for, and certificates by it. Pure: who calls keeps the files and
//! knows the clock.
//!
//! Whoever trusts such an authority must not have to trust the computer that holds its key with anything but itself. So the
//! authority is limited, by critical name constraints, to this computer's own names, `.local`, and addresses of private networks
//! (`scope`), signs no other authorities, and nothing but servers. Verifiers that know no constraints must refuse it.

mod authority;
mod leaf;
mod scope;

pub use authority::{AuthorityRequest, make_authority};
pub use leaf::{IssueRequest, issue_certificate};
pub use scope::{Permitted, PermittedRequest, permitted};

/// A certificate and the key that belongs to it, PEM.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    pub certificate: String,
    /// PKCS #8.
    pub key: String,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("{0:?} is no name of a computer: letters, digits and hyphens, with dots between them")]
    NotAName(String),
    #[error("the authority's certificate cannot be read: {0}")]
    Authority(String),
    #[error("the authority's key cannot be read: {0}")]
    Key(rcgen::Error),
    #[error("the authority may not speak for {0:?}")]
    NotPermitted(String),
    #[error("{0} is no time that a certificate can hold")]
    Time(i64),
    #[error("the certificate cannot be made: {0}")]
    Making(#[from] rcgen::Error),
}

const DAY_S: i64 = 24 * 60 * 60;

/// Clocks of two computers in one laboratory differ.
const EARLIER_S: i64 = DAY_S;

fn time(unix_s: i64) -> Result<time::OffsetDateTime, CertificateError> {
    time::OffsetDateTime::from_unix_timestamp(unix_s).map_err(|_| CertificateError::Time(unix_s))
}
