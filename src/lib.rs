//! Vantail.

// Templates name our functions by the crate's name, so that tests may extend the same templates.
extern crate self as vantail;

pub mod web;
