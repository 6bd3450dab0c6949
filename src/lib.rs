pub mod db;
pub mod serveur;
