//! The demo world itself: spec §11 and §13 « Demo », names from the seeds.

mod abc;
mod academies;
mod divers;
mod sollicitations;
mod terneuil;

use super::monde::Monde;

/// Always the same world, up to the ids.
pub(super) fn monde() -> Monde {
    let mut m = Monde::default();
    terneuil::ajouter(&mut m);
    divers::ajouter(&mut m);
    academies::ajouter(&mut m);
    abc::ajouter(&mut m);
    sollicitations::ajouter(&mut m);
    m.vie_des_structures();
    m.signalements();
    m
}
