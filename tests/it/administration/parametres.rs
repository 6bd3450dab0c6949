use super::{ADELE, BRUNO, monde};
use crate::support::courses::ensemble;
use crate::support::{instructions, rondes};

const ICI: &str = "/administration/parametres";

#[tokio::test]
async fn un_message_a_tous_parait_sur_chaque_page_et_s_en_va() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let page = adele.page("/administration").await;
    let page = adele.page(&page.lien("Paramètres du portail")).await;
    page.formulaire("Enregistrer")
        .remplir("bandeau", "Le portail s’arrête ce soir de 20 h à 21 h.")
        .remplir("operator_contact", "01 02 03 04 05")
        .remplir("domaines_marche", "https://marches.example/")
        .remplir("motif", "Maintenance de nuit.")
        .envoyer(&mut adele)
        .await
        .statut(200)
        .contient("Les paramètres sont enregistrés.");
    let mut anonyme = portail.anonyme();
    anonyme
        .page("/connexion")
        .await
        .contient("Le portail s’arrête ce soir de 20 h à 21 h.");
    anonyme
        .page("/mentions-legales")
        .await
        .contient("01 02 03 04 05");
    adele.page("/domaines").await.contient("Marché");
    adele
        .page("/administration/journal")
        .await
        .contient("Paramètres modifiés")
        .contient("Maintenance de nuit.")
        .contient("Contact de l’exploitant\u{202F}: 01 02 03 04 05");
    // Another process shows it once it has read them again.
    let autre = vantail::App::new(portail.db.clone(), crate::support::config());
    assert_eq!(autre.parametres().bandeau, None);
    autre.relire_les_parametres().await.expect("the parameters");
    assert!(autre.parametres().bandeau.is_some());

    let page = adele.page(ICI).await;
    page.formulaire("Enregistrer")
        .remplir("bandeau", "")
        .remplir("motif", "C’est fini.")
        .envoyer(&mut adele)
        .await
        .statut(200);
    anonyme
        .page("/connexion")
        .await
        .ne_contient_pas("Le portail s’arrête");
    assert_eq!(portail.nombre("select count(*) from parametres").await, 2);
}

#[tokio::test]
async fn un_parametre_faux_est_dit_au_champ_et_ne_change_rien() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let page = adele.page(ICI).await;
    let avant = portail.empreinte().await;
    let long = "x".repeat(301);
    for (champ, valeur) in [
        ("bandeau", long.as_str()),
        ("help_community", "communaute.example"),
        ("help_community", "javascript:alert(1)"),
        ("domaines_marche", "https://"),
        ("motif", " "),
    ] {
        let formulaire = page
            .formulaire("Enregistrer")
            .remplir("hosting_provider", "Hébergeur")
            .remplir("motif", "Essai.")
            .remplir(champ, valeur);
        let refus = formulaire.envoyer(&mut adele).await;
        refus.statut(422);
        assert!(refus.erreur_de(champ).is_some(), "{champ}: {valeur}");
        let rendu = refus.formulaire("Enregistrer");
        assert_eq!(rendu.valeur("hosting_provider"), Some("Hébergeur"));
    }
    assert_eq!(portail.empreinte().await, avant);
    // A field that no parameter has is none: nothing of it is kept.
    page.formulaire("Enregistrer")
        .remplir("motif", "Rien.")
        .forcer("inconnu", "x")
        .envoyer(&mut adele)
        .await
        .contient("Rien n’a changé.");
    assert_eq!(portail.nombre("select count(*) from parametres").await, 0);
}

#[tokio::test]
async fn celui_qui_enregistre_en_second_relit_d_abord() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let mut bruno = portail.connecter(BRUNO).await;
    let vue = adele.page(ICI).await;
    let page = bruno.page(ICI).await;
    page.formulaire("Enregistrer")
        .remplir("bandeau", "De Bruno")
        .remplir("motif", "Bruno.")
        .envoyer(&mut bruno)
        .await
        .statut(200);
    let refus = vue
        .formulaire("Enregistrer")
        .remplir("bandeau", "D’Adèle")
        .remplir("motif", "Adèle.")
        .envoyer(&mut adele)
        .await;
    refus
        .statut(422)
        .contient("Les paramètres ont changé depuis que vous avez ouvert cette page.");
    assert_eq!(
        refus.formulaire("Enregistrer").valeur("bandeau"),
        Some("D’Adèle")
    );
    portail
        .anonyme()
        .page("/connexion")
        .await
        .contient("De Bruno");
    refus
        .formulaire("Enregistrer")
        .envoyer(&mut adele)
        .await
        .statut(200);
    portail
        .anonyme()
        .page("/connexion")
        .await
        .contient("D’Adèle");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn les_parametres_enregistres_a_plusieurs_le_sont_une_fois() {
    let portail = monde().await;
    for (ronde, n) in std::iter::repeat_n(2, rondes(3)).chain([20]).enumerate() {
        portail.oublier_les_compteurs().await;
        let mut adele = portail.connecter(ADELE).await;
        let page = adele.page(ICI).await;
        let version: &'static str = page
            .formulaire("Enregistrer")
            .valeur("version")
            .expect("a version")
            .to_owned()
            .leak();
        let texte: &'static str = format!("Message {ronde}").leak();
        let mut acteurs = Vec::new();
        for rang in 0..n {
            acteurs.push(portail.connecter([ADELE, BRUNO][rang % 2]).await);
        }
        let champs = [
            ("version", version),
            ("bandeau", texte),
            ("motif", "Ensemble."),
        ];
        let statuts = ensemble(acteurs, ICI, &champs).await;
        assert_eq!(statuts.iter().filter(|s| **s == 303).count(), 1);
        assert!(
            statuts.iter().all(|s| [303, 422].contains(s)),
            "{statuts:?}"
        );
    }
    let lignes = portail
        .nombre("select count(*) from historique where action = 'parametres_modifies'")
        .await;
    assert_eq!(lignes, i64::try_from(rondes(3)).expect("few") + 1);
}

#[tokio::test]
async fn une_page_ne_demande_pas_les_parametres_a_la_base() {
    let portail = monde().await;
    let mut anonyme = portail.anonyme();
    anonyme.page("/connexion").await;
    let (_, nombre) = instructions::compter(anonyme.page("/mentions-legales")).await;
    assert!(nombre <= 1, "{nombre}");
}
