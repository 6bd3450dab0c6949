//! Five hundred decisions in one act, and their undo.

use crate::commun::centiles;
use crate::commun::lot::LOT;
use crate::commun::pages::CHARGE;
use crate::instance::Instance;
use crate::objectifs::Objectifs;

const TOURS: usize = 7;
/// Milliseconds.
const MAXIMUM: f64 = 1000.0;

pub async fn decider(instance: &Instance, objectifs: &mut Objectifs) {
    let lecteur = instance.lecteur(CHARGE).await;
    let client = lecteur.client();
    let (mut decidees, mut annulees) = (Vec::new(), Vec::new());
    for _ in 0..TOURS {
        let envoi = instance.monde.decision().await;
        decidees.push(client.poster(&envoi.adresse, envoi.corps).await);
        let envoi = instance.monde.annulation().await;
        annulees.push(client.poster(&envoi.adresse, envoi.corps).await);
    }
    let taille = instance.monde.taille;
    let (decision, decision_haute) = centiles(decidees);
    let (annulation, annulation_haute) = centiles(annulees);
    println!(
        "{taille} structures: {LOT} decisions {decision:.0} ms (longest {decision_haute:.0}), their undo {annulation:.0} ms (longest \
         {annulation_haute:.0})"
    );
    objectifs.noter(
        &format!("{LOT} decisions in one act ≤ {MAXIMUM} ms"),
        format!("{decision:.0} ms at {taille}"),
        decision <= MAXIMUM,
    );
}
