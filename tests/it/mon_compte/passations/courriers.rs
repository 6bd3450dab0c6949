use vantail::jobs::Bilan;

use super::{GP, LEA, MAX, Monde};
use crate::mon_compte::{LIEN, actions, corps, gp_de};

#[tokio::test]
async fn les_courriels_de_la_passation_se_lisent() {
    let mut monde = Monde::nouveau().await;
    let jour = monde.jour_dans(8).await;
    monde.programmer(LEA, 8).await.statut(200);
    monde.avancer("1 day").await;
    monde.tourner().await;
    let adresse = monde.adresse("/annulation");
    let page = monde.gp.page(&adresse).await;
    page.formulaire("Annuler la passation")
        .envoyer(&mut monde.gp)
        .await
        .contient("La passation est annulée.");
    let lus: Vec<_> = monde
        .portail
        .courriers()
        .await
        .into_iter()
        .map(|c| {
            let texte = corps(&c).replace('\u{2060}', "");
            (c.gabarit, c.destinataire, c.sujet, texte)
        })
        .collect();
    let bonjour = |qui: &str, texte: &str, lien: &str| {
        format!("Bonjour {qui},\n\n{texte}\n\n{lien}\u{202F}:\n{LIEN}")
    };
    let mes = "Vos rattachements";
    let attendus = [
        (
            "passation_programmee",
            GP,
            format!("Passation de Mairie de Terneuil programmée le {jour}"),
            bonjour(
                "Paul Gerant",
                &format!(
                    "Vous avez programmé la passation du rôle de gestionnaire principal de Mairie de Terneuil\u{202F}: Lea Seconde (lea.seconde@test.example) le deviendra le {jour}, à 0 h (heure de Paris).\n\nJusque-là vous gardez tous vos droits et vous pouvez annuler. Ce jour-là, vous deviendrez utilisateur simple."
                ),
                mes,
            ),
        ),
        (
            "passation_programmee",
            LEA,
            format!("Vous deviendrez gestionnaire principal de Mairie de Terneuil le {jour}"),
            bonjour(
                "Lea Seconde",
                &format!(
                    "Paul Gerant vous transmettra le rôle de gestionnaire principal de Mairie de Terneuil le {jour}, à 0 h (heure de Paris). Vous n’avez rien à faire.\n\nJusque-là vos droits ne changent pas. Si ce rôle ne vous revient pas, dites-le à Paul Gerant\u{202F}; une fois gestionnaire principal, vous pourrez aussi le transférer à la bonne personne."
                ),
                mes,
            ),
        ),
        (
            "passation_programmee",
            MAX,
            format!("Lea Seconde deviendra gestionnaire principal de Mairie de Terneuil le {jour}"),
            bonjour(
                "Max Second",
                &format!(
                    "Paul Gerant transmettra à Lea Seconde (lea.seconde@test.example) le rôle de gestionnaire principal de Mairie de Terneuil le {jour}, à 0 h (heure de Paris).\n\nVos propres droits ne changent pas."
                ),
                "Vos activités de gestionnaire",
            ),
        ),
        (
            "passation_approche",
            GP,
            "Dans 7 jours, vous transmettez Mairie de Terneuil".to_owned(),
            bonjour(
                "Paul Gerant",
                &format!(
                    "Dans 7 jours, le {jour} à 0 h (heure de Paris), vous transmettrez à Lea Seconde (lea.seconde@test.example) le rôle de gestionnaire principal de Mairie de Terneuil. Vous y deviendrez utilisateur simple.\n\nJusque-là vous pouvez annuler."
                ),
                mes,
            ),
        ),
        (
            "passation_approche",
            LEA,
            "Dans 7 jours, vous devenez gestionnaire principal de Mairie de Terneuil".to_owned(),
            bonjour(
                "Lea Seconde",
                &format!(
                    "Dans 7 jours, le {jour} à 0 h (heure de Paris), vous deviendrez gestionnaire principal de Mairie de Terneuil à la place de Paul Gerant. Vous n’avez rien à faire.\n\nSi ce rôle ne vous revient pas, dites-le à Paul Gerant\u{202F}; une fois gestionnaire principal, vous pourrez aussi le transférer à la bonne personne."
                ),
                mes,
            ),
        ),
        (
            "passation_annulee",
            GP,
            "La passation de Mairie de Terneuil est annulée".to_owned(),
            bonjour(
                "Paul Gerant",
                &format!(
                    "La passation du rôle de gestionnaire principal de Mairie de Terneuil à Lea Seconde, prévue le {jour}, est annulée.\n\nVous restez gestionnaire principal."
                ),
                mes,
            ),
        ),
        (
            "passation_annulee",
            LEA,
            "La passation de Mairie de Terneuil est annulée".to_owned(),
            bonjour(
                "Lea Seconde",
                &format!(
                    "Paul Gerant a annulé la passation prévue le {jour}\u{202F}: vous ne deviendrez pas gestionnaire principal de Mairie de Terneuil.\n\nVos droits ne changent pas."
                ),
                mes,
            ),
        ),
        (
            "passation_annulee",
            MAX,
            "La passation de Mairie de Terneuil est annulée".to_owned(),
            bonjour(
                "Max Second",
                &format!(
                    "Paul Gerant a annulé la passation du rôle de gestionnaire principal de Mairie de Terneuil à Lea Seconde, prévue le {jour}.\n\nVos droits ne changent pas."
                ),
                "Vos activités de gestionnaire",
            ),
        ),
    ];
    assert_eq!(lus.len(), attendus.len());
    for (lu, (gabarit, a, sujet, texte)) in lus.iter().zip(attendus) {
        assert_eq!((lu.0.as_str(), lu.1.as_str()), (gabarit, a));
        assert_eq!(lu.2, sujet);
        assert_eq!(lu.3, texte);
    }
    assert_eq!(monde.statuts().await, ["annulee"]);
    assert_eq!(
        actions(&monde.portail, monde.mairie).await,
        ["passation_programmee", "passation_annulee"]
    );
    // Its day comes: nothing.
    monde.avancer("10 days").await;
    assert_eq!(monde.tourner().await, Bilan::default());
    assert_eq!(
        gp_de(&monde.portail, monde.mairie).await.as_deref(),
        Some(GP)
    );
}
