//! All that tests this crate from outside, in one program: to compile and link one for each file took minutes.

mod acquire_documents;
mod common;
mod fields;
mod parse;
mod properties;
mod resolve;
mod validate;
