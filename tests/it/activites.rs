//! « Activités du gestionnaire »: the page, its blocks, its statements (R-GEST-DEMANDES, ui/README rows 3 and 4).

use vantail::db::{DemandeId, ServiceId, StructureId};

use crate::support::page::PageLue;
use crate::support::{Acteur, Portail, instructions};

pub const PAULINE: &str = "pauline.dufour@terneuil.example";

/// CCAS Terneuil, its gestionnaire principale Pauline Dufour, two services.
pub struct Terneuil {
    pub portail: Portail,
    pub structure: StructureId,
    pub achats: ServiceId,
    pub juridique: ServiceId,
    pub pauline: Acteur,
}

impl Terneuil {
    pub async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        let structure = portail.structure("CCAS Terneuil", 1, true).await;
        let gp = portail.personne(PAULINE).await;
        portail.gp(structure, gp).await;
        let achats = portail.service(structure, "ACH", "Service achats").await;
        let juridique = portail.service(structure, "JUR", "Service juridique").await;
        let pauline = portail.connecter(PAULINE).await;
        Self {
            portail,
            structure,
            achats,
            juridique,
            pauline,
        }
    }

    /// An open request of somebody new: whole structure, or some services.
    pub async fn demande(&self, adresse: &str, services: &[ServiceId]) -> DemandeId {
        let personne = self.portail.personne(adresse).await;
        self.portail
            .demande(self.structure, personne, "us", services)
            .await
    }

    /// So many open requests for the whole structure, of « Personne01 Demande »…
    pub async fn demandes(&self, n: usize) -> Vec<DemandeId> {
        let mut ids = Vec::new();
        for rang in 1..=n {
            let adresse = format!("personne{rang:02}.demande@example.org");
            ids.push(self.demande(&adresse, &[]).await);
        }
        ids
    }

    /// A gestionnaire secondaire, of the whole structure or of some services, with these capabilities only.
    pub async fn gs(&self, adresse: &str, services: &[ServiceId], capacites: &[&str]) -> Acteur {
        let personne = self.portail.personne(adresse).await;
        let id = self
            .portail
            .rattacher(self.structure, personne, "gs", services)
            .await;
        let capacites: Vec<String> = capacites.iter().map(|c| (*c).to_owned()).collect();
        sqlx::query("update rattachements set capacites = $2 where id = $1")
            .bind(id)
            .bind(capacites)
            .execute(&self.portail.db)
            .await
            .expect("the capabilities");
        self.portail.connecter(adresse).await
    }

    pub fn ecran(&self, demande: DemandeId) -> String {
        format!("/structures/{}/demandes/{demande}", self.structure)
    }
}

/// Another tenant, with its own GP and one open request.
pub async fn ailleurs(portail: &Portail) -> (StructureId, DemandeId, Acteur) {
    let structure = portail.structure("Mairie d’Ailleurs", 77, true).await;
    let gp = portail.personne("omar.ailleurs@ailleurs.example").await;
    portail.gp(structure, gp).await;
    let personne = portail.personne("canari.secret@example.org").await;
    let demande = portail.demande(structure, personne, "us", &[]).await;
    let omar = portail.connecter("omar.ailleurs@ailleurs.example").await;
    (structure, demande, omar)
}

fn demandeurs(page: &PageLue) -> Vec<String> {
    page.tous("#demandes-rattachement tbody th")
        .iter()
        .map(|nom| nom.split(' ').next().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn la_page_montre_les_deux_blocs_en_huit_instructions_au_plus() {
    let mut t = Terneuil::nouveau().await;
    t.demandes(7).await;
    for adresse in ["/activites", "/activites?dr.par=100&h.par=100"] {
        let (page, instructions) = instructions::compter(t.pauline.page(adresse)).await;
        page.statut(200)
            .contient("Mes actions en attente")
            .contient("Les demandes de rattachement à une structure")
            .contient("(7 lignes)")
            .contient("Personne01 Demande")
            .contient("Historique");
        assert!(instructions <= 8, "{instructions} statements");
    }
    let page = t.pauline.page("/activites").await;
    assert_eq!(page.attributs("input[name=id]", "value").len(), 5);
    assert_eq!(
        page.tous("#demandes-rattachement thead th")[1..],
        [
            "Demandeur",
            "Identifiant structure",
            "Raison sociale",
            "Services",
            "Date",
            "Actions"
        ]
    );
}

#[tokio::test]
async fn sans_le_droit_de_valider_le_bloc_des_demandes_n_existe_pas() {
    let t = Terneuil::nouveau().await;
    t.demandes(1).await;
    let mut gere = t
        .gs("guy.gere@example.org", &[], &["gerer_structure"])
        .await;
    gere.page("/activites")
        .await
        .statut(200)
        .ne_contient_pas("Les demandes de rattachement")
        .ne_contient_pas("Personne01")
        .contient("Historique");
    let us = t.portail.personne("ulla.simple@example.org").await;
    t.portail.rattacher(t.structure, us, "us", &[]).await;
    let mut ulla = t.portail.connecter("ulla.simple@example.org").await;
    ulla.page("/activites").await.statut(403);
    let anonyme = t.portail.anonyme().lire("/activites").await;
    anonyme.statut(303);
    assert_eq!(
        anonyme.entete("location"),
        Some("/connexion?retour=%2Factivites")
    );
}

#[tokio::test]
async fn trier_un_bloc_laisse_l_autre_et_revient_a_la_premiere_page() {
    let mut t = Terneuil::nouveau().await;
    t.demandes(7).await;
    let page = t
        .pauline
        .page("/activites?dr.page=2&h.tri=demandeur-asc&h.par=10")
        .await;
    assert_eq!(demandeurs(&page), ["Personne06", "Personne07"]);
    let tri = page.lien("Demandeur");
    assert!(tri.contains("h.tri=demandeur-asc") && tri.contains("h.par=10"));
    assert!(tri.contains("dr.tri=demandeur-asc") && !tri.contains("dr.page"));
    let page = t.pauline.page("/activites?dr.tri=demandeur-desc").await;
    assert_eq!(demandeurs(&page)[0], "Personne07");
    assert_eq!(
        page.attributs("#demandes-rattachement th[aria-sort]", "aria-sort"),
        ["descending"]
    );
    // Out of range: the last page; absurd values: the defaults.
    let page = t
        .pauline
        .page("/activites?dr.page=999&dr.par=7&dr.tri=x")
        .await;
    assert_eq!(demandeurs(&page), ["Personne06", "Personne07"]);
}

#[tokio::test]
async fn la_recherche_ignore_accents_et_espaces_et_garde_ses_jokers_pour_elle() {
    let mut t = Terneuil::nouveau().await;
    t.demandes(2).await;
    let zoe = t.portail.personne("zoé.aubért@example.org").await;
    t.portail.demande(t.structure, zoe, "us", &[]).await;
    for (recherche, trouvees) in [
        ("zoe aubert", 1),
        ("AUBÉRT ZOÉ", 1),
        ("terneuil", 3),
        ("personne", 2),
        ("%", 0),
        ("_", 0),
        ("zzz", 0),
    ] {
        let question = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("dr.q", recherche)
            .finish();
        let page = t.pauline.page(&format!("/activites?{question}")).await;
        assert_eq!(demandeurs(&page).len(), trouvees, "{recherche}");
    }
    t.pauline
        .page("/activites?dr.q=zzz")
        .await
        .contient("Aucune demande trouvée")
        .lien("Nouvelle recherche");
}

#[tokio::test]
async fn rien_a_traiter_se_dit_calmement() {
    let mut t = Terneuil::nouveau().await;
    t.pauline
        .page("/activites")
        .await
        .statut(200)
        .contient("Aucune demande en attente")
        .contient("(0 ligne)");
    t.pauline
        .page("/activites/demandes/suivante")
        .await
        .statut(200)
        .contient("Il ne reste aucune demande à traiter");
}

#[tokio::test]
async fn un_gestionnaire_de_service_ne_voit_que_ce_que_sa_portee_couvre() {
    let t = Terneuil::nouveau().await;
    t.demande("anne.achats@example.org", &[t.achats]).await;
    t.demande("jules.juriste@example.org", &[t.juridique]).await;
    t.demande("deux.services@example.org", &[t.achats, t.juridique])
        .await;
    t.demande("toute.structure@example.org", &[]).await;
    ailleurs(&t.portail).await;
    let mut limite = t
        .gs(
            "lise.limite@example.org",
            &[t.achats],
            &["valider_rattachements"],
        )
        .await;
    let page = limite.page("/activites").await;
    assert_eq!(demandeurs(&page), ["Anne"]);
    page.contient("(1 ligne)").ne_contient_pas("Canari");
}

#[tokio::test]
async fn la_suivante_est_la_plus_ancienne_apres_celle_que_l_on_traite() {
    let mut t = Terneuil::nouveau().await;
    let ids = t.demandes(3).await;
    let vers = |page: &PageLue| page.entete("location").unwrap_or_default().to_owned();
    let premiere = t.pauline.lire("/activites/demandes/suivante").await;
    assert!(vers(&premiere).starts_with(&t.ecran(ids[0])));
    let apres = format!("/activites/demandes/suivante?apres={}", ids[1]);
    let troisieme = t.pauline.lire(&apres).await;
    assert!(vers(&troisieme).starts_with(&t.ecran(ids[2])));
    let apres = format!("/activites/demandes/suivante?apres={}", ids[2]);
    let retour_au_debut = t.pauline.lire(&apres).await;
    assert!(vers(&retour_au_debut).starts_with(&t.ecran(ids[0])));
    // An address elsewhere is not a place to return to.
    let page = t
        .pauline
        .lire("/activites/demandes/suivante?retour=//pirate.example")
        .await;
    assert!(!vers(&page).contains("pirate"));
}

#[tokio::test]
async fn toutes_les_demandes_du_filtre_se_selectionnent_en_un_second_pas() {
    let mut t = Terneuil::nouveau().await;
    t.demandes(3).await;
    let page = t.pauline.page("/activites").await;
    assert!(page.lien_eventuel("Sélectionner les").is_none());
    for rang in 4..=7 {
        t.demande(&format!("personne{rang:02}.demande@example.org"), &[])
            .await;
    }
    let page = t.pauline.page("/activites?dr.q=personne").await;
    let page = t
        .pauline
        .page(&page.lien("Sélectionner les 7 demandes du filtre"))
        .await;
    page.statut(200)
        .contient("Revenir à la sélection ligne par ligne");
    assert!(page.attributs("input[name=id]", "value").is_empty());
    let confirmation = page
        .formulaire("Valider la sélection")
        .envoyer(&mut t.pauline)
        .await;
    confirmation
        .statut(200)
        .contient("Valider 7 demandes de rattachement ?");
    let bilan = confirmation
        .formulaire("Valider 7 demandes")
        .envoyer(&mut t.pauline)
        .await;
    bilan.statut(200).contient("7 demandes validées.");
    assert_eq!(
        t.portail
            .nombre("select count(*) from demandes_rattachement where statut = 'validee'")
            .await,
        7
    );
}
