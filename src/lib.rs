pub mod identifiants;
