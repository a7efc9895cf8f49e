use std::net::IpAddr;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, SanType,
};
use serde::Deserialize;

use crate::scope::{Scope, dns_name};
use crate::{CertificateError, DAY_S, EARLIER_S, Pair, time};

/// With the day before, still less than the 398 days that browsers take.
const VALID_DAYS: i64 = 396;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueRequest {
    pub authority: Pair,
    /// What `permitted` said that it may speak for.
    pub names: Vec<String>,
    pub addresses: Vec<IpAddr>,
    pub now_unix_s: i64,
}

/// A server's certificate with a new key, by the authority.
pub fn issue_certificate(request: &IssueRequest) -> Result<Pair, CertificateError> {
    let scope = Scope::of(&request.authority.certificate)?;
    let mut params = CertificateParams::default();
    for name in &request.names {
        let name = dns_name(name)?;
        if !scope.covers_name(&name) {
            return Err(CertificateError::NotPermitted(name));
        }
        params.subject_alt_names.push(SanType::DnsName(name.try_into()?));
    }
    for address in &request.addresses {
        if !scope.covers_address(address) {
            return Err(CertificateError::NotPermitted(address.to_string()));
        }
        params.subject_alt_names.push(SanType::IpAddress(*address));
    }
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "zarrcam");
    params.distinguished_name.push(DnType::CommonName, "zarrcam bridge");
    params.not_before = time(request.now_unix_s - EARLIER_S)?;
    params.not_after = time(request.now_unix_s + VALID_DAYS * DAY_S)?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let authority_key = KeyPair::from_pem(&request.authority.key).map_err(CertificateError::Key)?;
    let issuer = Issuer::from_ca_cert_pem(&request.authority.certificate, authority_key)
        .map_err(|error| CertificateError::Authority(error.to_string()))?;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    Ok(Pair { certificate: params.signed_by(&key, &issuer)?.pem(), key: key.serialize_pem() })
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::*;

    use super::*;
    use crate::{AuthorityRequest, make_authority};

    const NOW: i64 = 1_795_000_000;

    fn authority() -> Pair {
        let names = vec!["rig3".into()];
        make_authority(&AuthorityRequest {
            common_name: "zarrcam rig3".into(),
            names,
            addresses: vec![],
            now_unix_s: NOW,
        })
        .unwrap()
    }

    fn issue(authority: &Pair, names: &[&str], addresses: &[&str]) -> Result<Pair, CertificateError> {
        issue_certificate(&IssueRequest {
            authority: authority.clone(),
            names: names.iter().map(|name| name.to_string()).collect(),
            addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
            now_unix_s: NOW,
        })
    }

    #[test]
    fn a_certificate_is_the_authoritys_for_servers_and_for_as_long_as_browsers_take() {
        let authority = authority();
        let issued = issue(&authority, &["rig3", "rig3.local"], &["192.168.1.5", "fd00::5"]).unwrap();
        let (_, pem) = parse_x509_pem(issued.certificate.as_bytes()).unwrap();
        let (_, leaf) = parse_x509_certificate(&pem.contents).unwrap();
        let (_, pem) = parse_x509_pem(authority.certificate.as_bytes()).unwrap();
        let (_, root) = parse_x509_certificate(&pem.contents).unwrap();
        leaf.verify_signature(Some(root.public_key())).unwrap();
        assert_eq!(leaf.issuer(), root.subject());
        let validity = leaf.validity();
        assert!(validity.not_before.timestamp() < NOW);
        assert!(validity.not_after.timestamp() - validity.not_before.timestamp() <= 397 * DAY_S);
        assert!(!leaf.is_ca());
        assert_eq!(leaf.subject_alternative_name().unwrap().unwrap().value.general_names.len(), 4);
        let usage = leaf.extended_key_usage().unwrap().unwrap().value;
        assert!(usage.server_auth && !usage.client_auth);
        assert!(root.is_ca());
        assert_eq!(root.basic_constraints().unwrap().unwrap().value.path_len_constraint, Some(0));
        assert!(root.name_constraints().unwrap().unwrap().critical);
        assert!(root.basic_constraints().unwrap().unwrap().critical);
    }

    #[test]
    fn what_it_may_not_speak_for_it_does_not_sign() {
        let authority = authority();
        assert!(matches!(issue(&authority, &["example.com"], &[]), Err(CertificateError::NotPermitted(_))));
        assert!(matches!(issue(&authority, &["x.rig3"], &[]), Err(CertificateError::NotPermitted(_))));
        assert!(matches!(issue(&authority, &[], &["8.8.8.8"]), Err(CertificateError::NotPermitted(_))));
    }

    #[test]
    fn a_key_that_is_damaged_is_refused() {
        let mut authority = authority();
        authority.key = authority.key.replace('A', "!");
        assert!(matches!(issue(&authority, &["rig3"], &[]), Err(CertificateError::Key(_))));
    }
}
