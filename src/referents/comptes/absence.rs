use super::actes::{Acte, Annonce, Tenu, noter, prevenir, tenir};
use crate::acces::Referent;
use crate::db::{Tx, UtilisateurId};
use crate::historique::{Action, Changement};
use crate::rattachements::{self, Geste};
use crate::utilisateurs::{self, Statut, Tuteur};
use crate::web::Erreur;

fn geste<'a>(
    referent: &Referent,
    acteur: &'a str,
    commentaire: &'a str,
    motif: &'a str,
) -> Geste<'a> {
    Geste {
        auteur: referent.into(),
        acteur,
        commentaire,
        motif,
    }
}

async fn annoncer(
    tx: &mut Tx,
    referent: &Referent,
    tenu: &Tenu,
    acte: &Acte<'_>,
    (titre, phrase): (&'static str, String),
) -> Result<(), Erreur> {
    let nom = tenu.nom_complet();
    // The structures have the lines of their rattachements; this one is about the account.
    let ligne = noter(tx, referent, (tenu.id, &nom), &[], acte).await?;
    let annonce = Annonce {
        titre,
        phrase,
        changements: &acte.changements,
        motif: acte.motif,
    };
    let adresses = [tenu.connexion.as_str(), &tenu.contact];
    prevenir(tx, ligne, (tenu.id, &nom), &adresses, &annonce).await
}

fn statut(avant: Statut, apres: Statut) -> Vec<Changement> {
    vec![Changement::new(
        "Statut du compte",
        avant.libelle(),
        apres.libelle(),
    )]
}

/// Deactivates it: rattachements stop, requests are withdrawn, sessions and links end. Answers the name.
///
/// # Errors
/// `Introuvable`; `Conflit`: deactivated already, or gestionnaire principal somewhere: the way out is said.
pub async fn desactiver(
    tx: &mut Tx,
    referent: &Referent,
    id: UtilisateurId,
    motif: &str,
) -> Result<String, Erreur> {
    let tenu = tenir(tx, referent, id).await?;
    if tenu.statut == Statut::Inactif {
        return Err(Erreur::Conflit("Ce compte est déjà désactivé.".to_owned()));
    }
    let (nom, acteur) = (tenu.nom_complet(), referent.personne().nom_complet());
    let commentaire = "Compte désactivé par le référent";
    let geste = geste(referent, &acteur, commentaire, motif);
    rattachements::suspendre_d_office(tx, &geste, (id, &nom), &tenu.structures).await?;
    let fin = utilisateurs::suspendre(tx, id).await?;
    let acte = Acte {
        motif,
        action: Action::ComptePigpDesactive,
        changements: statut(tenu.statut, Statut::Inactif),
    };
    let phrase = format!(
        "{acteur}, référent ({}), a désactivé votre compte. Il peut le réactiver jusqu’au {}\u{202F}; vos données sont ensuite effacées.",
        tenu.perimetre_nom,
        fin.jour()
    );
    annoncer(
        tx,
        referent,
        &tenu,
        &acte,
        ("Votre compte est désactivé", phrase),
    )
    .await?;
    tracing::info!(evenement = "compte_pigp_desactive", utilisateur = %id, "compte");
    Ok(nom)
}

/// Brings it back, with the rattachements that stopped with it; never as gestionnaire principal (decisions 4). Answers the name.
///
/// # Errors
/// `Introuvable`; `Conflit`: not deactivated, or for more than 60 days.
pub async fn reactiver(
    tx: &mut Tx,
    referent: &Referent,
    id: UtilisateurId,
    motif: &str,
) -> Result<String, Erreur> {
    let tenu = tenir(tx, referent, id).await?;
    let apres = utilisateurs::rappeler(tx, id, Tuteur::Referent)
        .await?
        .ok_or_else(|| {
            Erreur::Conflit(
                "Ce compte n’est pas désactivé, ou l’est depuis plus de 60 jours.".to_owned(),
            )
        })?;
    let (nom, acteur) = (tenu.nom_complet(), referent.personne().nom_complet());
    let geste = geste(referent, &acteur, "Compte réactivé par le référent", motif);
    let retrouvailles = rattachements::retrouver(tx, id, &nom, &geste).await?;
    let mut changements = statut(tenu.statut, apres);
    for (structure, role) in &retrouvailles.retrouves {
        changements.push(Changement::new(structure, "", *role));
    }
    for (structure, quoi) in &retrouvailles.perdus {
        changements.push(Changement::new(structure, "", *quoi));
    }
    let acte = Acte {
        motif,
        action: Action::ComptePigpReactive,
        changements,
    };
    let phrase = format!(
        "{acteur}, référent ({}), a réactivé votre compte.",
        tenu.perimetre_nom
    );
    annoncer(
        tx,
        referent,
        &tenu,
        &acte,
        ("Votre compte est réactivé", phrase),
    )
    .await?;
    tracing::info!(evenement = "compte_pigp_reactive", utilisateur = %id, "compte");
    Ok(nom)
}
