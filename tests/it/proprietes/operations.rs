//! Everything that changes who may act for a structure. A new one is one line here.

use super::de::De;
use super::monde::{Acte, Etat, Monde, PERSONNES};
use crate::support::MOT_DE_PASSE;
use crate::support::monde::siret;

/// Draws who does it to what; `None` where there is nothing to do it to.
type Operation = fn(&Monde, &Etat, &mut De) -> Option<Acte>;

pub const OPERATIONS: [(&str, Operation); 26] = [
    ("deposer", deposer),
    ("retirer", |m, e, d| de_l_auteur(m, e, d, "retrait")),
    ("relancer", |m, e, d| de_l_auteur(m, e, d, "relance")),
    ("valider", valider),
    ("refuser", refuser),
    ("valider en lot", |m, e, d| lot(m, e, d, "valider")),
    ("refuser en lot", |m, e, d| lot(m, e, d, "refuser")),
    ("rattacher", rattacher),
    ("changer de role", changer_de_role),
    ("desactiver un utilisateur", |m, e, d| {
        membres(m, e, d, "desactiver")
    }),
    ("reactiver un utilisateur", |m, e, d| {
        membres(m, e, d, "reactiver")
    }),
    ("supprimer un utilisateur", |m, e, d| {
        membres(m, e, d, "supprimer")
    }),
    ("prolonger", prolonger),
    ("copier les droits", copier),
    ("transferer", transferer),
    ("programmer", programmer),
    ("annuler la passation", annuler),
    ("quitter", quitter),
    ("quitter et designer", succession),
    ("desactiver son compte", desactiver_son_compte),
    ("revenir", |m, e, d| Some(m.revenir(*d.parmi(&e.absents)?))),
    ("designer", |m, _, d| {
        Some(m.designer(d.sous(3), d.sous(PERSONNES.len())))
    }),
    ("fonder", fonder),
    ("travaux", |m, _, _| Some(m.travaux())),
    ("importer", |m, _, d| {
        Some(m.importer(d.sous(3), !d.une_fois_sur(3)))
    }),
    ("changer d’identifiant", changer_d_identifiant),
];

fn champ(nom: &str, valeur: impl ToString) -> (String, String) {
    (nom.to_owned(), valeur.to_string())
}

fn deposer(m: &Monde, _: &Etat, de: &mut De) -> Option<Acte> {
    let (structure, qui) = (&m.structures[de.sous(3)], de.sous(PERSONNES.len()));
    let mut champs = vec![
        champ("role", if de.une_fois_sur(3) { "gs" } else { "us" }),
        champ("commentaire", "Bonjour"),
    ];
    if de.une_fois_sur(2) {
        champs.push(champ("maille", "structure"));
    } else {
        champs.push(champ("maille", "services"));
        champs.push(champ("services", de.parmi(&structure.services)?));
    }
    let adresse = format!("/mon-compte/rattachements/demande/{}", structure.id);
    Some(m.poster(qui, adresse, champs))
}

/// A private structure that nobody knew; few identifiers, so that two people found the same one.
fn fonder(m: &Monde, _: &Etat, de: &mut De) -> Option<Acte> {
    let rang = 100 + u32::try_from(de.sous(6)).expect("few");
    let adresse = format!(
        "/structures/nouvelle?type_identifiant=SIRET&identifiant={}",
        siret(rang)
    );
    let champs = vec![
        champ("raison_sociale", format!("Fournil {rang}")),
        champ("adresse", "1 place Haute"),
        champ("code_postal", "69001"),
        champ("ville", "Lyon"),
        champ("privee", "oui"),
    ];
    Some(m.poster(de.sous(PERSONNES.len()), adresse, champs))
}

/// Rarely: the structure goes on under an identifier that this world does not act on.
fn changer_d_identifiant(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    if !de.une_fois_sur(4) {
        return None;
    }
    let structure = de.sous(3);
    let qui = m.gestionnaire(etat, structure, de);
    let rang = 200 + u32::try_from(de.sous(4)).expect("few");
    let adresse = format!(
        "/structures/{}/identifiant/confirmation",
        m.structures[structure].id
    );
    let champs = vec![
        champ("type_identifiant", "SIRET"),
        champ("identifiant", siret(rang)),
    ];
    Some(m.poster(qui, adresse, champs))
}

fn de_l_auteur(m: &Monde, etat: &Etat, de: &mut De, acte: &str) -> Option<Acte> {
    let demande = de.parmi(&etat.demandes)?;
    let adresse = format!("/mon-compte/demandes/{}/{acte}", demande.id);
    Some(m.poster(demande.auteur, adresse, Vec::new()))
}

/// The whole structure or one service, for ever or for two days.
fn octroi(m: &Monde, structure: usize, de: &mut De) -> Option<Vec<(String, String)>> {
    let mut champs = vec![
        champ("role", if de.une_fois_sur(2) { "gs" } else { "us" }),
        champ("date_debut", "2026-01-01"),
        champ("commentaire", "Oui."),
    ];
    if de.une_fois_sur(3) {
        champs.push(champ("date_fin", m.dans(2)));
    }
    if de.une_fois_sur(2) {
        champs.push(champ("structure", "oui"));
    } else {
        champs.push(champ(
            "services",
            de.parmi(&m.structures[structure].services)?,
        ));
    }
    Some(champs)
}

fn valider(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    let demande = de.parmi(&etat.demandes)?;
    let qui = m.gestionnaire(etat, demande.structure, de);
    let structure = m.structures[demande.structure].id;
    let adresse = format!("/structures/{structure}/demandes/{}/validation", demande.id);
    Some(m.poster(qui, adresse, octroi(m, demande.structure, de)?))
}

fn refuser(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    let demande = de.parmi(&etat.demandes)?;
    let qui = m.gestionnaire(etat, demande.structure, de);
    let structure = m.structures[demande.structure].id;
    let adresse = format!("/structures/{structure}/demandes/{}/refus", demande.id);
    Some(m.poster(qui, adresse, vec![champ("motif", "Non.")]))
}

/// All that is open, of every structure.
fn lot(m: &Monde, etat: &Etat, de: &mut De, decision: &str) -> Option<Acte> {
    let structure = de.parmi(&etat.demandes)?.structure;
    let qui = m.gestionnaire(etat, structure, de);
    let mut ids: Vec<String> = etat.demandes.iter().map(|d| d.id.to_string()).collect();
    if de.une_fois_sur(2) {
        ids.reverse();
    }
    let mut champs = vec![
        champ("ids", ids.join(",")),
        champ("decision", decision),
        champ("confirme", "1"),
    ];
    if decision == "refuser" {
        champs.push(champ("motif", "Non."));
    }
    Some(m.poster(qui, "/activites/demandes/lot", champs))
}

fn octroyer(m: &Monde, etat: &Etat, de: &mut De, structure: usize, a: usize) -> Option<Acte> {
    let qui = m.gestionnaire(etat, structure, de);
    let adresse = format!(
        "/structures/{}/rattachement/{}",
        m.structures[structure].id, m.personnes[a].id
    );
    Some(m.poster(qui, adresse, octroi(m, structure, de)?))
}

fn rattacher(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    let (structure, a) = (de.sous(3), de.sous(PERSONNES.len()));
    octroyer(m, etat, de, structure, a)
}

/// Somebody who is attached already.
fn changer_de_role(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    let membre = de.parmi(&etat.membres)?;
    octroyer(m, etat, de, membre.structure, membre.personne)
}

/// One user or all of a structure, by anybody of it.
fn membres(m: &Monde, etat: &Etat, de: &mut De, acte: &str) -> Option<Acte> {
    let structure = de.parmi(&etat.membres)?.structure;
    let qui = m.gestionnaire(etat, structure, de);
    let tous: Vec<_> = etat.de(structure).collect();
    let mut champs = if de.une_fois_sur(4) {
        tous.iter().map(|a| champ("id", a.rattachement)).collect()
    } else {
        vec![champ("id", de.parmi(&tous)?.rattachement)]
    };
    champs.extend([champ("acte", acte), champ("confirme", "1")]);
    let adresse = format!(
        "/structures/{}/utilisateurs/lot",
        m.structures[structure].id
    );
    Some(m.poster(qui, adresse, champs))
}

fn prolonger(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    let membre = de.parmi(&etat.membres)?;
    let qui = m.gestionnaire(etat, membre.structure, de);
    let adresse = format!(
        "/structures/{}/utilisateurs/{}/prolongation",
        m.structures[membre.structure].id, membre.rattachement
    );
    Some(m.poster(qui, adresse, vec![champ("date_fin", m.dans(5))]))
}

fn copier(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    let source = de.parmi(&etat.membres)?;
    let autres: Vec<_> = etat.de(source.structure).collect();
    let cible = de.parmi(&autres)?;
    let qui = m.gestionnaire(etat, source.structure, de);
    let adresse = format!(
        "/structures/{}/utilisateurs/{}/copie",
        m.structures[source.structure].id, source.rattachement
    );
    Some(m.poster(qui, adresse, vec![champ("vers", cible.rattachement)]))
}

fn vers_la_confirmation(m: &Monde, etat: &Etat, de: &mut De, dans: Option<i64>) -> Option<Acte> {
    let structure = de.sous(3);
    let qui = match etat.gp(structure) {
        Some(gp) if !de.une_fois_sur(5) => gp.personne,
        _ => m.gestionnaire(etat, structure, de),
    };
    let successeur = m.personnes[de.sous(PERSONNES.len())].id;
    let mut champs = vec![champ("successeur", successeur)];
    if let Some(jours) = dans {
        champs.push(champ("le", m.dans(jours)));
    }
    let adresse = format!(
        "/structures/{}/transfert/confirmation",
        m.structures[structure].id
    );
    Some(m.poster(qui, adresse, champs))
}

fn transferer(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    vers_la_confirmation(m, etat, de, None)
}

fn programmer(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    let jours = if de.une_fois_sur(2) { 1 } else { 3 };
    vers_la_confirmation(m, etat, de, Some(jours))
}

fn annuler(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    let (id, structure) = *de.parmi(&etat.passations)?;
    let qui = m.gestionnaire(etat, structure, de);
    let adresse = format!(
        "/structures/{}/transfert/annulation",
        m.structures[structure].id
    );
    Some(m.poster(qui, adresse, vec![champ("passation", id)]))
}

/// One rattachement, one of its services, or everything the person has.
fn quitter(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    let simples: Vec<_> = etat.membres.iter().filter(|m| !m.gp).collect();
    let membre = de.parmi(&simples)?;
    let lignes = match de.parmi(&membre.services) {
        Some(service) if de.une_fois_sur(2) => {
            vec![champ("ligne", format!("{}.{service}", membre.rattachement))]
        }
        _ if de.une_fois_sur(3) => {
            let siens = simples.iter().filter(|a| a.personne == membre.personne);
            siens.map(|a| champ("ligne", a.rattachement)).collect()
        }
        _ => vec![champ("ligne", membre.rattachement)],
    };
    let adresse = "/mon-compte/rattachements/suppression";
    Some(m.poster(membre.personne, adresse, lignes))
}

/// A GP leaves all his structures: the same successor, one for each, or the end of the structure.
fn succession(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    let gps: Vec<_> = etat.membres.iter().filter(|m| m.gp && m.valide).collect();
    let qui = de.parmi(&gps)?.personne;
    let siens: Vec<_> = gps.iter().filter(|g| g.personne == qui).collect();
    let lignes: Vec<String> = siens.iter().map(|g| g.rattachement.to_string()).collect();
    let mut champs = vec![champ("l", lignes.join(","))];
    for gp in siens {
        let seul = etat.de(gp.structure).filter(|a| a.valide).count() == 1;
        let choix = if de.une_fois_sur(if seul { 2 } else { 8 }) {
            "desactiver".to_owned()
        } else {
            m.personnes[de.sous(PERSONNES.len())].id.to_string()
        };
        champs.push(champ(
            &format!("c-{}", m.structures[gp.structure].id),
            choix,
        ));
    }
    let adresse = "/mon-compte/rattachements/succession/confirmation";
    Some(m.poster(qui, adresse, champs))
}

/// The structures he manages go to somebody, or are closed with him.
fn desactiver_son_compte(m: &Monde, etat: &Etat, de: &mut De) -> Option<Acte> {
    // Not too often: the world must not empty itself.
    if etat.absents.len() > 2 || de.une_fois_sur(2) {
        return None;
    }
    let qui = de.sous(PERSONNES.len());
    let siens: Vec<_> = etat
        .membres
        .iter()
        .filter(|g| g.gp && g.valide && g.personne == qui)
        .collect();
    let mot = champ("mot_de_passe", MOT_DE_PASSE);
    if siens.is_empty() {
        return Some(m.poster(qui, "/mon-compte/desactivation", vec![mot]));
    }
    let structures: Vec<String> = siens
        .iter()
        .map(|g| m.structures[g.structure].id.to_string())
        .collect();
    let mut champs = vec![
        mot,
        champ("g", structures.join(",")),
        champ("mode", "chacune"),
    ];
    for structure in structures {
        let choix = if de.une_fois_sur(4) {
            "desactiver".to_owned()
        } else {
            m.personnes[de.sous(PERSONNES.len())].id.to_string()
        };
        champs.push(champ(&format!("c-{structure}"), choix));
    }
    Some(m.poster(qui, "/mon-compte/desactivation/succession", champs))
}
