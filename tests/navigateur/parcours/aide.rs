//! A question asked from any page, an announcement from the administrateur to everybody, and « Organisation ».

use anyhow::Result;

use crate::gestes::Visite;

const ADMIN: &str = "admin@vantail.example";
const JULES: &str = "jules.martin@example.org";
const PAULINE: &str = "pauline.dufour@terneuil.example";

pub async fn poser_une_question(v: Visite) -> Result<()> {
    // Signed out, from the sign-in page.
    v.aller("/connexion").await?;
    v.remplir("Posez-moi vos questions", "j'ai perdu mon mot de passe")
        .await?;
    v.clic("Demander").await?;
    v.titre("Posez-moi vos questions").await?;
    v.clic("J’ai oublié mon mot de passe").await?;
    v.titre("J’ai oublié mon mot de passe").await?;
    v.lire("il vaut une heure").await?;

    // The screen leads to its article; nothing that fits leads to the support, with the question.
    v.devenir(JULES).await?;
    v.aller("/mon-compte/courriels").await?;
    v.clic("Aide en ligne").await?;
    v.titre("Choisir les courriels que je reçois").await?;
    v.remplir("Posez-moi vos questions", "horaires de la piscine")
        .await?;
    v.clic("Demander").await?;
    v.lire("Aucun article ne répond vraiment").await?;
    v.clic("Saisir sollicitation").await?;
    v.css("#objet[value='horaires de la piscine']").await?;
    v.remplir("Votre demande", "Je ne les trouve nulle part.")
        .await?;
    v.clic("Envoyer la sollicitation").await?;
    v.lire("est enregistrée.").await?;
    v.lire("horaires de la piscine").await?;
    v.console_calme().await
}

pub async fn annoncer_a_tous(v: Visite) -> Result<()> {
    v.devenir(ADMIN).await?;
    v.aller("/").await?;
    v.clic("Administration").await?;
    v.clic("Gérer les actualités").await?;
    v.clic("Créer une actualité").await?;
    v.remplir("Titre", "Le portail ferme dimanche").await?;
    v.remplir("Texte", "De **8 h** à 10 h.\n\n<b>Pas de HTML</b>")
        .await?;
    v.clic("Voir l’aperçu").await?;
    v.lire("Rien n’est encore enregistré").await?;
    v.css("#apercu strong").await?;
    v.clic("Publier").await?;
    v.lire("L’actualité est publiée.").await?;

    v.devenir(JULES).await?;
    v.aller("/").await?;
    v.clic("Le portail ferme dimanche").await?;
    v.titre("Le portail ferme dimanche").await?;
    v.lire("<b>Pas de HTML</b>").await?;

    v.devenir(ADMIN).await?;
    v.aller("/administration/actualites").await?;
    v.clic_dans("//tr[contains(., 'dimanche')]", "Modifier")
        .await?;
    v.confirmation("Supprimer").await?;
    v.confirmer("Supprimer l’actualité").await?;
    v.lire("est supprimée.").await?;
    v.devenir(JULES).await?;
    v.aller("/actualites").await?;
    v.sans("Le portail ferme dimanche").await?;
    v.console_calme().await
}

pub async fn entrer_par_les_domaines(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/").await?;
    v.clic("Les domaines").await?;
    v.titre("Les domaines").await?;
    v.clic("Accéder au domaine").await?;
    v.titre("Organisation").await?;
    v.clic_dans(
        "//section[@id='structures']",
        "Accéder à l’application Créer un service",
    )
    .await?;
    v.titre("Créer un service").await?;
    v.devenir(JULES).await?;
    v.aller("/domaines/organisation").await?;
    v.sans("Créer un service").await?;
    v.lire("Créer une structure").await?;
    v.console_calme().await
}
