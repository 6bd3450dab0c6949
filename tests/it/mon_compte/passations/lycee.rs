//! Seed 000 §1: the head of a lycée changes at the start of the school year, accounts come from the PIGP.

use crate::mon_compte::{etat, gp_de};
use crate::support::Portail;

const SORTANT: &str = "proviseur.sortant@ac-lyon.example";
const ENTRANT: &str = "proviseur.entrant@ac-lyon.example";

#[tokio::test]
async fn l_entrante_demande_le_sortant_transmet_par_le_login_pigp_elle_quitte_son_ancien_lycee() {
    let portail = Portail::nouveau().await;
    let (sortant, entrant) = (
        portail.personne(SORTANT).await,
        portail.personne(ENTRANT).await,
    );
    let adjoint = portail.personne("adjoint.cordeliers@ac-lyon.example").await;
    let lycee = portail
        .structure("Lycée des Trois Fontaines", 1, true)
        .await;
    let college = portail.structure("Collège des Cordeliers", 2, true).await;
    portail.gp(lycee, sortant).await;
    let r = portail.gp(college, entrant).await;
    portail.rattacher(college, adjoint, "gs", &[]).await;
    sqlx::raw_sql(
        "update utilisateurs set pigp = true; update structures set passe_par_pigp = true",
    )
    .execute(&portail.db)
    .await
    .expect("the PIGP");
    // She asks from the new lycée.
    let mut elle = portail.connecter(ENTRANT).await;
    let champs = [
        ("maille", "structure"),
        ("role", "gs"),
        ("commentaire", "Je dirige le lycée depuis la rentrée."),
    ];
    elle.poster(
        &format!("/mon-compte/rattachements/demande/{lycee}"),
        &champs,
    )
    .await
    .statut(200);
    // He hands over, ticking the row as the guide says, by her PIGP login.
    let mut lui = portail.connecter(SORTANT).await;
    let page = lui.page("/mon-compte/rattachements").await;
    let page = page
        .formulaire("Supprimer mes rattachements")
        .cocher("r", &page.attributs("input[name=r]", "value")[0])
        .envoyer(&mut lui)
        .await;
    let page = page
        .formulaire("Valider")
        .cocher("ligne", &page.attributs("input[name=ligne]", "value")[0])
        .envoyer(&mut lui)
        .await;
    page.statut(200)
        .contient("Sélectionner un gestionnaire principal")
        .contient("Identifiant de connexion de l’utilisateur")
        .contient("Adresse de connexion (login PIGP) de la personne");
    let page = page
        .formulaire("Valider")
        .choisir(&format!("c-{lycee}"), "autre")
        .remplir(&format!("s-{lycee}"), ENTRANT)
        .envoyer(&mut lui)
        .await;
    page.statut(200)
        .contient("Adresse de connexion (login PIGP)")
        .contient("Sa demande de rattachement en cours est validée en même temps.");
    page.formulaire("Confirmer")
        .envoyer(&mut lui)
        .await
        .contient("vous êtes utilisateur simple");
    assert_eq!(gp_de(&portail, lycee).await.as_deref(), Some(ENTRANT));
    assert_eq!(etat(&portail, lycee, SORTANT).await, "us validee");
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement where statut = 'validee'")
            .await,
        1
    );
    // She leaves the old one to her deputy, then for good.
    let (r, adjoint) = (r.to_string(), adjoint.to_string());
    let champ = format!("c-{college}");
    let champs = [("l", r.as_str()), (champ.as_str(), adjoint.as_str())];
    elle.poster("/mon-compte/rattachements/succession/confirmation", &champs)
        .await
        .statut(200);
    elle.poster("/mon-compte/rattachements/suppression", &[("ligne", &r)])
        .await
        .contient("votre rattachement est supprimé.");
    assert_eq!(etat(&portail, college, ENTRANT).await, "us supprimee");
    assert_eq!(portail.structures_sans_un_gp().await, 0);
}

/// The confirmation names nothing of a structure, nor of anybody, to a person who is not its GP.
#[tokio::test]
async fn la_fenetre_d_une_succession_n_existe_que_pour_le_gestionnaire_principal() {
    let portail = Portail::nouveau().await;
    let (gp, us) = (
        portail.personne(SORTANT).await,
        portail.personne(ENTRANT).await,
    );
    let lycee = portail
        .structure("Lycée des Trois Fontaines", 1, true)
        .await;
    let r = portail.gp(lycee, gp).await;
    let r_us = portail.rattacher(lycee, us, "us", &[]).await;
    let avant = portail.empreinte().await;
    let mut acteur = portail.connecter(ENTRANT).await;
    let base = "/mon-compte/rattachements/succession/confirmation";
    for question in [
        format!("l={r}&c-{lycee}={us}"),
        format!("l={r_us}&c-{lycee}={gp}"),
        format!("l={r_us}&meme={gp}"),
        "l=x".to_owned(),
        format!("l={r_us}&autre=1"),
    ] {
        acteur.page(&format!("{base}?{question}")).await.statut(404);
    }
    let champs = [
        ("l", &*r.to_string()),
        (&*format!("c-{lycee}"), &*us.to_string()),
    ];
    acteur.poster(base, &champs).await.statut(404);
    let champs = [
        ("l", &*r_us.to_string()),
        (&*format!("c-{lycee}"), &*us.to_string()),
    ];
    acteur.poster(base, &champs).await.statut(409);
    let mut gp_acteur = portail.connecter(SORTANT).await;
    // Nobody known, or nothing chosen.
    let inconnu = uuid::Uuid::now_v7();
    gp_acteur
        .page(&format!("{base}?l={r}&c-{lycee}={inconnu}"))
        .await
        .statut(404);
    gp_acteur.page(&format!("{base}?l={r}")).await.statut(404);
    for champs in [vec![], vec![("l", r.to_string())]] {
        let champs: Vec<(&str, &str)> = champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
        gp_acteur.poster(base, &champs).await.statut(422);
    }
    assert_eq!(portail.empreinte().await, avant);
}
