//! Every page and its states: axe-core, width, console, HTML.

mod adresses;
mod etats;
mod etats_securite;
mod visites;
mod visites_gestion;
mod visites_referents;

use anyhow::{Result, bail};

use crate::axe;
use crate::gestes::Visite;
use crate::html::Liasse;
use crate::lanceur::{Mode, Scenario, Suite};

/// The pages seen by one scenario.
struct Revue {
    v: Visite,
    liasse: Liasse,
    fautes: Vec<String>,
}

impl Revue {
    fn nouvelle(v: &Visite, nom: &str) -> Result<Self> {
        Ok(Self {
            v: v.clone(),
            liasse: Liasse::nouvelle(nom)?,
            fautes: Vec::new(),
        })
    }

    /// The page as it is now.
    async fn voir(&mut self, nom: &str) -> Result<()> {
        self.liasse.garder(&self.v, nom)?;
        self.fautes.extend(axe::examiner(&self.v, nom).await?);
        if let Err(plainte) = self.v.console_calme().await {
            self.fautes.push(format!("{nom}: {plainte}"));
        }
        Ok(())
    }

    async fn aller(&mut self, chemin: &str) -> Result<()> {
        self.v.aller(chemin).await?;
        // Without the ids, which change from one run to the next.
        let parties: Vec<&str> = chemin
            .split('/')
            .filter(|p| p.parse::<uuid::Uuid>().is_err())
            .collect();
        self.voir(&parties.join("/")).await
    }

    async fn conclure(mut self) -> Result<()> {
        if let Err(html) = self.liasse.valider().await {
            self.fautes.push(format!("{html:#}"));
        }
        if !self.fautes.is_empty() {
            bail!("{} faults:\n{}", self.fautes.len(), self.fautes.join("\n"));
        }
        Ok(())
    }
}

pub fn tous() -> Vec<Scenario> {
    type Nommee = (&'static str, fn(Visite) -> Suite);
    let revues: [Nommee; 9] = [
        ("pages::adresses_ouvertes", |v| {
            Box::pin(adresses::ouvertes(v))
        }),
        ("pages::adresses_du_compte", |v| {
            Box::pin(adresses::du_compte(v))
        }),
        ("pages::adresses_de_gestion", |v| {
            Box::pin(adresses::de_gestion(v))
        }),
        ("pages::etats_des_formulaires", |v| {
            Box::pin(etats::formulaires(v))
        }),
        ("pages::etats_de_l_inscription", |v| {
            Box::pin(etats::inscription(v))
        }),
        ("pages::etats_de_la_securite", |v| {
            Box::pin(etats_securite::securite(v))
        }),
        ("pages::etats_d_une_assistance", |v| {
            Box::pin(etats_securite::assistance(v))
        }),
        ("pages::etats_des_listes", |v| Box::pin(etats::listes(v))),
        ("pages::etats_des_refus", |v| Box::pin(etats::refus(v))),
    ];
    revues
        .into_iter()
        .map(|(nom, suite)| Scenario {
            nom: nom.to_owned(),
            mode: Mode::Script,
            suite,
        })
        .collect()
}
