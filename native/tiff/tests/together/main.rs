//! All that tests this crate from outside, in one program: to compile and link one for each file took minutes.

mod hostile;
mod kinds;
