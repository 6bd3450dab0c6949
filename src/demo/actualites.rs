//! What the administrateur of the demo world has announced.

use super::monde::Monde;
use crate::db::{ActualiteId, Tx};
use crate::web::{Erreur, markdown};

/// One of them; days counted from the loading of the world.
struct Annonce {
    titre: &'static str,
    corps: &'static str,
    audience: &'static str,
    importance: &'static str,
    /// Days ago.
    depuis: i32,
    /// Days to come; none: without end.
    encore: Option<i32>,
}

const ACTUALITES: [Annonce; 3] = [
    Annonce {
        titre: "Rentrée\u{202F}: transférez votre rôle avant de partir",
        corps: "Vous changez d’établissement ou de service\u{202F}?\n\n\
         1. Désignez votre successeur avant votre départ\u{202F}: lisez [Transférer le rôle de gestionnaire principal](/aide/transferer-le-role).\n\
         2. Vous connaissez déjà la date\u{202F}? [Programmez la passation](/aide/programmer-une-passation).\n\n\
         Une structure dont le gestionnaire principal est parti doit passer par le support, avec un certificat administratif.",
        audience: "gestionnaire",
        importance: "haute",
        depuis: 6,
        encore: Some(60),
    },
    Annonce {
        titre: "Interruption dimanche de 8\u{202F}h à 10\u{202F}h",
        corps: "Le portail sera fermé **dimanche de 8\u{202F}h à 10\u{202F}h** pour une opération de maintenance. Les courriels en attente partiront à la réouverture.",
        audience: "connecte",
        importance: "normale",
        depuis: 2,
        encore: Some(5),
    },
    Annonce {
        titre: "Vos questions, en haut de chaque page",
        corps: "L’[aide en ligne](/aide) répond maintenant aux questions des cinq guides, écran par écran. Écrivez comme vous parlez, dans **Posez-moi vos questions**\u{202F}: si aucun article ne convient, votre question est reprise dans une sollicitation.",
        audience: "visiteur",
        importance: "normale",
        depuis: 20,
        encore: None,
    },
];

pub(super) async fn charger(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    let admin = m.personnes[m.qui("admin@vantail.example").0].id;
    for annonce in ACTUALITES {
        sqlx::query!(
            "insert into actualites (id, titre, corps, texte, audience, importance, publiee_le, fin_le, creee_le, creee_par,
                                     modifiee_le, modifiee_par)
             select $1, $2, $3, $4, $5, $6, quand, debut_du_jour(aujourdhui() + $8::integer), quand, $9, quand, $9
             from (select maintenant() - make_interval(days => $7) as quand) q",
            ActualiteId::nouveau().0,
            annonce.titre,
            annonce.corps,
            markdown::texte(annonce.corps),
            annonce.audience,
            annonce.importance,
            annonce.depuis,
            annonce.encore,
            admin.0
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
