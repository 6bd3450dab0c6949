//! People who come in: by their address, by file.

use anyhow::Result;

use crate::gestes::Visite;

const PAULINE: &str = "pauline.dufour@terneuil.example";
const LINE: &str = "line.neuve@terneuil.example";

/// From the screen of the gestionnaire, the short form: a known address is attached at once.
pub async fn rattacher_par_adresse(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/activites").await?;
    v.clic("Rattacher un utilisateur").await?;
    v.titre("Rattacher un utilisateur").await?;
    v.envoyer_vide("Soumettre").await?;
    v.remplir(
        "Adresse électronique de l’utilisateur",
        "jules.martin@example.org",
    )
    .await?;
    v.cocher("Rattacher à la structure").await?;
    v.clic("Soumettre").await?;
    v.lire("Jules Martin est rattaché(e) à").await?;
    v.console_calme().await
}

/// A file: its errors, its dry run, its application, nothing more the second time; then the account of a line.
pub async fn importer_un_fichier(v: Visite) -> Result<()> {
    let fichier = std::env::temp_dir().join(format!("equipe-{}.csv", v.script()));
    std::fs::write(
        &fichier,
        "Nom;Prénom;Adresse;Rôle;Services\n\
         Neuve;Line;line.neuve@terneuil.example;Utilisateur simple;Toute la structure\n\
         Neuve;Lou;pas une adresse;Utilisateur simple;Toute la structure\n",
    )?;
    v.devenir(PAULINE).await?;
    let structure = v.site.structure("14700985600138").await?;
    v.aller(&format!("/structures/{structure}/utilisateurs"))
        .await?;
    v.clic("Importer des utilisateurs").await?;
    v.envoyer_vide("Vérifier le fichier").await?;
    for fois in 0..2 {
        let chemin = fichier.to_string_lossy().into_owned();
        v.champ("Fichier CSV").await?.send_keys(chemin).await?;
        v.clic("Vérifier le fichier").await?;
        v.titre("Ce que l’import va faire").await?;
        if fois == 0 {
            v.lire("Compte à créer").await?;
            v.clic("Appliquer").await?;
            v.lire("L’import est appliqué.").await?;
            v.lire("Compte créé").await?;
            v.aller(&format!("/structures/{structure}/rattachement/import"))
                .await?;
        }
    }
    v.lire("Il n’y a rien à appliquer.").await?;
    std::fs::remove_file(&fichier)?;
    v.deconnecte().await?;
    v.suivre_le_courriel(LINE).await?;
    v.lire("Votre rattachement").await?;
    v.remplir("Mot de passe", "Tortue-argentee-57?").await?;
    v.clic("Activer mon compte").await?;
    v.lire("Vous êtes rattaché(e) à").await?;
    v.console_calme().await
}
