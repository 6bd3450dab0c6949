//! The form of the fiche, as typed and as read.

use serde::Deserialize;

use super::{Moa, Modifiable};
use crate::identifiants::{AdresseElectronique, CodePostal, telephone};
use crate::web::Erreurs;

/// The form as typed. What the kind of structure does not have is absent; sent all the same, it is refused.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieModification {
    /// The values that were shown.
    pub empreinte: String,
    pub raison_sociale: Option<String>,
    pub adresse: String,
    pub complement_adresse_1: String,
    pub complement_adresse_2: String,
    pub code_postal: String,
    pub ville: String,
    pub telephone: String,
    pub courriel: String,
    pub gestion_service: String,
    pub gestion_engagement: String,
    pub gestion_service_engagement: String,
    pub gestion_statut_mise_en_paiement: String,
    pub moa: Option<String>,
}

/// Longest line of an address, in characters (as the import).
const LIGNE_MAX: usize = 255;

impl SaisieModification {
    pub fn de(fiche: &Modifiable) -> Self {
        let texte = |valeur: &Option<String>| valeur.clone().unwrap_or_default();
        let case = |vrai: bool| if vrai { "oui" } else { "" }.to_owned();
        Self {
            empreinte: fiche.empreinte(),
            raison_sociale: (!fiche.publique).then(|| fiche.raison_sociale.clone()),
            adresse: texte(&fiche.adresse),
            complement_adresse_1: texte(&fiche.complement_adresse_1),
            complement_adresse_2: texte(&fiche.complement_adresse_2),
            code_postal: texte(&fiche.code_postal),
            ville: texte(&fiche.ville),
            telephone: texte(&fiche.telephone),
            courriel: texte(&fiche.courriel),
            gestion_service: case(fiche.gestion_service),
            gestion_engagement: case(fiche.gestion_engagement),
            gestion_service_engagement: case(fiche.gestion_service_engagement),
            gestion_statut_mise_en_paiement: case(fiche.gestion_statut_mise_en_paiement),
            moa: fiche.publique.then(|| Moa::de(fiche).code().to_owned()),
        }
    }

    /// What the fiche becomes. A value that was there before and is not touched is kept as it is: imports know other forms.
    ///
    /// # Errors
    /// At the fields.
    pub fn lire(&self, avant: &Modifiable) -> Result<Modifiable, Erreurs> {
        let mut erreurs = Erreurs::default();
        let mut apres = avant.clone();
        let intact = |saisi: &str, avant: &Option<String>| {
            saisi.trim() == avant.as_deref().unwrap_or_default().trim()
        };
        self.lire_l_adresse(&mut apres, avant, &mut erreurs);
        if !intact(&self.telephone, &avant.telephone) {
            apres.telephone = erreurs.lire("telephone", telephone(&self.telephone));
        }
        if !intact(&self.courriel, &avant.courriel) {
            apres.courriel = if self.courriel.trim().is_empty() {
                None
            } else {
                AdresseElectronique::lire(&self.courriel)
                    .map_err(|phrase| erreurs.ajouter("courriel", phrase))
                    .ok()
                    .map(|a| a.as_str().to_owned())
            };
        }
        if avant.publique {
            self.lire_les_parametres(&mut apres, avant, &mut erreurs);
        } else {
            self.lire_l_identite(&mut apres, &mut erreurs);
        }
        erreurs.verdict()?;
        Ok(apres)
    }

    fn lire_l_adresse(&self, apres: &mut Modifiable, avant: &Modifiable, erreurs: &mut Erreurs) {
        apres.adresse = erreurs.ligne_facultative("adresse", &self.adresse, LIGNE_MAX);
        apres.complement_adresse_1 = erreurs.ligne_facultative(
            "complement_adresse_1",
            &self.complement_adresse_1,
            LIGNE_MAX,
        );
        apres.complement_adresse_2 = erreurs.ligne_facultative(
            "complement_adresse_2",
            &self.complement_adresse_2,
            LIGNE_MAX,
        );
        apres.ville = erreurs.ligne_facultative("ville", &self.ville, 100);
        let ancien = avant.code_postal.as_deref().unwrap_or_default();
        if self.code_postal.trim().is_empty() {
            apres.code_postal = None;
        } else if self.code_postal.trim() != ancien {
            apres.code_postal = CodePostal::lire(&self.code_postal)
                .ok()
                .filter(|c| avant.code_pays != "FR" || c.departement().is_some())
                .map(|c| c.as_str().to_owned());
            if apres.code_postal.is_none() {
                erreurs.ajouter(
                    "code_postal",
                    "Saisissez un code postal de 5 chiffres, par exemple 69001.",
                );
            }
        }
        // Asked for when a private structure is created: what it has cannot be emptied.
        for (champ, manque, phrase) in [
            (
                "adresse",
                avant.adresse.is_some() && apres.adresse.is_none(),
                "Saisissez l’adresse\u{202F}: numéro et voie.",
            ),
            (
                "ville",
                avant.ville.is_some() && apres.ville.is_none(),
                "Saisissez la ville.",
            ),
        ] {
            if !avant.publique && manque {
                erreurs.ajouter(champ, phrase);
            }
        }
    }

    fn lire_l_identite(&self, apres: &mut Modifiable, erreurs: &mut Erreurs) {
        apres.raison_sociale = erreurs.ligne(
            "raison_sociale",
            self.raison_sociale.as_deref().unwrap_or_default(),
            255,
            "Saisissez la raison sociale.",
        );
        let parametres = [
            &self.gestion_service,
            &self.gestion_engagement,
            &self.gestion_service_engagement,
            &self.gestion_statut_mise_en_paiement,
        ];
        if self.moa.is_some() || parametres.iter().any(|p| !p.is_empty()) {
            erreurs.ajouter(
                "",
                "Une structure privée n’a pas les paramètres d’une structure publique.",
            );
        }
    }

    fn lire_les_parametres(
        &self,
        apres: &mut Modifiable,
        avant: &Modifiable,
        erreurs: &mut Erreurs,
    ) {
        if self.raison_sociale.is_some() {
            erreurs.ajouter(
                "",
                "La raison sociale d’une structure publique vient de l’annuaire\u{202F}: elle ne se modifie pas ici.",
            );
        }
        apres.gestion_service = self.gestion_service == "oui";
        apres.gestion_engagement = self.gestion_engagement == "oui";
        apres.gestion_service_engagement = self.gestion_service_engagement == "oui";
        apres.gestion_statut_mise_en_paiement = self.gestion_statut_mise_en_paiement == "oui";
        match Moa::TOUS
            .into_iter()
            .find(|m| Some(m.code()) == self.moa.as_deref())
        {
            Some(moa) => {
                apres.est_moa = moa != Moa::Non;
                apres.est_moa_uniquement = moa == Moa::Uniquement;
            }
            None => erreurs.ajouter("moa", "Dites si la structure est maître d’ouvrage."),
        }
        if apres.gestion_service_engagement && (apres.gestion_service || apres.gestion_engagement) {
            erreurs.ajouter(
                "gestion_service_engagement",
                "«\u{202F}L’un ou l’autre\u{202F}» ne se combine pas avec un code service ou un numéro d’engagement déjà obligatoire\u{202F}: décochez l’un des deux.",
            );
        }
        if apres.gestion_service && !avant.gestion_service && !avant.a_un_service {
            erreurs.ajouter(
                "gestion_service",
                "Cette structure n’a aucun service actif\u{202F}: aucune facture ne pourrait en nommer un. Créez d’abord un service.",
            );
        }
    }
}
