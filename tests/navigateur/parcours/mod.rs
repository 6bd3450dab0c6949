//! The journeys, each with JavaScript and without.

mod abonnements;
mod aide;
mod certificats;
mod clavier;
mod compte;
mod connexion;
mod decisions;
mod demandes;
mod departs;
mod entrees;
mod equipe;
mod inscription;
mod passations;
mod referents;
mod rentree;
mod securite;
mod sollicitations;
mod structures;
mod utilisateurs;
mod vie_des_structures;

use crate::lanceur::{Mode, Scenario};

/// A scenario is an `async fn(Visite) -> Result<()>`.
macro_rules! parcours {
    ($($module:ident :: $nom:ident),* $(,)?) => {
        vec![$((
            concat!(stringify!($module), "::", stringify!($nom)),
            (|v| Box::pin($module::$nom(v))) as fn(crate::gestes::Visite) -> crate::lanceur::Suite,
        )),*]
    };
}

pub fn tous() -> Vec<Scenario> {
    let parcours = parcours![
        connexion::entrer_et_sortir,
        aide::poser_une_question,
        aide::annoncer_a_tous,
        aide::entrer_par_les_domaines,
        equipe::laisser_voir_ses_ecrans,
        equipe::creer_le_compte_d_un_agent,
        equipe::dire_a_tous_et_ouvrir_un_espace,
        connexion::activer_son_compte,
        connexion::mot_de_passe_oublie,
        demandes::demander_suivre_valider,
        demandes::refuser_avec_motif_et_redemander,
        demandes::refuser_en_lot,
        demandes::traiter_la_suivante,
        demandes::valider_et_rattacher_un_autre,
        abonnements::demander_decider_voir,
        abonnements::refuser_puis_retirer,
        compte::se_desactiver_et_revenir,
        compte::modifier_ses_informations,
        departs::passer_la_main_puis_partir,
        departs::desactiver_la_structure,
        departs::lire_l_historique,
        passations::programmer_puis_annuler,
        passations::le_lycee_change_de_proviseur,
        entrees::rattacher_par_adresse,
        entrees::importer_un_fichier,
        inscription::quatre_etapes_jusqu_a_la_connexion,
        inscription::fonder_une_structure_privee,
        inscription::pour_une_autre_personne,
        referents::demander_un_compte_et_l_activer,
        securite::activer_puis_se_connecter_avec_un_code,
        securite::changer_d_adresse_de_connexion,
        sollicitations::mon_gestionnaire_est_parti,
        sollicitations::ecrire_a_une_structure,
        sollicitations::ecrire_au_support,
        certificats::remplacer_puis_contester,
        certificats::designer_le_premier,
        certificats::le_referent_designe_le_premier,
        rentree::le_chef_vient_d_une_autre_academie,
        rentree::sans_acces_au_pigp,
        referents::transmettre_a_un_autre,
        rentree::un_personnel_de_la_meme_academie,
        rentree::un_personnel_d_une_autre_academie,
        structures::modifier_la_fiche,
        structures::vie_d_un_service,
        structures::importer_des_services,
        structures::desactiver_puis_reactiver,
        decisions::annuler_une_decision,
        decisions::dix_demandes_au_clavier,
        decisions::ouvrir_un_espace_a_tous,
        decisions::regler_la_matrice,
        utilisateurs::desactiver_puis_reactiver,
        utilisateurs::gerer_les_droits,
        utilisateurs::creer_un_compte,
        vie_des_structures::compte_bancaire_et_mandat,
        vie_des_structures::utilisateur_technique,
        vie_des_structures::changer_d_identifiant,
        clavier::tout_au_clavier,
    ];
    let mut scenarios = Vec::new();
    for (nom, suite) in parcours {
        for (mode, suffixe) in [
            (Mode::Script, "avec_script"),
            (Mode::SansScript, "sans_script"),
        ] {
            scenarios.push(Scenario {
                nom: format!("{nom}::{suffixe}"),
                mode,
                suite,
            });
        }
    }
    scenarios
}
