//! The fiche of a private structure nobody had: its author is its gestionnaire principal (R-STR-CREER).

use super::{LUCIE, activer, chercher, decrire, executer, se_presenter, valider};
use crate::support::Portail;
use crate::support::monde::siret;

const ZOE: &str = "zoe.aubert@example.org";

#[tokio::test]
async fn la_fiche_decrite_se_cree_a_l_activation() {
    let portail = Portail::nouveau().await;
    let mut lucie = portail.anonyme();
    let page = decrire(&mut lucie, LUCIE, 7).await;
    page.contient("Atelier Moreau")
        .contient("3 rue du Port, 97500 Terneuil")
        .contient("Gestionnaire principal");
    valider(&page, &mut lucie).await.statut(200);
    assert_eq!(portail.nombre("select count(*) from structures").await, 0);
    let page = activer(&portail, LUCIE).await;
    page.contient("Votre compte est actif.")
        .contient("La fiche de Atelier Moreau est créée");
    let page = page
        .formulaire("Se connecter")
        .remplir("adresse", LUCIE)
        .remplir("mot_de_passe", super::NEUF)
        .envoyer(&mut lucie)
        .await;
    assert_eq!(page.h1(), "Atelier Moreau");
    page.contient("Structure privée")
        .contient("Gestionnaire principal")
        .contient("3 rue du Port");
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    assert_eq!(
        portail
            .nombre(
                "select count(*) from structures where not publique and a_gp and code_pays = 'FR'"
            )
            .await,
        1
    );
    assert_eq!(
        portail
            .nombre("select count(*) from historique where action = 'structure_creee'")
            .await,
        1
    );
    let courrier = portail.courriers_pour(LUCIE).await.pop().expect("a mail");
    assert_eq!(courrier.gabarit, "structure_creee");
    assert_eq!(
        courrier.sujet,
        "Vous êtes gestionnaire principal de Atelier Moreau"
    );
    assert!(courrier.texte.contains("Bonjour Lucie Moreau,"));
    assert!(courrier.texte.contains("SIRET"));
    // The act is readable where gestionnaires read.
    lucie.page("/activites").await.contient("Structure créée");
}

#[tokio::test]
async fn une_structure_creee_entre_temps_recoit_une_demande() {
    let portail = Portail::nouveau().await;
    let mut lucie = portail.anonyme();
    let page = decrire(&mut lucie, LUCIE, 7).await;
    valider(&page, &mut lucie).await.statut(200);
    let atelier = portail.structure("Atelier Moreau et fils", 7, false).await;
    let gp = portail.personne("fils.moreau@example.org").await;
    portail.gp(atelier, gp).await;
    activer(&portail, LUCIE)
        .await
        .contient("Votre compte est actif, mais la structure venait d’être créée.")
        .contient("Votre demande de rattachement à Atelier Moreau et fils est envoyée.")
        .contient("Fils Moreau");
    // The first comer of an existing structure is nobody's gestionnaire (failure-modes O7).
    assert_eq!(
        portail
            .nombre(
                "select count(*) from demandes_rattachement where role = 'us' and maille_structure"
            )
            .await,
        1
    );
    assert_eq!(
        portail.nombre("select count(*) from rattachements").await,
        1
    );
    assert_eq!(
        portail
            .courriers_pour("fils.moreau@example.org")
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn une_structure_creee_puis_fermee_entre_temps_le_dit() {
    let portail = Portail::nouveau().await;
    let mut lucie = portail.anonyme();
    let page = decrire(&mut lucie, LUCIE, 7).await;
    valider(&page, &mut lucie).await.statut(200);
    portail.structure("Atelier Moreau et fils", 7, false).await;
    executer(&portail, "update structures set statut = 'inactive'").await;
    activer(&portail, LUCIE)
        .await
        .contient("Votre compte est actif, mais votre demande n’a pas pu être envoyée.")
        .contient("est désactivée");
}

#[tokio::test]
async fn une_structure_connue_avant_la_validation_se_demande() {
    let portail = Portail::nouveau().await;
    let mut lucie = portail.anonyme();
    let page = decrire(&mut lucie, LUCIE, 7).await;
    portail.structure("Atelier Moreau et fils", 7, false).await;
    let page = valider(&page, &mut lucie).await;
    assert_eq!(page.h1(), "Votre structure");
    page.contient("Cette structure est enregistrée");
    assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 0);
}

#[tokio::test]
async fn une_personne_connectee_cree_la_fiche_de_sa_structure() {
    let portail = Portail::nouveau().await;
    portail.personne(ZOE).await;
    let mut zoe = portail.connecter(ZOE).await;
    let page = zoe
        .page(&format!(
            "/mon-compte/rattachements/demande?q={}&cp=",
            siret(8)
        ))
        .await;
    page.contient("Cette structure n’est pas encore enregistrée");
    let page = zoe
        .page(&page.lien("Créer la fiche de cette structure"))
        .await;
    assert_eq!(page.h1(), "Créer une structure");
    let page = page
        .formulaire("Créer la structure")
        .remplir("raison_sociale", "Fournil d’Aubert")
        .remplir("adresse", "1 place Haute")
        .remplir("code_postal", "69 001")
        .remplir("ville", "Lyon")
        .choisir("privee", "oui")
        .envoyer(&mut zoe)
        .await;
    page.statut(200)
        .contient("La fiche de Fournil d’Aubert est créée.");
    assert_eq!(page.h1(), "Fournil d’Aubert");
    page.contient("69001");
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    assert_eq!(
        portail.courriers_pour(ZOE).await[0].gabarit,
        "structure_creee"
    );
    // Known now, and nothing to create again.
    let page = zoe
        .page(&format!(
            "/structures/nouvelle?type_identifiant=SIRET&identifiant={}",
            siret(8)
        ))
        .await;
    page.contient("Cette structure est déjà enregistrée");
    assert!(page.formulaire_eventuel("Créer la structure").is_none());
}

#[tokio::test]
async fn une_structure_etrangere_dit_son_pays() {
    let portail = Portail::nouveau().await;
    portail.personne(ZOE).await;
    let mut zoe = portail.connecter(ZOE).await;
    let adresse = "/structures/nouvelle?type_identifiant=UE_HORS_FRANCE&identifiant=EL123456789";
    let page = zoe.page(adresse).await;
    let formulaire = page
        .formulaire("Créer la structure")
        .remplir("raison_sociale", "Elaia AE")
        .remplir("adresse", "12 odos Ermou")
        .remplir("ville", "Athènes")
        .choisir("privee", "oui");
    let refus = formulaire.envoyer(&mut zoe).await;
    refus.statut(422);
    assert!(refus.erreur_de("pays").is_some());
    formulaire
        .remplir("pays", "Grèce")
        .envoyer(&mut zoe)
        .await
        .statut(200)
        .contient("Elaia AE");
    assert_eq!(
        portail
            .nombre("select count(*) from structures where code_pays = 'GR' and libelle_pays = 'GRÈCE' and code_postal is null")
            .await,
        1
    );
}

#[tokio::test]
async fn une_fiche_mal_remplie_ne_cree_rien() {
    let portail = Portail::nouveau().await;
    portail.personne(ZOE).await;
    let mut zoe = portail.connecter(ZOE).await;
    let adresse = format!(
        "/structures/nouvelle?type_identifiant=SIRET&identifiant={}",
        siret(8)
    );
    let bonne = [
        ("raison_sociale", "Fournil"),
        ("adresse", "1 place Haute"),
        ("code_postal", "69001"),
        ("ville", "Lyon"),
        ("privee", "oui"),
    ];
    let long = "x".repeat(256);
    let avant = portail.empreinte().await;
    for (champ, valeur) in [
        ("raison_sociale", ""),
        ("raison_sociale", &*long),
        ("raison_sociale", "Four\u{0}nil"),
        ("adresse", ""),
        ("adresse", "1\u{202e}place"),
        ("code_postal", ""),
        ("code_postal", "690"),
        ("code_postal", "69001x"),
        ("ville", ""),
        ("ville", &long[..101]),
        ("privee", ""),
        ("privee", "non"),
    ] {
        let champs = bonne.map(|(c, v)| (c, if c == champ { valeur } else { v }));
        let page = zoe.poster(&adresse, &champs).await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ} = {valeur:?}");
    }
    // Public, wrong, unknown, missing identifiers; a field that is not of this form.
    for identifiant in [
        "type_identifiant=SIRET&identifiant=21200223200016",
        "type_identifiant=SIRET&identifiant=12345678901234",
        "type_identifiant=SIREN&identifiant=123456789",
        "type_identifiant=SIRET",
        "",
    ] {
        zoe.poster(&format!("/structures/nouvelle?{identifiant}"), &bonne)
            .await
            .statut(422);
    }
    let mut en_trop = bonne.to_vec();
    en_trop.push(("publique", "oui"));
    zoe.poster(&adresse, &en_trop).await.statut(422);
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn une_fiche_de_visiteur_mal_remplie_reste_a_l_ecran() {
    let portail = Portail::nouveau().await;
    let mut lucie = portail.anonyme();
    let page = se_presenter(&mut lucie, LUCIE).await;
    let page = chercher(&page, &mut lucie, &siret(7)).await;
    let refus = page
        .formulaire("Continuer")
        .remplir("raison_sociale", "Atelier Moreau")
        .envoyer(&mut lucie)
        .await;
    refus.statut(422);
    for champ in ["adresse", "code_postal", "ville", "privee"] {
        assert!(refus.erreur_de(champ).is_some(), "{champ}");
    }
    assert_eq!(
        refus.formulaire("Continuer").valeur("raison_sociale"),
        Some("Atelier Moreau")
    );
    assert_eq!(
        lucie.page("/inscription/verification").await.h1(),
        "Votre structure"
    );
}
