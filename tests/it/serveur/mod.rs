//! The server on real sockets, its layers in process, and the pools.

mod adresse;
mod arret;
mod bassin;
mod connexions;
mod corps;
mod couches;
mod csrf;
mod outils;
mod sante;
mod tramage;
