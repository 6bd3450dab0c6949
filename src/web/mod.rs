//! The web kernel: what every page needs and no feature owns.

pub mod statiques;
