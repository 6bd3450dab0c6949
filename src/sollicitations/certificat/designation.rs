//! The first gestionnaire principal of a structure that has none (R-STR-SANS-GP): an agent opens a request that nobody can
//! decide, chooses among those who wait, and the certificate of that person takes its usual way. A référent does so where the
//! structure goes through the PIGP, in his périmètres; what he prepared, the desk approves: the second agent is one of the support.

use super::envoi::envoyer_par;
use super::objet;
use crate::db::{DemandeId, SollicitationId, StructureId, Temps, Tx, UtilisateurId};
use crate::historique::Action;
use crate::sollicitations::depot::{self, Demandee};
use crate::sollicitations::machine;
use crate::sollicitations::{Categorie, ChangementGestionnaire, Destinataire, Identite, Traitant};
use crate::web::Erreur;

/// Those who wait that are shown, the oldest first.
const MONTREES: i64 = 50;

/// Somebody whose request waits on the structure.
pub struct Prete {
    pub id: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub login: String,
    pub depuis: Temps,
}

impl Prete {
    pub fn phrase(&self) -> String {
        format!(
            "{} {} ({}), demande déposée le {}",
            self.prenom,
            self.nom,
            self.login,
            self.depuis.jour()
        )
    }
}

/// A certificat that was not approved.
pub struct Refuse {
    pub le: Temps,
    /// As the agent said it.
    pub motif: String,
    /// Whom it named.
    pub nom: String,
}

/// A request that waits on a structure that nobody manages.
pub struct Attente {
    pub structure: StructureId,
    pub raison_sociale: String,
    pub identifiant: String,
    pub passe_par_pigp: bool,
    /// That covers the structure.
    pub perimetre: Option<String>,
    pub demandeur: UtilisateurId,
    pub commentaire: String,
    /// What is open already to name somebody there.
    pub dossier: Option<(SollicitationId, String)>,
    /// The last certificat refused since this request came.
    pub refus: Option<Refuse>,
    /// Those who may be named; the author of the request is one of them.
    pub pretes: Vec<Prete>,
}

/// The request, with the others of the same structure.
///
/// # Errors
/// `Introuvable`: nobody is told of it, it does not wait any more, or it is not a référent's, who sees the structures of his
/// périmètres that go through the PIGP. `Conflit`: somebody manages the structure.
pub async fn attente(
    tx: &mut Tx,
    traitant: &Traitant<'_>,
    demande: DemandeId,
) -> Result<Attente, Erreur> {
    let referent = match traitant {
        Traitant::Support(_) => None,
        Traitant::Referent(referent) => Some(referent.id()),
        Traitant::Structure(_) => return Err(Erreur::Introuvable),
    };
    let lue = sqlx::query!(
        r#"select s.id as "structure: StructureId", s.raison_sociale, s.identifiant, s.passe_par_pigp, v.nom as "perimetre?",
                  r.utilisateur_id as "demandeur: UtilisateurId", r.commentaire,
                  u.prenom || ' ' || u.nom as "gp?", o.id as "dossier?: SollicitationId", o.reference as "reference?",
                  temps(n.tranche_le) as "refuse_le?: Temps", n.tranche_motif as "refus?", n.nom as "refuse?"
           from demandes_sans_reponse d
           join demandes_rattachement r on r.id = d.id
           join structures s on s.id = d.structure_id
           left join rattachements g on g.id = s.gp_id
           left join utilisateurs u on u.id = g.utilisateur_id
           left join certificats c on c.structure_id = s.id and c.statut = 'envoye'
           left join sollicitations o on o.id = c.sollicitation_id
           left join structures_des_perimetres v on v.structure_id = s.id
           left join lateral (select x.tranche_le, x.tranche_motif, p.prenom || ' ' || p.nom as nom
                              from certificats x join utilisateurs p on p.id = x.successeur_id
                              where x.structure_id = s.id and x.statut = 'refuse' and x.tranche_le >= r.creee_le
                              order by x.tranche_le desc limit 1) n on true
           where d.id = $1
             and ($2::uuid is null
                  or s.passe_par_pigp and exists (select from referents_effectifs e
                                                  where e.perimetre_id = v.perimetre_id and e.utilisateur_id = $2))"#,
        demande.0,
        referent.map(|r| r.0)
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if let Some(gp) = lue.gp {
        return Err(Erreur::Conflit(format!(
            "{} a un gestionnaire principal, {gp}\u{202F}: il décide de cette demande.",
            lue.raison_sociale
        )));
    }
    let pretes = sqlx::query_as!(
        Prete,
        r#"select u.id as "id: UtilisateurId", u.prenom, u.nom, u.adresse_connexion as login, temps(d.creee_le) as "depuis!: Temps"
           from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id
           where d.structure_id = $1 and d.statut = 'en_cours_de_validation' and u.statut = 'actif' and u.equipe is null
           order by d.creee_le, d.id limit $2"#,
        lue.structure.0,
        MONTREES
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(Attente {
        structure: lue.structure,
        raison_sociale: lue.raison_sociale,
        identifiant: lue.identifiant,
        passe_par_pigp: lue.passe_par_pigp,
        perimetre: lue.perimetre,
        demandeur: lue.demandeur,
        commentaire: lue.commentaire,
        dossier: lue.dossier.zip(lue.reference),
        refus: lue
            .refuse_le
            .zip(lue.refus)
            .zip(lue.refuse)
            .map(|((le, motif), nom)| Refuse { le, motif, nom }),
        pretes,
    })
}

/// Opens the file in the name of `successeur` and sends him the certificate: he has it signed, and answers. A second agent,
/// of the support, approves. Answers the file.
///
/// # Errors
/// Those of [`attente`] and of `envoyer`; `Invalide` at `successeur`: not one of those who wait.
pub async fn proposer(
    tx: &mut Tx,
    traitant: &Traitant<'_>,
    demande: DemandeId,
    successeur: UtilisateurId,
    motif: &str,
) -> Result<SollicitationId, Erreur> {
    let vue = attente(tx, traitant, demande).await?;
    crate::rattachements::verrouiller(tx, &[vue.structure]).await?;
    let vue = attente(tx, traitant, demande).await?;
    let qui = match (traitant, &vue.perimetre) {
        (Traitant::Referent(_), Some(perimetre)) => format!("Le référent ({perimetre})"),
        _ => machine::SUPPORT.to_owned(),
    };
    if let Some((_, reference)) = vue.dossier {
        return Err(Erreur::Conflit(format!(
            "Un certificat est déjà envoyé pour cette structure\u{202F}: {reference}."
        )));
    }
    let choisie = vue
        .pretes
        .into_iter()
        .find(|p| p.id == successeur)
        .ok_or_else(|| {
            Erreur::champ(
                "successeur",
                "Choisissez une personne dont la demande attend.",
            )
        })?;
    let changement = ChangementGestionnaire {
        siret: vue.identifiant,
        raison_sociale: vue.raison_sociale,
        gp_inconnu: true,
        gp: Identite::default(),
        cible: Identite {
            login: choisie.login,
            nom: choisie.nom,
            prenom: choisie.prenom,
        },
    };
    let demandee = Demandee {
        destinataire: Destinataire::Support,
        categorie: Categorie::ChangementGestionnaire,
        sous_categorie: "",
        objet: objet(
            "Premier gestionnaire principal de",
            &changement.raison_sociale,
        ),
        texte: format!(
            "{} n’a pas de gestionnaire principal. {qui} propose que {} le devienne.",
            changement.raison_sociale,
            changement.cible.phrase()
        ),
        donnees: serde_json::to_value(&changement)?,
        siret: None,
        brouillon: None,
        piece: None,
    };
    let (sollicitation, reference) =
        depot::inscrire(tx, choisie.id, Some(vue.structure), &demandee).await?;
    let nom = format!("{} {}", changement.cible.prenom, changement.cible.nom);
    machine::noter(
        tx,
        traitant,
        &traitant.connecte().personne().nom_complet(),
        Some((choisie.id, &nom)),
        Action::SollicitationDeposee,
        (&reference, motif),
    )
    .await?;
    envoyer_par(tx, traitant, &qui, (sollicitation, motif)).await?;
    Ok(sollicitation)
}
