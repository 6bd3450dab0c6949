//! Creating, modifying, activating and deactivating a service. Each act locks the structure, reads the rights again, and
//! writes one line of the historique.

use time::{Date, PrimitiveDateTime};

use super::saisie::Voulu;
use crate::acces::{Connecte, Lien, StructureVue};
use crate::db::{ServiceId, StructureId, Temps, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures::{gerer, structure_entiere};
use crate::web::{Erreur, texte};

/// Creates a service; whoever manages some services only creates none.
///
/// # Errors
/// `Invalide` at `code` when the structure has it already, at `engagement_obligatoire` for a private structure.
pub async fn creer(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    code: &str,
    voulu: &Voulu,
) -> Result<StructureVue, Erreur> {
    let (vue, lien) = gerer(tx, auteur, structure).await?;
    structure_entiere(&lien.droits)?;
    public_seulement(&vue, voulu)?;
    let cree = inserer(tx, structure, code, voulu, true).await?;
    if !cree {
        return Err(Erreur::champ(
            "code",
            "Un service de cette structure a déjà ce code.",
        ));
    }
    let mut changements = vec![Changement::new("Code du service", "", code)];
    changements.extend(en_creant(voulu));
    noter(
        tx,
        auteur,
        structure,
        Action::ServiceCree,
        code,
        changements,
    )
    .await?;
    Ok(vue)
}

/// Answers false when the structure has this code already.
pub(super) async fn inserer(
    tx: &mut Tx,
    structure: StructureId,
    code: &str,
    voulu: &Voulu,
    actif: bool,
) -> Result<bool, Erreur> {
    let inseres = sqlx::query!(
        "insert into services (id, structure_id, code, libelle, description, engagement_obligatoire, actif, date_debut, date_fin)
         values ($1, $2, $3, $4, $5, $6, $9, $7::timestamp at time zone 'Europe/Paris', debut_du_jour($8::date + 1))
         on conflict on constraint services_code do nothing",
        ServiceId::nouveau().0,
        structure.0,
        code,
        voulu.libelle,
        voulu.description,
        voulu.engagement_obligatoire,
        voulu.debut,
        voulu.dernier_jour,
        actif
    )
    .execute(&mut **tx)
    .await?;
    Ok(inseres.rows_affected() == 1)
}

/// What a new service has, for the historique.
pub(super) fn en_creant(voulu: &Voulu) -> Vec<Changement> {
    let mut changements = vec![
        Changement::new("Libellé", "", &*voulu.libelle),
        Changement::new("Début d’activation", "", en_mots(voulu.debut)),
    ];
    if let Some(description) = &voulu.description {
        changements.push(Changement::new("Description", "", &**description));
    }
    if let Some(fin) = voulu.dernier_jour {
        changements.push(Changement::new("Fin d’activation", "", texte::date(fin)));
    }
    if voulu.engagement_obligatoire {
        changements.push(Changement::new(
            "Numéro d’engagement obligatoire",
            "",
            "Oui",
        ));
    }
    changements
}

/// What is written of a service, whichever way it is changed.
#[derive(Clone, Debug)]
pub(super) struct Ecrit {
    pub id: ServiceId,
    pub code: String,
    pub libelle: String,
    pub description: Option<String>,
    pub engagement_obligatoire: bool,
    pub actif: bool,
    /// In Paris, to the second.
    pub debut: PrimitiveDateTime,
    pub dernier_jour: Option<Date>,
}

impl Ecrit {
    /// Before → after of every value that differs. The activation date is compared to the minute: no field shows more.
    pub(super) fn changements(&self, voulu: &Voulu) -> Vec<Changement> {
        let mut changements = Vec::new();
        let mut comparer = |champ: &str, avant: String, apres: String| {
            if avant != apres {
                changements.push(Changement::new(champ, avant, apres));
            }
        };
        let oui = |vrai: bool| if vrai { "Oui" } else { "Non" }.to_owned();
        let jour = |jour: Option<Date>| jour.map(texte::date).unwrap_or_default();
        comparer("Libellé", self.libelle.clone(), voulu.libelle.clone());
        comparer(
            "Description",
            self.description.clone().unwrap_or_default(),
            voulu.description.clone().unwrap_or_default(),
        );
        comparer(
            "Début d’activation",
            en_mots(self.debut),
            en_mots(voulu.debut),
        );
        comparer(
            "Fin d’activation",
            jour(self.dernier_jour),
            jour(voulu.dernier_jour),
        );
        comparer(
            "Numéro d’engagement obligatoire",
            oui(self.engagement_obligatoire),
            oui(voulu.engagement_obligatoire),
        );
        changements
    }
}

/// Modifies everything but the code. Answers the code, and whether anything changed.
///
/// # Errors
/// `Introuvable`: outside the services of the rattachement. `Invalide` as for a creation.
pub async fn modifier(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    service: ServiceId,
    voulu: &Voulu,
) -> Result<bool, Erreur> {
    let (vue, lien) = gerer(tx, auteur, structure).await?;
    let avant = verrouille(tx, &lien, structure, service).await?;
    public_seulement(&vue, voulu)?;
    let changements = avant.changements(voulu);
    if changements.is_empty() {
        return Ok(false);
    }
    ecrire(tx, &avant, voulu, avant.actif).await?;
    noter(
        tx,
        auteur,
        structure,
        Action::ServiceModifie,
        &avant.code,
        changements,
    )
    .await?;
    Ok(true)
}

pub(super) async fn ecrire(
    tx: &mut Tx,
    avant: &Ecrit,
    voulu: &Voulu,
    actif: bool,
) -> Result<(), Erreur> {
    // Seconds that no field shows are kept where the minute is the same.
    let debut = (en_mots(avant.debut) != en_mots(voulu.debut)).then_some(voulu.debut);
    sqlx::query!(
        "update services set libelle = $2, description = $3, engagement_obligatoire = $4, actif = $7,
                date_debut = coalesce($5::timestamp at time zone 'Europe/Paris', date_debut),
                date_fin = debut_du_jour($6::date + 1)
         where id = $1",
        avant.id.0,
        voulu.libelle,
        voulu.description,
        voulu.engagement_obligatoire,
        debut,
        voulu.dernier_jour,
        actif
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What became of a change of state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Bascule {
    Faite {
        libelle: String,
    },
    /// Somebody did it, or the same click twice.
    DejaFaite {
        libelle: String,
    },
}

/// Activates or deactivates by hand. Requests that name the service stay open: what is decided is final, this is not.
///
/// # Errors
/// `Introuvable`: outside the services of the rattachement. `Conflit`: activating a service whose end has passed.
pub async fn basculer(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    service: ServiceId,
    actif: bool,
) -> Result<Bascule, Erreur> {
    let (_, lien) = gerer(tx, auteur, structure).await?;
    let avant = verrouille(tx, &lien, structure, service).await?;
    if avant.actif == actif {
        return Ok(Bascule::DejaFaite {
            libelle: avant.libelle,
        });
    }
    let termine = sqlx::query_scalar!(
        r#"update services set actif = $2 where id = $1
           returning temps(case when date_fin <= maintenant() then date_fin - interval '1 microsecond' end) as "termine: Temps""#,
        service.0,
        actif
    )
    .fetch_one(&mut **tx)
    .await?;
    if let Some(fin) = termine.filter(|_| actif) {
        return Err(Erreur::Conflit(format!(
            "Ce service s’est terminé le {}\u{202F}: changez d’abord sa date de fin.",
            fin.jour()
        )));
    }
    let mot = |actif| if actif { "Actif" } else { "Désactivé" };
    let action = if actif {
        Action::ServiceActive
    } else {
        Action::ServiceDesactive
    };
    let changements = vec![Changement::new("Statut", mot(avant.actif), mot(actif))];
    noter(tx, auteur, structure, action, &avant.code, changements).await?;
    Ok(Bascule::Faite {
        libelle: avant.libelle,
    })
}

/// The service as it is, within the reach. The structure is locked, hence nobody changes it meanwhile but an import,
/// which locks it too.
async fn verrouille(
    tx: &mut Tx,
    lien: &Lien,
    structure: StructureId,
    service: ServiceId,
) -> Result<Ecrit, Erreur> {
    sqlx::query_as!(
        Ecrit,
        r#"select s.id as "id: ServiceId", s.code, s.libelle, s.description, s.engagement_obligatoire, s.actif,
                  date_trunc('second', s.date_debut at time zone 'Europe/Paris') as "debut!",
                  ((s.date_fin - interval '1 microsecond') at time zone 'Europe/Paris')::date as dernier_jour
           from services s
           where s.structure_id = $1 and s.id = $2
             and ($3 or exists (select from services_effectifs e where e.rattachement_id = $4 and e.service_id = s.id))"#,
        structure.0,
        service.0,
        lien.droits.maille_structure,
        lien.rattachement.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// « Le numéro d'engagement est obligatoire » is for public structures (seed 004).
fn public_seulement(vue: &StructureVue, voulu: &Voulu) -> Result<(), Erreur> {
    if voulu.engagement_obligatoire && !vue.publique {
        return Err(Erreur::champ(
            "engagement_obligatoire",
            "Seule une structure publique peut exiger un numéro d’engagement.",
        ));
    }
    Ok(())
}

/// JJ/MM/AAAA à HH:MM.
pub(super) fn en_mots(instant: PrimitiveDateTime) -> String {
    format!(
        "{} à {:02}:{:02}",
        texte::date(instant.date()),
        instant.hour(),
        instant.minute()
    )
}

pub(super) fn entree(
    auteur: &Connecte,
    structure: StructureId,
    action: Action,
    code: &str,
    changements: Vec<Changement>,
) -> Entree {
    Entree {
        structure: Some(structure),
        action,
        concerne: None,
        demande: None,
        details: Details {
            acteur: auteur.personne().nom_complet(),
            commentaire: format!("Service {code}"),
            changements,
            ..Details::default()
        },
    }
}

async fn noter(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    action: Action,
    code: &str,
    changements: Vec<Changement>,
) -> Result<(), Erreur> {
    let entree = entree(auteur, structure, action, code, changements);
    historique::noter(tx, auteur, entree).await?;
    Ok(())
}
