//! R-GEST-CARTE: what helps to decide, from this structure alone.

use crate::activites::{Terneuil, ailleurs};
use crate::support::instructions;

const ZOE: &str = "zoe.aubert@terneuil.example";

fn carte(page: &crate::support::page::PageLue) -> String {
    page.tous("#carte").join(" ")
}

#[tokio::test]
async fn la_carte_dit_le_domaine_les_homonymes_et_le_passe() {
    let mut t = Terneuil::nouveau().await;
    sqlx::query("update structures set courriel = 'mairie@terneuil.example'")
        .execute(&t.portail.db)
        .await
        .expect("an address");
    let homonyme = t.portail.personne("zoe.aubert@autre.example").await;
    t.portail
        .rattacher(t.structure, homonyme, "us", &[t.achats])
        .await;
    let zoe = t.portail.personne(ZOE).await;
    let premiere = t.portail.demande(t.structure, zoe, "us", &[]).await;
    t.pauline
        .poster(
            &format!("{}/refus", t.ecran(premiere)),
            &[("motif", "Nous ne vous connaissons pas encore.")],
        )
        .await
        .statut(200);
    let demande = t.portail.demande(t.structure, zoe, "us", &[t.achats]).await;
    let (page, instructions) = instructions::compter(t.pauline.page(&t.ecran(demande))).await;
    assert!(instructions <= 8, "{instructions} statements");
    let carte = carte(&page);
    for phrase in [
        "terneuil.example",
        "C’est aussi celui du courriel de la structure.",
        "Adresses de ce domaine parmi les personnes rattachées : 1 sur 2.",
        "Zoe Aubert (zoe.aubert@autre.example), Utilisateur simple",
        ": Nous ne vous connaissons pas encore.",
        "Rattachement actuel",
        "Aucun.",
    ] {
        assert!(carte.contains(phrase), "{phrase}: {carte}");
    }
    // Attached, then gone: said as well. The espaces that the structure opens are part of what accepting opens.
    sqlx::query("insert into parametrage_espaces (id, structure_id, espace, droit) values (uuid_v7(), $1, 'factures_de_travaux', 'consultation')")
        .bind(t.structure)
        .execute(&t.portail.db)
        .await
        .expect("a setting");
    t.pauline
        .page(&t.ecran(demande))
        .await
        .contient("Factures de travaux");
}

#[tokio::test]
async fn la_carte_ne_dit_rien_d_une_autre_structure() {
    let mut t = Terneuil::nouveau().await;
    let (autre, _, mut omar) = ailleurs(&t.portail).await;
    let zoe = t.portail.personne(ZOE).await;
    // Refused, then attached and gone, elsewhere; a homonym and a colleague of the same domain, elsewhere.
    let refusee = t.portail.demande(autre, zoe, "us", &[]).await;
    omar.poster(
        &format!("/structures/{autre}/demandes/{refusee}/refus"),
        &[("motif", "Motif canari d’ailleurs.")],
    )
    .await
    .statut(200);
    for adresse in [
        "zoe.aubert@canari.example",
        "paul.collegue@terneuil.example",
    ] {
        let id = t.portail.personne(adresse).await;
        t.portail.rattacher(autre, id, "us", &[]).await;
    }
    t.portail.demande(autre, zoe, "us", &[]).await;
    let demande = t.portail.demande(t.structure, zoe, "us", &[]).await;
    let page = t.pauline.page(&t.ecran(demande)).await;
    page.ne_contient_pas("canari").ne_contient_pas("Collegue");
    let carte = carte(&page);
    for phrase in [
        "1 sur 1",
        "Aucune personne rattachée ne porte ce nom.",
        "Aucun dans cette structure.",
    ] {
        assert!(carte.contains(phrase), "{phrase}: {carte}");
    }
    assert!(!carte.contains("Autres demandes"), "{carte}");
    assert!(!carte.contains("Départs"), "{carte}");
}

#[tokio::test]
async fn un_gestionnaire_de_services_ne_lit_que_les_siens() {
    let t = Terneuil::nouveau().await;
    let homonyme = t.portail.personne("zoe.aubert@autre.example").await;
    t.portail
        .rattacher(t.structure, homonyme, "us", &[t.juridique])
        .await;
    let zoe = t.portail.personne(ZOE).await;
    let demande = t.portail.demande(t.structure, zoe, "us", &[t.achats]).await;
    let mut sam = t
        .gs(
            "sam.service@terneuil.example",
            &[t.achats],
            &["valider_rattachements"],
        )
        .await;
    let page = sam.page(&t.ecran(demande)).await;
    let carte = carte(&page);
    assert!(
        carte.contains("Aucune personne rattachée ne porte ce nom."),
        "{carte}"
    );
    assert!(
        carte.contains("Personne d’autre n’est rattaché."),
        "{carte}"
    );
}
