use super::adresse;
use crate::abonnements::{JULIE, LEA, MAX, Monde};
use crate::support::instructions;

fn valeur(page: &crate::support::page::PageLue, espace: &str, droit: &str) -> Vec<String> {
    let fin = format!(".{droit}");
    let milieu = format!(".{espace}.");
    page.attributs("select[name=cellule] option", "value")
        .into_iter()
        .filter(|v| v.contains(&milieu) && v.ends_with(&fin))
        .collect()
}

#[tokio::test]
async fn la_matrice_montre_chacun_et_d_ou_viennent_ses_droits() {
    let mut m = Monde::nouveau().await;
    m.portail
        .abonnement(m.r_julie, None, "factures_a_valider", "consultation")
        .await;
    let (page, instructions) =
        instructions::compter(m.gp.page(&adresse(&m, "/utilisateurs"))).await;
    assert!(instructions <= 8, "{instructions} statements");
    page.statut(200)
        .contient("Julie Bon")
        .contient(MAX)
        .contient("Par : rôle")
        .contient("Par : accordé à la personne");
    let entetes = page.tous("#matrice thead th");
    assert_eq!(entetes[..2], ["Utilisateur", "Rôle"]);
    assert!(entetes.contains(&"Factures à valider".to_owned()));
    // Every choice is named aloud.
    let noms = page.tous("select[name=cellule]");
    assert!(!noms.is_empty());
    // What the role gives is not taken away here.
    assert!(valeur(&page, "factures_recues", "aucun").is_empty());
    let csv = m.gp.lire(&adresse(&m, "/utilisateurs.csv")).await;
    csv.statut(200);
    assert!(
        csv.corps
            .contains("Julie Bon;julie.bon@test.example;Utilisateur simple")
    );
    assert!(
        csv.corps
            .contains("Factures à valider;Consultation;accordé à la personne")
    );
}

#[tokio::test]
async fn les_differences_se_montrent_puis_s_enregistrent_ensemble() {
    let mut m = Monde::nouveau().await;
    let page = m.gp.page(&adresse(&m, "/utilisateurs")).await;
    let julie = m.r_julie.to_string();
    let max = m.r_max.to_string();
    let de = |r: &str| {
        valeur(&page, "factures_a_valider", "modification")
            .into_iter()
            .find(|v| v.starts_with(r))
            .expect("a choice")
    };
    let (a, b) = (de(&julie), de(&max));
    let avant = m.portail.empreinte().await;
    let champs = [("cellule", a.as_str()), ("cellule", b.as_str())];
    let confirmation = m.gp.poster(&adresse(&m, "/utilisateurs"), &champs).await;
    confirmation
        .statut(200)
        .contient("2 personnes concernées aujourd’hui")
        .contient("Factures à valider : aucun accès → modification")
        .contient("Factures à valider (Achats) : aucun accès → modification");
    assert_eq!(avant, m.portail.empreinte().await);
    confirmation
        .formulaire("Enregistrer")
        .envoyer(&mut m.gp)
        .await
        .statut(200)
        .contient("Les espaces sont enregistrés.");
    assert_eq!(
        m.en_plus(JULIE).await,
        ["factures_a_valider modification *"]
    );
    assert_eq!(
        m.en_plus(MAX).await,
        ["factures_a_valider modification ACH"]
    );
    for qui in [JULIE, MAX] {
        let courriers = m.portail.courriers_pour(qui).await;
        assert_eq!(
            courriers.last().expect("a mail").sujet,
            "Des espaces de Mairie de Terneuil vous sont ouverts"
        );
    }
    assert_eq!(
        m.actions().await,
        ["abonnements_regles", "abonnements_regles"]
    );
    // The same form again: the cells are not what it shows any more.
    let champs = [("cellule", a.as_str()), ("confirme", "1")];
    let avant = m.portail.empreinte().await;
    m.gp.poster(&adresse(&m, "/utilisateurs"), &champs)
        .await
        .statut(409)
        .contient("viennent d’être modifiés");
    assert_eq!(avant, m.portail.empreinte().await);
    // And back to nothing.
    let retour = a.replace(".aucun.modification", ".modification.aucun");
    let champs = [("cellule", retour.as_str()), ("confirme", "1")];
    m.gp.poster(&adresse(&m, "/utilisateurs"), &champs)
        .await
        .statut(200);
    assert!(m.en_plus(JULIE).await.is_empty());
    let courriers = m.portail.courriers_pour(JULIE).await;
    assert_eq!(
        courriers.last().expect("a mail").sujet,
        "Des espaces de Mairie de Terneuil vous sont retirés"
    );
}

#[tokio::test]
async fn une_case_hors_de_portee_ou_trop_basse_est_refusee() {
    let mut m = Monde::nouveau().await;
    let (ailleurs, _, _) = crate::activites::ailleurs(&m.portail).await;
    let etranger = m.portail.personne("etranger.canari@test.example").await;
    let etranger = m.portail.rattacher(ailleurs, etranger, "us", &[]).await;
    let julie = m.r_julie;
    let avant = m.portail.empreinte().await;
    let envois = [
        format!("{etranger}.factures_a_valider.aucun.modification"),
        format!("{julie}.factures_recues.modification.aucun"),
        format!("{julie}.activites_du_gestionnaire.aucun.modification"),
        format!("{julie}.factures_a_valider.aucun.aucun"),
        format!("{julie}.factures_a_valider.aucun.tout"),
        format!("{julie}.factures_a_valider"),
        "12".to_owned(),
    ];
    for envoi in envois {
        let champs = [("cellule", envoi.as_str()), ("confirme", "1")];
        let page = m.gp.poster(&adresse(&m, "/utilisateurs"), &champs).await;
        page.statut(422).ne_contient_pas("Canari");
    }
    m.gp.poster(&adresse(&m, "/utilisateurs"), &[])
        .await
        .statut(422);
    // A gestionnaire secondaire does not set his own espaces.
    let id = m.portail.id(LEA).await;
    let lea: uuid::Uuid = sqlx::query_scalar(
        "select id from rattachements where utilisateur_id = $1 and structure_id = $2",
    )
    .bind(id)
    .bind(m.mairie)
    .fetch_one(&m.portail.db)
    .await
    .expect("a rattachement");
    let sienne = format!("{lea}.factures_a_valider.aucun.modification");
    let champs = [("cellule", sienne.as_str()), ("confirme", "1")];
    m.lea
        .poster(&adresse(&m, "/utilisateurs"), &champs)
        .await
        .statut(422)
        .contient("vos propres espaces");
    assert_eq!(avant, m.portail.empreinte().await);
    assert!(
        !m.gp
            .page(&adresse(&m, "/utilisateurs"))
            .await
            .texte()
            .contains("Canari")
    );
}
