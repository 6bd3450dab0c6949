//! The states of the pages: errors, empty and long lists, windows, results, refusals.

use anyhow::{Result, ensure};

use super::Revue;
use crate::gestes::Visite;

const ZAHRA: &str = "zahra.hamou@example.org";
const PAULINE: &str = "pauline.dufour@terneuil.example";
const MARC: &str = "marc.orsini@pietralba.example";
const DEMANDE: &str =
    "select d.id::text from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id
     where u.adresse_connexion = $1 and d.statut = 'en_cours_de_validation' limit 1";

/// Each form sent empty: 422, the same words above and beside the fields.
pub async fn formulaires(v: Visite) -> Result<()> {
    let mut revue = Revue::nouvelle(&v, "formulaires")?;
    for (chemin, bouton) in [
        ("/connexion", "Se connecter"),
        ("/activation/renvoi", "Recevoir un nouveau lien"),
        ("/mot-de-passe-oublie", "Recevoir le lien"),
    ] {
        v.aller(chemin).await?;
        v.envoyer_vide(bouton).await?;
        revue.voir(&format!("{chemin} 422")).await?;
    }
    v.suivre_le_courriel("jamais.active@a.example").await?;
    v.envoyer_vide("Activer mon compte").await?;
    revue.voir("activation 422").await?;
    v.aller("/activation/inconnu").await?;
    revue.voir("activation, dead link").await?;
    v.devenir(ZAHRA).await?;
    v.aller("/mon-compte/mot-de-passe").await?;
    v.envoyer_vide("Enregistrer").await?;
    revue.voir("password 422").await?;
    let ccas = v.site.structure("14700985600138").await?;
    v.aller(&format!("/mon-compte/rattachements/demande/{ccas}"))
        .await?;
    v.envoyer_vide("Envoyer la demande").await?;
    revue.voir("request 422").await?;
    v.devenir(PAULINE).await?;
    let demande = v
        .site
        .valeur(DEMANDE, "sophie.lambert@terneuil.example")
        .await?;
    let ecran = format!("/structures/{ccas}/demandes/{demande}");
    v.aller(&ecran).await?;
    v.champ("Commentaire").await?.clear().await?;
    v.champ("Date de début de validité").await?.clear().await?;
    v.envoyer_vide("Valider").await?;
    revue.voir("decision 422").await?;
    v.aller(&format!("{ecran}/refus")).await?;
    v.envoyer_vide("Valider le refus").await?;
    revue.voir("refusal 422").await?;
    revue
        .aller(&format!("/structures/{ccas}/rattachement?recherche=1"))
        .await?;
    v.aller(&format!("/structures/{ccas}/transfert")).await?;
    v.envoyer_vide("Valider").await?;
    revue.voir("transfer 422").await?;
    de_la_structure(&v, &mut revue, &ccas).await?;
    revue.conclure().await
}

/// The fiche, a service, an import and its dry run.
async fn de_la_structure(v: &Visite, revue: &mut Revue, ccas: &str) -> Result<()> {
    v.aller(&format!("/structures/{ccas}/modification")).await?;
    v.remplir("Téléphone", "demain").await?;
    v.cocher("L’un ou l’autre est obligatoire").await?;
    v.envoyer_vide("Enregistrer").await?;
    revue.voir("fiche of a structure 422").await?;
    v.aller("/services/nouveau").await?;
    v.envoyer_vide("Soumettre").await?;
    revue.voir("service 422").await?;
    v.aller(&format!("/structures/{ccas}/services/import"))
        .await?;
    v.envoyer_vide("Vérifier le fichier").await?;
    revue.voir("import of services 422").await?;
    let lignes = "Code;Libelle;DateFin\nACH;Service des achats;31/12/2100\nNEUF;Service neuf;\n;Sans code;\nJUR;Service juridique;";
    v.remplir("Lignes du fichier", lignes).await?;
    v.clic("Vérifier le fichier").await?;
    v.titre("Ce que l’import change").await?;
    revue.voir("import of services, dry run").await?;
    v.clic("Appliquer").await?;
    v.lire("L’import est appliqué.").await?;
    revue.voir("import of services, applied").await
}

/// The steps of « Créer un compte », and every answer to an identifier.
pub async fn inscription(v: Visite) -> Result<()> {
    let mut revue = Revue::nouvelle(&v, "inscription")?;
    for (chemin, suite) in [
        ("/inscription/autre-personne", "Sa structure"),
        ("/inscription", "Votre structure"),
    ] {
        v.deconnecte().await?;
        v.aller(chemin).await?;
        v.envoyer_vide("Continuer").await?;
        revue.voir(&format!("{chemin} 422")).await?;
        v.remplir("Adresse électronique de connexion", "lucie.b@example.org")
            .await?;
        v.remplir("Prénom", "Lucie").await?;
        v.remplir("Nom", "Bernard").await?;
        if chemin.contains("autre") {
            v.remplir("Vos prénom et nom", "Ange Casanova").await?;
        }
        v.clic("Continuer").await?;
        v.titre(suite).await?;
        revue.voir(&format!("{chemin} step 2")).await?;
    }
    v.envoyer_vide("Vérifier l’identifiant").await?;
    revue.voir("identifier 422").await?;
    sqlx::query("update structures set statut = 'inactive' where identifiant = '21200136600013'")
        .execute(&v.site.app().db)
        .await?;
    for (identifiant, titre) in [
        ("21200136600013", "Cette structure est désactivée"),
        ("19690199500015", "Le compte se demande au référent"),
        ("13002526500013", "n’est pas enregistrée"),
    ] {
        v.aller("/inscription/structure").await?;
        v.remplir("Identifiant de la structure", identifiant)
            .await?;
        v.clic("Vérifier l’identifiant").await?;
        v.lire(titre).await?;
        revue.voir(titre).await?;
    }
    v.remplir("Identifiant de la structure", "73282932000074")
        .await?;
    v.clic("Vérifier l’identifiant").await?;
    v.titre("La fiche de votre structure").await?;
    revue.voir("fiche").await?;
    v.envoyer_vide("Continuer").await?;
    revue.voir("fiche 422").await?;
    v.aller("/inscription/structure").await?;
    v.remplir("Identifiant de la structure", "14700985600138")
        .await?;
    v.clic("Vérifier l’identifiant").await?;
    v.titre("Votre demande de rattachement").await?;
    revue.voir("request of a visitor").await?;
    v.envoyer_vide("Continuer").await?;
    revue.voir("request of a visitor 422").await?;
    v.cocher("Toute la structure").await?;
    v.remplir("Commentaire", "J’arrive aux achats.").await?;
    v.clic("Continuer").await?;
    v.titre("Vérifiez et validez").await?;
    revue.voir("check answers").await?;
    v.clic("Valider la création de mon compte").await?;
    v.titre("Consultez votre messagerie").await?;
    revue.voir("mail sent").await?;
    v.devenir(ZAHRA).await?;
    revue
        .aller("/structures/nouvelle?type_identifiant=SIRET&identifiant=14700985600138")
        .await?;
    v.aller("/structures/nouvelle?type_identifiant=SIRET&identifiant=73282932000074")
        .await?;
    v.envoyer_vide("Créer la structure").await?;
    revue.voir("new structure 422").await?;
    revue
        .aller("/mon-compte/rattachements/demande?q=73282932000074&cp=")
        .await?;
    revue.conclure().await
}

/// Empty, one line, many; long names; the window; a result.
pub async fn listes(v: Visite) -> Result<()> {
    let mut revue = Revue::nouvelle(&v, "listes")?;
    v.devenir(PAULINE).await?;
    revue.aller("/activites?dr.par=50&h.par=50").await?;
    revue
        .aller("/activites?dr.page=2&dr.tri=demandeur-asc")
        .await?;
    revue
        .aller("/activites?dr.q=introuvable&h.q=introuvable")
        .await?;
    revue.aller("/activites?ms.q=introuvable").await?;
    revue.aller("/annuaire?q=introuvable").await?;
    revue.aller("/annuaire?par=100").await?;
    v.devenir("proviseur.entrant@ac-lyon.example").await?;
    revue.aller("/activites").await?;
    revue.aller("/").await?;
    // A name as long as the column holds, and nowhere to break it.
    sqlx::query("update structures set raison_sociale = $1 where identifiant = '21200223200016'")
        .bind(
            format!("SYNDICAT{} DE {}", "X".repeat(80), "PIETRALBA ".repeat(16))
                .chars()
                .take(255)
                .collect::<String>(),
        )
        .execute(&v.site.app().db)
        .await?;
    sqlx::query("update utilisateurs set nom = $1 where adresse_connexion = $2")
        .bind("Montmorency-Laval-".repeat(4))
        .bind(ZAHRA)
        .execute(&v.site.app().db)
        .await?;
    v.devenir(MARC).await?;
    revue.aller("/activites").await?;
    revue.aller("/mon-compte/rattachements").await?;
    let longue = v.site.structure("21200223200016").await?;
    revue.aller(&format!("/structures/{longue}")).await?;
    let demande = v.site.valeur(DEMANDE, ZAHRA).await?;
    revue
        .aller(&format!("/structures/{longue}/demandes/{demande}"))
        .await?;
    v.devenir(ZAHRA).await?;
    revue.aller("/").await?;
    revue.aller("/mon-compte/rattachements").await?;
    v.devenir(PAULINE).await?;
    v.aller("/activites").await?;
    v.envoyer_vide("Valider la sélection").await?;
    revue.voir("nothing ticked").await?;
    v.aller("/activites?dr.tri=date-desc").await?;
    v.cocher("Sélectionner la demande de Hugo Perrin").await?;
    v.cocher("Sélectionner la demande de Inès Da Costa").await?;
    v.clic("Refuser la sélection").await?;
    v.css("dialog #confirmation").await?;
    revue.voir("bulk window").await?;
    v.remplir("Motif du refus", "Affectations annulées.")
        .await?;
    v.clic_dans("//dialog", "Refuser 2 demandes").await?;
    v.css("[data-resultat]").await?;
    revue.voir("bulk result").await?;
    revue.conclure().await
}

/// 403, 404, 409; the page of a session that has ended.
pub async fn refus(v: Visite) -> Result<()> {
    let mut revue = Revue::nouvelle(&v, "refus")?;
    revue.aller("/nulle-part").await?;
    v.devenir(ZAHRA).await?;
    revue.aller("/nulle-part").await?;
    let structure = v.site.structure("21200223200016").await?;
    let demande = v.site.valeur(DEMANDE, ZAHRA).await?;
    v.devenir("us@a.example").await?;
    let a = v.site.structure("26381207500012").await?;
    v.aller(&format!("/structures/{a}/rattachement")).await?;
    ensure!(
        v.pilote().title().await?.contains("403"),
        "a US may not attach"
    );
    revue.voir("403").await?;
    v.devenir(MARC).await?;
    let ecran = format!("/structures/{structure}/demandes/{demande}");
    v.aller(&ecran).await?;
    // Meanwhile its author takes it back.
    sqlx::query("update demandes_rattachement set statut = 'retiree', traitee_le = maintenant(), traitee_par = utilisateur_id where id = $1::text::uuid")
        .bind(&demande)
        .execute(&v.site.app().db)
        .await?;
    v.clic("Valider").await?;
    v.titre("").await?;
    ensure!(
        v.pilote().title().await?.contains("409"),
        "it was taken back: {}",
        v.pilote().title().await?
    );
    revue.voir("409").await?;
    revue.aller(&ecran).await?;
    revue.conclure().await
}
