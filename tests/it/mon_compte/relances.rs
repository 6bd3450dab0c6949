use super::{LIEN, actions, corps, historique_vrai};
use crate::support::Portail;

const ZOE: &str = "zoe.aubert@test.example";
const PAUL: &str = "paul.gerant@test.example";

#[tokio::test]
async fn une_demande_se_relance_une_fois_par_jour() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let gp = portail.personne(PAUL).await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(mairie, gp).await;
    let demande = portail.demande(mairie, zoe, "gs", &[]).await;
    let mut acteur = portail.connecter(ZOE).await;
    let page = acteur.page("/mon-compte/rattachements").await;
    let page = page.formulaire("Relancer").envoyer(&mut acteur).await;
    page.statut(200)
        .contient("Votre demande est relancée.")
        .contient("Vous pourrez relancer de nouveau le");
    assert!(page.formulaire_eventuel("Relancer").is_none());
    let jour: String = sqlx::query_scalar("select to_char(aujourdhui(), 'DD/MM/YYYY')")
        .fetch_one(&portail.db)
        .await
        .expect("a day");
    let recus = portail.courriers_pour(PAUL).await;
    assert_eq!(recus.len(), 1);
    assert_eq!(
        recus[0].sujet,
        "Relance\u{202F}: Zoe Aubert attend votre décision sur Mairie de Terneuil"
    );
    assert_eq!(
        corps(&recus[0]).replace('\u{2060}', ""),
        format!(
            "Bonjour Paul Gerant,\n\n\
             Zoe Aubert (zoe.aubert@test.example) a demandé son rattachement à Mairie de Terneuil le {jour} et vous relance.\n\n\
             Rôle demandé\u{202F}: Gestionnaire secondaire\n\
             Périmètre\u{202F}: toute la structure\n\
             Commentaire\u{202F}: Je rejoins le service.\n\n\
             Pour consulter la demande, la valider ou la refuser\u{202F}:\n{LIEN}"
        )
    );
    let avant = portail.empreinte().await;
    let adresse = format!("/mon-compte/demandes/{demande}/relance");
    acteur
        .poster(&adresse, &[])
        .await
        .statut(409)
        .contient("vous pourrez la relancer de nouveau le");
    assert_eq!(portail.empreinte().await, avant);
    portail.avancer("25 hours").await;
    let mut acteur = portail.connecter(ZOE).await;
    acteur.poster(&adresse, &[]).await.statut(200);
    assert_eq!(portail.courriers_pour(PAUL).await.len(), 2);
    assert_eq!(
        actions(&portail, mairie).await,
        ["demande_relancee", "demande_relancee"]
    );
}

#[tokio::test]
async fn sans_decideur_il_n_y_a_personne_a_relancer() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let vide = portail.structure("Commune sans personne", 1, true).await;
    let demande = portail.demande(vide, zoe, "us", &[]).await;
    let mut acteur = portail.connecter(ZOE).await;
    acteur
        .poster(&format!("/mon-compte/demandes/{demande}/relance"), &[])
        .await
        .statut(409)
        .contient("Il n’y a personne à relancer");
    assert!(portail.courriers().await.is_empty());
}

#[tokio::test]
async fn une_demande_se_retire_et_les_decideurs_le_savent() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let gp = portail.personne(PAUL).await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(mairie, gp).await;
    let demande = portail.demande(mairie, zoe, "us", &[]).await;
    let mut acteur = portail.connecter(ZOE).await;
    let page = acteur.page("/mon-compte/rattachements").await;
    let confirmation = acteur.page(&page.lien("Retirer")).await;
    confirmation.statut(200).contient("Mairie de Terneuil");
    assert_eq!(confirmation.tous("#confirmation h1").len(), 1);
    let page = confirmation
        .formulaire("Retirer la demande")
        .envoyer(&mut acteur)
        .await;
    page.statut(200).contient("Votre demande est retirée.");
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement where statut = 'retiree'")
            .await,
        1
    );
    let recus = portail.courriers_pour(PAUL).await;
    assert_eq!(
        corps(&recus[0]),
        format!(
            "Bonjour Paul Gerant,\n\n\
             Zoe Aubert a retiré sa demande de rattachement à Mairie de Terneuil. Vous n’avez rien à faire.\n\n\
             Vos demandes en attente\u{202F}:\n{LIEN}"
        )
    );
    // Twice: nothing more. Reminding it: refused with what happened.
    let avant = portail.nombre("select count(*) from courriers").await;
    let adresse = format!("/mon-compte/demandes/{demande}");
    acteur
        .poster(&format!("{adresse}/retrait"), &[])
        .await
        .statut(200);
    acteur
        .poster(&format!("{adresse}/relance"), &[])
        .await
        .statut(409)
        .contient("Vous avez déjà retiré cette demande.");
    assert_eq!(
        portail.nombre("select count(*) from courriers").await,
        avant
    );
    assert_eq!(actions(&portail, mairie).await, ["demande_retiree"]);
    historique_vrai(&portail).await;
    // A new one may follow.
    let champs = [
        ("maille", "structure"),
        ("role", "us"),
        ("commentaire", "Encore"),
    ];
    acteur
        .poster(
            &format!("/mon-compte/rattachements/demande/{mairie}"),
            &champs,
        )
        .await
        .statut(200)
        .contient("Votre demande est envoyée.");
}

#[tokio::test]
async fn une_demande_decidee_entre_temps_ne_se_retire_plus() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let gp = portail.personne(PAUL).await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(mairie, gp).await;
    let demande = portail.demande(mairie, zoe, "us", &[]).await;
    sqlx::query(
        "update demandes_rattachement set statut = 'refusee', motif = 'Non', traitee_le = maintenant(), traitee_par = $2
         where id = $1",
    )
    .bind(demande)
    .bind(gp)
    .execute(&portail.db)
    .await
    .expect("a refusal");
    let avant = portail.empreinte().await;
    let mut acteur = portail.connecter(ZOE).await;
    for acte in ["retrait", "relance"] {
        acteur
            .poster(&format!("/mon-compte/demandes/{demande}/{acte}"), &[])
            .await
            .statut(409)
            .contient("Cette demande a déjà été traitée par Paul Gerant le");
    }
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn la_demande_d_un_autre_n_existe_pas() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let gp = portail.personne(PAUL).await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(mairie, gp).await;
    let demande = portail.demande(mairie, zoe, "us", &[]).await;
    let avant = portail.empreinte().await;
    // Even its decider: this page is the author's.
    let mut paul = portail.connecter(PAUL).await;
    let adresse = format!("/mon-compte/demandes/{demande}");
    paul.page(&format!("{adresse}/retrait")).await.statut(404);
    paul.poster(&format!("{adresse}/retrait"), &[])
        .await
        .statut(404);
    paul.poster(&format!("{adresse}/relance"), &[])
        .await
        .statut(404);
    assert_eq!(portail.empreinte().await, avant);
}
