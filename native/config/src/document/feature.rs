//! What a camera's own features are set to.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

/// What a feature is, or is to be: a number, whole or not; the name of a choice, or text; true or false.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(untagged)]
pub enum FeatureValue {
    /// Of a feature that is on or off.
    Flag(bool),
    /// Whole numbers are exact up to 2^53.
    Number(f64),
    /// A choice by its name, or text.
    Text(String),
}

impl fmt::Display for FeatureValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(out, "{flag}"),
            Self::Number(number) => write!(out, "{number}"),
            Self::Text(text) => write!(out, "{text}"),
        }
    }
}

impl<'de> Deserialize<'de> for FeatureValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;
        impl Visitor<'_> for Scalar {
            type Value = FeatureValue;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a number, text, true or false")
            }

            fn visit_bool<E: Error>(self, flag: bool) -> Result<FeatureValue, E> {
                Ok(FeatureValue::Flag(flag))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<FeatureValue, E> {
                Ok(FeatureValue::Number(number))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<FeatureValue, E> {
                Ok(FeatureValue::Number(number as f64))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<FeatureValue, E> {
                Ok(FeatureValue::Number(number as f64))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<FeatureValue, E> {
                Ok(FeatureValue::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Scalar)
    }
}
