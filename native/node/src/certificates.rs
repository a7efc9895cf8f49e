use napi::Result;
use napi_derive::napi;
use zarrcam_certificates::CertificateError;
use zarrcam_runtime::{ErrorCode, RuntimeError};

use crate::json;

#[napi]
pub fn make_authority(request_json: String) -> Result<String> {
    let pair = zarrcam_certificates::make_authority(&json::read("request", &request_json)?).map_err(error)?;
    json::text(&pair)
}

#[napi]
pub fn permitted_names(request_json: String) -> Result<String> {
    let permitted = zarrcam_certificates::permitted(&json::read("request", &request_json)?).map_err(error)?;
    json::text(&permitted)
}

#[napi]
pub fn issue_certificate(request_json: String) -> Result<String> {
    let pair = zarrcam_certificates::issue_certificate(&json::read("request", &request_json)?).map_err(error)?;
    json::text(&pair)
}

fn error(error: CertificateError) -> napi::Error {
    json::error(RuntimeError::new(ErrorCode::InvalidParams, format!("{error}.")))
}
