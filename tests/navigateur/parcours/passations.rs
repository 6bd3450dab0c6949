//! The role of gestionnaire principal on a chosen day, and the handover of a lycée (seed 000 §1).

use anyhow::{Result, ensure};

use crate::gestes::Visite;

const SORTANT: &str = "proviseur.sortant@ac-lyon.example";
const ENTRANT: &str = "proviseur.entrant@ac-lyon.example";
const LYCEE: &str = "LYCÉE DES TROIS FONTAINES";

/// So many days from now, as a field of this mode takes it: the script's date field wants the keys of its own format.
async fn remplir_le_jour(v: &Visite, jours: i32) -> Result<String> {
    let sql = "select (aujourdhui() + $1::text::int)::text";
    let le = v.site.valeur(sql, &jours.to_string()).await?;
    let champ = v.champ("Jour de la passation").await?;
    // A date field takes its value in one way only, whatever the language of the browser.
    v.pilote()
        .execute(
            "arguments[0].value = arguments[1]",
            vec![champ.to_json()?, serde_json::Value::String(le.clone())],
        )
        .await?;
    Ok(le)
}

pub async fn programmer_puis_annuler(v: Visite) -> Result<()> {
    v.devenir(SORTANT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Transférer le rôle de gestionnaire principal de LYCÉE")
        .await?;
    v.titre("Transférer le rôle de gestionnaire principal")
        .await?;
    // A day and nobody: both are asked for.
    v.cocher("À une date").await?;
    v.clic_dans("//main", "Valider").await?;
    v.css("[data-resume]").await?;
    v.lire("Choisissez le jour de la passation.").await?;
    v.cocher("Une autre personne, par son identifiant de connexion")
        .await?;
    v.remplir("Identifiant de connexion de l’utilisateur", ENTRANT)
        .await?;
    v.cocher("À une date").await?;
    remplir_le_jour(&v, 30).await?;
    v.clic_dans("//main", "Valider").await?;
    v.css("#confirmation").await?;
    v.lire("Programmer pour le").await?;
    v.lire("Adresse de connexion (login PIGP)").await?;
    v.confirmer("Programmer la passation").await?;
    v.lire("La passation est programmée.").await?;
    v.css("#passations").await?;

    // The other side sees it coming, and the fiche says it.
    v.devenir(ENTRANT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire("Vous deviendrez gestionnaire principal de LYCÉE DES TROIS FONTAINES")
        .await?;
    v.devenir("agent.fontaines@ac-lyon.example").await?;
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Ouvrir la fiche de LYCÉE").await?;
    v.lire("Passation programmée").await?;
    v.lire("Hélène Vasseur, le").await?;

    // He changes his mind.
    v.devenir(SORTANT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.confirmation("Annuler la passation de LYCÉE").await?;
    v.confirmer("Annuler la passation").await?;
    v.lire("La passation est annulée.").await?;
    v.sans("Passations programmées").await?;
    v.ouvrir_le_courriel(ENTRANT, "est annulée").await?;
    v.console_calme().await
}

/// She asks, he hands over by her login, she leaves her old collège to her deputy.
pub async fn le_lycee_change_de_proviseur(v: Visite) -> Result<()> {
    v.devenir(ENTRANT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Demander un rattachement").await?;
    v.remplir("Identifiant, raison sociale ou ville", "19690199500015")
        .await?;
    v.clic("Rechercher").await?;
    v.lire(LYCEE).await?;
    v.css("a[href^='/mon-compte/rattachements/demande/']")
        .await?
        .click()
        .await?;
    v.lire("Votre demande").await?;
    v.cocher("Toute la structure").await?;
    v.remplir("Commentaire", "Je dirige le lycée depuis la rentrée.")
        .await?;
    v.clic("Envoyer la demande").await?;
    v.lire("Votre demande est envoyée.").await?;

    v.devenir(SORTANT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.cocher("Sélectionner le rattachement à LYCÉE").await?;
    v.confirmation("Supprimer mes rattachements").await?;
    v.cocher("Supprimer le rattachement à LYCÉE").await?;
    v.confirmer("Valider").await?;
    v.titre("Sélectionner un gestionnaire principal").await?;
    v.lire("Adresse de connexion (login PIGP) de la personne")
        .await?;
    v.cocher("Une autre personne, par son identifiant de connexion")
        .await?;
    v.remplir("Identifiant de connexion de l’utilisateur", ENTRANT)
        .await?;
    v.clic_dans("//main", "Valider").await?;
    v.css("#confirmation").await?;
    v.lire("Sa demande de rattachement en cours est validée en même temps.")
        .await?;
    v.confirmer("Confirmer").await?;
    v.lire("C’est fait.").await?;

    // Her old collège: the handover in twelve days is not awaited, the deputy has it at once.
    v.devenir(ENTRANT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.cocher("Sélectionner le rattachement à COLLÈGE").await?;
    v.confirmation("Supprimer mes rattachements").await?;
    v.cocher("Supprimer le rattachement à COLLÈGE").await?;
    v.confirmer("Valider").await?;
    v.titre("Sélectionner un gestionnaire principal").await?;
    v.cocher("Rémi Chauvet").await?;
    v.clic_dans("//main", "Valider").await?;
    v.css("#confirmation").await?;
    v.lire("n’aura pas lieu").await?;
    v.confirmer("Confirmer").await?;
    v.lire("C’est fait.").await?;
    v.cocher("Sélectionner le rattachement à COLLÈGE").await?;
    v.confirmation("Supprimer mes rattachements").await?;
    v.cocher("Supprimer le rattachement à COLLÈGE").await?;
    v.confirmer("Valider").await?;
    v.lire("C’est fait.").await?;
    let lignes = v
        .pilote()
        .find_all(thirtyfour::By::Css("#rattachements tbody tr"))
        .await?;
    ensure!(lignes.len() == 1, "the lycée alone");
    v.console_calme().await
}
