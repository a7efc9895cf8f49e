use std::net::IpAddr;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use serde::Deserialize;

use crate::scope::{constraints, dns_name};
use crate::{CertificateError, DAY_S, EARLIER_S, Pair, time};

/// For years: every computer that trusts it was asked once.
const VALID_DAYS: i64 = 3650;

/// The largest that the standard allows for a common name, in characters.
const LONGEST_NAME: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityRequest {
    /// By which people find it among the authorities that a computer trusts.
    pub common_name: String,
    /// Names of this computer; those below `.local` need not be named.
    pub names: Vec<String>,
    /// Addresses of this computer; those of private networks need not be named.
    pub addresses: Vec<IpAddr>,
    pub now_unix_s: i64,
}

/// A new authority that may speak for one computer.
pub fn make_authority(request: &AuthorityRequest) -> Result<Pair, CertificateError> {
    let names = request.names.iter().map(|name| dns_name(name)).collect::<Result<Vec<_>, _>>()?;
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "zarrcam");
    let common_name: String = request.common_name.chars().take(LONGEST_NAME).collect();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = time(request.now_unix_s - EARLIER_S)?;
    params.not_after = time(request.now_unix_s + VALID_DAYS * DAY_S)?;
    // Directly below it are servers, and nothing below these.
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(constraints(&names, &request.addresses));
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    Ok(Pair { certificate: params.self_signed(&key)?.pem(), key: key.serialize_pem() })
}
