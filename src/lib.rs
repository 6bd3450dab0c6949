pub mod courrier;
pub mod secrets;
pub mod utilisateurs;
