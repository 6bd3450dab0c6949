use std::str::FromStr;

use super::{Curseur, Requete, Tranche, texte};

/// Lines per page that may be chosen (spec §5).
pub const PAR_PAGE: [u32; 5] = [5, 10, 25, 50, 100];

/// Beyond this a total is not counted: « plus de 10 000 lignes » (decisions 19).
pub const PLAFOND: i64 = 10_000;

/// Beyond this what waits elsewhere is not counted, nor a [`Suite`]: « plus de 1 000 ». Whoever reads it goes there or does not; ten
/// times as many took a quarter of the time of the desk.
pub const PLAFOND_PASTILLE: i64 = 1_000;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sens {
    Croissant,
    Decroissant,
}

impl Sens {
    fn suffixe(self) -> &'static str {
        match self {
            Self::Croissant => "asc",
            Self::Decroissant => "desc",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Croissant => "croissant",
            Self::Decroissant => "décroissant",
        }
    }
}

/// One block's place in the URL: search, sort, page, lines per page, under its own prefix (`dr.page=2`),
/// so that sorting one block leaves the others alone. Absurd values fall back instead of failing.
#[derive(Clone, Debug)]
pub struct Fenetre {
    pub prefixe: &'static str,
    pub recherche: String,
    pub colonne: &'static str,
    pub sens: Sens,
    pub page: i64,
    pub par: i64,
    requete: Requete,
}

impl Fenetre {
    pub fn lire(
        requete: &Requete,
        prefixe: &'static str,
        colonnes: &[&'static str],
        (colonne_defaut, sens_defaut): (&'static str, Sens),
        par_defaut: u32,
    ) -> Self {
        let valeur = |cle: &str| requete.valeur(&format!("{prefixe}.{cle}"));
        let (colonne, sens) = valeur("tri")
            .rsplit_once('-')
            .and_then(|(c, s)| {
                let sens = match s {
                    "asc" => Sens::Croissant,
                    "desc" => Sens::Decroissant,
                    _ => return None,
                };
                colonnes
                    .iter()
                    .find(|connue| **connue == c)
                    .map(|connue| (*connue, sens))
            })
            .unwrap_or((colonne_defaut, sens_defaut));
        let par = valeur("par")
            .parse()
            .ok()
            .filter(|p| PAR_PAGE.contains(p))
            .unwrap_or(par_defaut);
        Self {
            prefixe,
            recherche: texte::ligne(valeur("q"), 100).unwrap_or_default(),
            colonne,
            sens,
            page: valeur("page").parse::<i64>().unwrap_or(1).clamp(1, PLAFOND),
            par: par.into(),
            requete: requete.clone(),
        }
    }

    /// `date-desc`: one of the constants that the SQL of the list compares with.
    pub fn tri(&self) -> String {
        format!("{}-{}", self.colonne, self.sens.suffixe())
    }

    pub fn cle(&self, nom: &str) -> String {
        format!("{}.{nom}", self.prefixe)
    }

    /// Where the page begins, in a list that goes on from its lines.
    pub fn curseur<R: FromStr>(&self) -> Curseur<R> {
        let valeur = |nom: &str| self.requete.valeur(&self.cle(nom));
        Curseur::lire(valeur("apres"), valeur("avant"))
    }

    /// The other keys of the URL, for the GET forms of this block; what they ask begins at the beginning.
    pub fn autres(&self, siennes: &[&str]) -> Vec<(String, String)> {
        let siennes: Vec<String> = siennes
            .iter()
            .chain(&["apres", "avant"])
            .map(|n| self.cle(n))
            .collect();
        self.requete
            .autres(&siennes.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Address of this page, as it is now.
    pub fn ici(&self) -> String {
        self.requete.ici()
    }

    pub fn chemin(&self) -> &str {
        &self.requete.chemin
    }

    /// From the first line, but for what is changed.
    fn lien(&self, changements: &[(&str, &str)]) -> String {
        let cles: Vec<(String, &str)> = [("page", ""), ("apres", ""), ("avant", "")]
            .iter()
            .filter(|(place, _)| changements.iter().all(|(c, _)| c != place))
            .chain(changements)
            .map(|(c, v)| (self.cle(c), *v))
            .collect();
        let cles: Vec<(&str, &str)> = cles.iter().map(|(c, v)| (c.as_str(), *v)).collect();
        self.requete.avec(&cles)
    }
}

/// A total, counted up to the ceiling: that of a list, unless it says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(transparent)]
pub struct Total<const MAXIMUM: i64 = PLAFOND>(pub i64);

/// A count beside a link.
pub type Pastille = Total<PLAFOND_PASTILLE>;

impl<const MAXIMUM: i64> Total<MAXIMUM> {
    pub fn plafonne(self) -> bool {
        self.0 > MAXIMUM
    }

    pub fn compte(self) -> i64 {
        self.0.min(MAXIMUM)
    }

    /// « 12 », « plus de 10 000 ».
    pub fn nombre(self) -> String {
        if self.plafonne() {
            format!("plus de {}", texte::milliers(MAXIMUM))
        } else {
            texte::milliers(self.0)
        }
    }

    /// « 0 ligne », « 1 ligne », « 12 lignes », « plus de 10 000 lignes ».
    pub fn phrase(self) -> String {
        format!(
            "{} ligne{}",
            self.nombre(),
            if self.0 > 1 { "s" } else { "" }
        )
    }
}

pub struct LienPage {
    pub numero: i64,
    pub href: String,
    pub courante: bool,
}

/// A page of lines and every link around it.
pub struct Liste<L, const MAXIMUM: i64 = PLAFOND> {
    pub lignes: Vec<L>,
    pub total: Total<MAXIMUM>,
    pub fenetre: Fenetre,
    pub ancre: &'static str,
    /// Of a list that goes on from its lines: the places from which the pages before and after are read. Its pages have no number.
    voisines: Option<[Option<String>; 2]>,
}

/// A list of the desk: it goes on from its lines, and is counted as far as anybody reads.
pub type Suite<L> = Liste<L, PLAFOND_PASTILLE>;

impl<L> Suite<L> {
    pub fn en_suite(tranche: Tranche<L>, fenetre: Fenetre, ancre: &'static str) -> Self {
        Self {
            lignes: tranche.lignes,
            total: Total(tranche.total),
            fenetre,
            ancre,
            voisines: Some([tranche.precedente, tranche.suivante]),
        }
    }
}

impl<L> Liste<L> {
    /// `total` as counted by the statement; the page asked for is brought back to the last one, as the SQL did.
    pub fn new(lignes: Vec<L>, total: i64, mut fenetre: Fenetre, ancre: &'static str) -> Self {
        let total = Total(total);
        fenetre.page = fenetre.page.min(derniere(total, fenetre.par));
        Self {
            lignes,
            total,
            fenetre,
            ancre,
            voisines: None,
        }
    }
}

impl<L, const MAXIMUM: i64> Liste<L, MAXIMUM> {
    pub fn est_vide(&self) -> bool {
        self.lignes.is_empty()
    }

    /// Nothing at all, or nothing for this search?
    pub fn filtree(&self) -> bool {
        !self.fenetre.recherche.is_empty()
    }

    pub fn derniere(&self) -> i64 {
        derniere(self.total, self.fenetre.par)
    }

    fn ancrer(&self, lien: String) -> String {
        format!("{lien}#{}", self.ancre)
    }

    pub fn lien_page(&self, numero: i64) -> String {
        self.ancrer(
            self.fenetre.lien(&[(
                "page",
                if numero > 1 {
                    numero.to_string()
                } else {
                    String::new()
                }
                .as_str(),
            )]),
        )
    }

    /// First click: ascending (dates: descending); then the other way. Always back to page 1.
    pub fn lien_tri(&self, colonne: &str) -> String {
        let sens = match (self.fenetre.colonne == colonne, self.fenetre.sens) {
            (true, Sens::Croissant) => Sens::Decroissant,
            (true, Sens::Decroissant) => Sens::Croissant,
            (false, _) if colonne == "date" => Sens::Decroissant,
            (false, _) => Sens::Croissant,
        };
        let tri = format!("{colonne}-{}", sens.suffixe());
        self.ancrer(self.fenetre.lien(&[("tri", &tri)]))
    }

    /// For `aria-sort`: on the active column only.
    pub fn sens_de(&self, colonne: &str) -> &'static str {
        match (self.fenetre.colonne == colonne, self.fenetre.sens) {
            (true, Sens::Croissant) => "ascending",
            (true, Sens::Decroissant) => "descending",
            _ => "",
        }
    }

    /// « asc » or « desc » on the active column, as the macro of a heading takes it.
    pub fn sens(&self, colonne: &str) -> &'static str {
        match self.sens_de(colonne) {
            "ascending" => "asc",
            "descending" => "desc",
            _ => "",
        }
    }

    /// « Services, triés par code (croissant) »: what is listed and the order; `quoi` is feminine plural.
    pub fn legende(&self, quoi: &str, colonne: &str) -> String {
        let sens = self.fenetre.sens.libelle();
        format!("{quoi}, triées par {colonne} ({sens})")
    }

    /// The same; `quoi` is masculine plural.
    pub fn legende_au_masculin(&self, quoi: &str, colonne: &str) -> String {
        let sens = self.fenetre.sens.libelle();
        format!("{quoi}, triés par {colonne} ({sens})")
    }

    /// The address without the search, where there is one.
    pub fn effacer(&self) -> Option<String> {
        self.filtree().then(|| self.lien_sans_recherche())
    }

    pub fn lien_sans_recherche(&self) -> String {
        self.ancrer(self.fenetre.lien(&[("q", "")]))
    }

    /// First, last and the pages around this one; an empty address stands for those left out.
    pub fn pages(&self) -> Vec<LienPage> {
        if self.voisines.is_some() {
            return Vec::new();
        }
        let (courante, derniere) = (self.fenetre.page, self.derniere());
        let mut pages: Vec<LienPage> = Vec::new();
        let montrees =
            (1..=derniere).filter(|n| *n == 1 || *n == derniere || (n - courante).abs() <= 2);
        for numero in montrees {
            if pages.last().is_some_and(|p| p.numero + 1 < numero) {
                pages.push(LienPage {
                    numero: 0,
                    href: String::new(),
                    courante: false,
                });
            }
            pages.push(LienPage {
                numero,
                href: self.lien_page(numero),
                courante: numero == courante,
            });
        }
        pages
    }

    pub fn precedente(&self) -> Option<String> {
        match &self.voisines {
            Some([avant, _]) => self.lien_place("avant", avant.as_deref()),
            None => (self.fenetre.page > 1).then(|| self.lien_page(self.fenetre.page - 1)),
        }
    }

    pub fn suivante(&self) -> Option<String> {
        match &self.voisines {
            Some([_, apres]) => self.lien_place("apres", apres.as_deref()),
            None => {
                (self.fenetre.page < self.derniere()).then(|| self.lien_page(self.fenetre.page + 1))
            }
        }
    }

    fn lien_place(&self, cle: &str, place: Option<&str>) -> Option<String> {
        place.map(|place| self.ancrer(self.fenetre.lien(&[(cle, place)])))
    }
}

fn derniere<const MAXIMUM: i64>(total: Total<MAXIMUM>, par: i64) -> i64 {
    ((total.compte() - 1).max(0) / par) + 1
}
