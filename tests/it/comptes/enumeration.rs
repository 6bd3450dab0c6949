//! Nobody learns from the work done whether an address has an account (security.md AU1, failure-modes T6): hashes and
//! statements are counted, which a busy machine does not blur. The clock is read by `cargo bench --bench enumeration`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tracing::field::{Field, Visit};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber, span};

use super::{a_activer, executer, se_connecter};
use crate::support::instructions::{self, du_bassin};
use crate::support::{MOT_DE_PASSE, Portail};

#[derive(Clone, Default)]
struct Travail {
    hachages: Arc<AtomicUsize>,
    instructions: Arc<AtomicUsize>,
}

/// The statement an event is about.
#[derive(Default)]
struct Resume(String);

impl Visit for Resume {
    fn record_debug(&mut self, champ: &Field, valeur: &dyn std::fmt::Debug) {
        if champ.name() == "summary" {
            self.0 = format!("{valeur:?}");
        }
    }
}

impl Subscriber for Travail {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        ["sqlx::query", "vantail::hachage"].contains(&metadata.target())
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, evenement: &Event<'_>) {
        let mut lu = Resume::default();
        evenement.record(&mut lu);
        if du_bassin(&lu.0) {
            return;
        }
        let compte = if evenement.metadata().target() == "sqlx::query" {
            &self.instructions
        } else {
            &self.hachages
        };
        compte.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Hashes and statements of what `acte` does on this thread.
async fn travail(acte: impl Future<Output = ()>) -> (usize, usize) {
    let travail = Travail::default();
    let garde = instructions::ecouter(travail.clone());
    acte.await;
    drop(garde);
    (
        travail.hachages.load(Ordering::Relaxed),
        travail.instructions.load(Ordering::Relaxed),
    )
}

#[tokio::test]
async fn quarante_essais_entremeles_de_chaque_sorte_coutent_le_meme_travail() {
    let portail = Portail::nouveau().await;
    portail.personne("camille.durand@example.org").await;
    portail.personne("avec.code@example.org").await;
    portail.personne("partie.loin@example.org").await;
    a_activer(&portail, "pas.encore@example.org").await;
    executer(
        &portail,
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'partie%';
         update utilisateurs set facteur_le = maintenant(), facteur_sel = decode(repeat('00', 32), 'hex'),
                facteur_version = 1, facteur_pas = 0 where adresse_connexion like 'avec%'",
    )
    .await;
    let sortes = [
        ("jamais.vu@example.org", MOT_DE_PASSE),
        ("camille.durand@example.org", "Mauvais-mot-de-passe-1"),
        ("avec.code@example.org", "Mauvais-mot-de-passe-1"),
        ("pas.encore@example.org", MOT_DE_PASSE),
        // A right one leads to the page of the return: it proves who asks.
        ("partie.loin@example.org", "Mauvais-mot-de-passe-1"),
    ];
    let mut releves: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for tour in 0..41 {
        portail.oublier_les_compteurs().await;
        for (adresse, mot) in sortes {
            let cout = travail(async {
                se_connecter(&mut portail.anonyme(), adresse, mot)
                    .await
                    .statut(422);
            })
            .await;
            // The first round prepares statements.
            if tour > 0 {
                *releves.entry(cout).or_default() += 1;
            }
        }
    }
    assert_eq!(releves.len(), 1, "(hashes, statements): {releves:?}");
    let (cout, nombre) = releves.into_iter().next().expect("one");
    assert_eq!(nombre, 40 * sortes.len());
    assert_eq!(cout.0, 1, "one hash, a decoy where there is no account");
    assert!(cout.1 >= 4, "the counters and the account: {}", cout.1);
}

#[tokio::test]
async fn demander_une_adresse_libre_ou_prise_coute_le_meme_travail() {
    let portail = Portail::nouveau().await;
    portail.personne("camille.durand@example.org").await;
    portail.personne("zoe.autre@example.org").await;
    let mut ici = portail.connecter("camille.durand@example.org").await;
    let mut releves: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for tour in 0..12 {
        portail.oublier_les_compteurs().await;
        for (rang, adresse) in ["libre@example.org", "zoe.autre@example.org"]
            .into_iter()
            .enumerate()
        {
            let cout = travail(async {
                ici.poster_sans_suivre(
                    "/mon-compte/adresse",
                    &[("adresse", adresse), ("mot_de_passe", MOT_DE_PASSE)],
                )
                .await
                .statut(303);
            })
            .await;
            if tour > 0 {
                releves.entry(cout).or_default().push(rang);
            }
        }
    }
    assert_eq!(releves.len(), 1, "(hashes, statements): {releves:?}");
}
