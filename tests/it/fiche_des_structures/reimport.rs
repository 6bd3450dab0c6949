//! « Re-import updates raison sociale, statut and identity columns; address, contact and management flags edited here are
//! kept and reported as differences » (spec §13), from the screen to the report.

use std::io::Cursor;

use vantail::imports::{self, Options, Rapport, Source};

use crate::imports::{ENTETE, ligne};
use crate::support::Portail;

async fn importer(portail: &Portail, ligne: String) -> Rapport {
    let texte = format!("{ENTETE}\n{ligne}\n");
    let source = Source::Flux(Box::new(Cursor::new(texte)));
    imports::structures(&portail.db, source, Options::default(), |_| {})
        .await
        .expect("an import")
}

#[tokio::test]
async fn ce_qui_est_saisi_a_l_ecran_est_garde_au_prochain_import_et_signale() {
    let portail = Portail::nouveau().await;
    importer(&portail, ligne(1, "MAIRIE DE TERNAY")).await;
    let structure = vantail::db::StructureId(
        portail
            .uuid("select id from structures where raison_sociale = 'MAIRIE DE TERNAY'")
            .await,
    );
    let gp = portail.personne("gp@ternay.example").await;
    portail.gp(structure, gp).await;
    let mut gp = portail.connecter("gp@ternay.example").await;
    gp.page(&format!("/structures/{structure}/modification"))
        .await
        .formulaire("Enregistrer")
        .remplir("adresse", "2 place de la Mairie")
        .remplir("telephone", "04 72 00 00 00")
        .decocher("gestion_engagement", "oui")
        .envoyer(&mut gp)
        .await
        .statut(200);
    let rapport = importer(&portail, ligne(1, "COMMUNE DE TERNAY")).await;
    let mut colonnes: Vec<_> = rapport
        .premieres_differences
        .iter()
        .map(|d| (d.colonne.as_str(), d.ici.as_deref().unwrap_or_default()))
        .collect();
    colonnes.sort_unstable();
    assert_eq!(
        colonnes,
        [
            ("adresse", "2 place de la Mairie"),
            ("gestion_engagement", "false"),
            ("telephone", "04 72 00 00 00"),
        ]
    );
    gp.page(&format!("/structures/{structure}"))
        .await
        .contient("COMMUNE DE TERNAY")
        .contient("2 place de la Mairie")
        .contient("04 72 00 00 00")
        .contient("Numéro d’engagement obligatoire Non");
}
