//! What the pages read of a certificate.

use super::envoi::Nomme;
use crate::acces::Support;
use crate::db::{CertificatId, PieceId, SollicitationId, StructureId, Temps, Tx, UtilisateurId};
use crate::web::Erreur;

#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Statut {
    Envoye,
    Execute,
    Refuse,
}

impl Statut {
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Envoye => "Envoyé",
            Self::Execute => "Exécuté",
            Self::Refuse => "Refusé",
        }
    }

    pub fn genre(self) -> &'static str {
        match self {
            Self::Envoye => "attente",
            Self::Execute => "succes",
            Self::Refuse => "erreur",
        }
    }
}

/// The last certificate of a sollicitation, as the desk reads it.
pub struct Certificat {
    pub id: CertificatId,
    pub sollicitation: SollicitationId,
    /// Of the sollicitation.
    pub reference: String,
    pub structure: StructureId,
    pub raison_sociale: String,
    pub successeur: Nomme,
    pub ancien: Option<Nomme>,
    pub statut: Statut,
    pub motif: String,
    pub envoye_par: UtilisateurId,
    pub envoye_par_nom: String,
    /// He is a référent, who named the first gestionnaire principal of a structure of his périmètres.
    pub par_un_referent: bool,
    pub envoye_le: Temps,
    pub tranche_par_nom: Option<String>,
    pub tranche_motif: Option<String>,
    pub tranche_le: Option<Temps>,
    /// Reference of the contestation that is still open.
    pub contestee: Option<String>,
    /// Who treated the contestation: not the agent who approves afterwards.
    pub(super) contestation_agent: Option<UtilisateurId>,
}

impl Certificat {
    /// « Martine Ballet (référent) ».
    pub fn expediteur(&self) -> String {
        if self.par_un_referent {
            format!("{} (référent)", self.envoye_par_nom)
        } else {
            self.envoye_par_nom.clone()
        }
    }
}

/// `None`: none was sent yet.
///
/// # Errors
/// Those of the database.
pub async fn lire(
    tx: &mut Tx,
    _: &Support,
    sollicitation: SollicitationId,
) -> Result<Option<Certificat>, Erreur> {
    let lu = sqlx::query!(
        r#"select c.id as "id: CertificatId", c.structure_id as "structure: StructureId", t.raison_sociale, f.reference,
                  c.statut as "statut: Statut", c.motif, c.envoye_par as "envoye_par: UtilisateurId",
                  e.prenom || ' ' || e.nom as "envoye_par_nom!", e.equipe is not distinct from 'referent' as "par_un_referent!",
                  temps(c.envoye_le) as "envoye_le!: Temps",
                  d.prenom || ' ' || d.nom as "tranche_par_nom?", c.tranche_motif, temps(c.tranche_le) as "tranche_le: Temps",
                  s.id as "successeur: UtilisateurId", s.prenom || ' ' || s.nom as "successeur_nom!",
                  s.adresse_connexion as successeur_login, s.adresse_contact as successeur_adresse,
                  a.id as "ancien?: UtilisateurId", a.prenom || ' ' || a.nom as "ancien_nom?",
                  a.adresse_connexion as "ancien_login?", a.adresse_contact as "ancien_adresse?",
                  case when o.statut not in ('resolue', 'close') then o.reference end as contestee,
                  o.prise_en_charge_par as "contestation_agent?: UtilisateurId"
           from certificats c
           join sollicitations f on f.id = c.sollicitation_id
           join structures t on t.id = c.structure_id
           join utilisateurs e on e.id = c.envoye_par
           join utilisateurs s on s.id = c.successeur_id
           left join utilisateurs a on a.id = c.ancien_id
           left join utilisateurs d on d.id = c.tranche_par
           left join sollicitations o on o.id = c.contestation_id
           where c.sollicitation_id = $1
           order by c.envoye_le desc, c.id desc limit 1"#,
        sollicitation.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(lu.map(|l| Certificat {
        id: l.id,
        sollicitation,
        reference: l.reference,
        structure: l.structure,
        raison_sociale: l.raison_sociale,
        successeur: Nomme {
            id: l.successeur,
            nom_complet: l.successeur_nom,
            login: l.successeur_login,
            adresse_contact: l.successeur_adresse,
        },
        ancien: l.ancien.map(|id| Nomme {
            id,
            nom_complet: l.ancien_nom.unwrap_or_default(),
            login: l.ancien_login.unwrap_or_default(),
            adresse_contact: l.ancien_adresse.unwrap_or_default(),
        }),
        statut: l.statut,
        motif: l.motif,
        envoye_par: l.envoye_par,
        envoye_par_nom: l.envoye_par_nom,
        par_un_referent: l.par_un_referent,
        envoye_le: l.envoye_le,
        tranche_par_nom: l.tranche_par_nom,
        tranche_motif: l.tranche_motif,
        tranche_le: l.tranche_le,
        contestee: l.contestee,
        contestation_agent: l.contestation_agent,
    }))
}

/// A file that its author joined since the certificate left, and that can be read: the signed one is among them.
pub struct Signee {
    pub id: PieceId,
    pub nom: String,
    pub deposee_le: Temps,
}

/// The newest first.
///
/// # Errors
/// Those of the database.
pub async fn signees(tx: &mut Tx, certificat: &Certificat) -> Result<Vec<Signee>, Erreur> {
    Ok(sqlx::query_as!(
        Signee,
        r#"select p.id as "id: PieceId", p.nom, temps(p.deposee_le) as "deposee_le!: Temps"
           from pieces_jointes p join sollicitations s on s.id = p.sollicitation_id
           where s.id = $1 and p.deposant_id = s.emetteur_id and p.deposee_le >= (select c.envoye_le from certificats c where c.id = $2)
             and p.antivirus in ('aucune', 'saine') and p.effacee_le is null
           order by p.deposee_le desc, p.id desc"#,
        certificat.sollicitation.0,
        certificat.id.0
    )
    .fetch_all(&mut **tx)
    .await?)
}
