pub mod identifiants;
pub mod imports;
