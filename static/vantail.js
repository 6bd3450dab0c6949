// Comfort only: every page works without this file.
// Behaviours are asked for by attributes (data-bloc, data-frag, data-lot, data-confirme, data-montre, data-verse,
// data-compteur).

const un = (selecteur, racine = document) => racine.querySelector(selecteur);
const tous = (selecteur, racine = document) => [...racine.querySelectorAll(selecteur)];
const lire = (html) => new DOMParser().parseFromString(html, 'text/html');
const pluriel = (n, singulier, autres) => `${n} ${n > 1 ? autres : singulier}`;

// --- Announcements: one status region, emptied first so that the same words are read again.
let annonce;
const dire = (texte) => {
  const zone = un('#statut');
  if (!zone) return;
  zone.textContent = '';
  clearTimeout(annonce);
  annonce = setTimeout(() => { zone.textContent = texte; }, 80);
};

// --- Bulk selection: all of the page, ranges with Shift, live count.
const preparerLot = (formulaire) => {
  const cases = tous('tbody input[type=checkbox][name]', formulaire);
  const toutes = un('[data-tout]', formulaire);
  const compte = un('[data-compte]', formulaire);
  let derniere;

  const compter = (aHauteVoix) => {
    const n = cases.filter((c) => c.checked).length;
    if (toutes) {
      toutes.checked = n > 0 && n === cases.length;
      toutes.indeterminate = n > 0 && n < cases.length;
    }
    if (!compte) return;
    const { un: singulier, des, aucun } = compte.dataset;
    compte.textContent = n ? pluriel(n, singulier, des) : aucun;
    if (aHauteVoix) dire(compte.textContent);
  };

  formulaire.addEventListener('click', (e) => {
    const i = cases.indexOf(e.target);
    if (i < 0) return;
    if (e.shiftKey && derniere !== undefined) {
      const [de, a] = [Math.min(i, derniere), Math.max(i, derniere)];
      cases.slice(de, a + 1).forEach((c) => { c.checked = e.target.checked; });
    }
    derniere = i;
  });
  formulaire.addEventListener('change', (e) => {
    if (e.target === toutes) cases.forEach((c) => { c.checked = toutes.checked; });
    if (e.target === toutes || cases.includes(e.target)) compter(true);
  });
  compter(false);
};

// --- Characters left in a text area; the server counts a line break as one character too.
const compterCaracteres = (zone, aHauteVoix) => {
  const cible = document.getElementById(zone.dataset.compteur);
  if (!cible) return;
  const reste = Number(zone.dataset.limite) - [...zone.value].length;
  cible.textContent = reste < 0
    ? pluriel(-reste, 'caractère de trop', 'caractères de trop')
    : pluriel(reste, 'caractère restant', 'caractères restants');
  if (aHauteVoix && reste <= 20) dire(cible.textContent);
};

const preparer = (racine = document) => {
  tous('form[data-lot]', racine).forEach(preparerLot);
  tous('[data-compteur]', racine).forEach((z) => compterCaracteres(z, false));
};

// --- One list block swapped in place; whatever goes wrong becomes an ordinary navigation.
let adresse = location.pathname + location.search;
let enCours;
let occupe;

// What is being renewed says so, and only that: a newer search takes over from the one it stops.
const occuper = (element) => {
  occupe?.removeAttribute('aria-busy');
  occupe = element;
  occupe?.setAttribute('aria-busy', 'true');
};

const chercher = async (url, attente) => {
  enCours?.abort();
  occuper(attente);
  enCours = new AbortController();
  const reponse = await fetch(url, { mode: 'same-origin', signal: enCours.signal });
  if (!reponse.ok || reponse.redirected) throw new Error('page');
  return lire(await reponse.text());
};

const poser = (ancien, neuf) => {
  ancien.replaceWith(neuf);
  preparer(neuf);
};

// The other blocks keep their lines and their ticks; their links learn the new state of this one.
const accorder = (page, sauf) => tous('[data-bloc]').filter((b) => b !== sauf).forEach((bloc) => {
  const neuf = page.getElementById(bloc.id);
  if (!neuf) return;
  const [ici, la] = [bloc, neuf].map((b) => tous('a[href], form[action], input[type=hidden]', b));
  const pareils = ici.length === la.length
    && ici.every((e, i) => e.tagName === la[i].tagName && (e.tagName !== 'A' || e.textContent === la[i].textContent));
  if (!pareils) { poser(bloc, neuf); return; }
  ici.forEach((e, i) => ['href', 'action', 'value'].forEach((nom) => {
    if (la[i].hasAttribute(nom)) e.setAttribute(nom, la[i].getAttribute(nom));
  }));
});

const remplacer = async (url, selecteur) => {
  const bloc = un(selecteur);
  try {
    const page = await chercher(url, bloc);
    const neuf = un(selecteur, page);
    if (!bloc || !neuf) throw new Error('bloc');
    const actif = document.activeElement?.id;
    poser(bloc, neuf);
    accorder(page, neuf);
    document.title = page.title;
    history.pushState(null, '', url);
    adresse = location.pathname + location.search;
    ((actif && document.getElementById(actif)) || un('caption[tabindex]', neuf) || neuf).focus();
    dire(un('caption', neuf)?.textContent.trim() || 'Liste mise à jour');
  } catch (erreur) {
    if (erreur.name !== 'AbortError') location.assign(url);
  }
};

addEventListener('popstate', async () => {
  const ici = location.pathname + location.search;
  if (ici === adresse) return; // an anchor of the same page
  adresse = ici;
  try {
    const page = await chercher(location.href, un('main'));
    const blocs = tous('[data-bloc]');
    if (!blocs.length || blocs.some((b) => !page.getElementById(b.id))) throw new Error('bloc');
    blocs.forEach((b) => {
      const neuf = page.getElementById(b.id);
      if (neuf.outerHTML !== b.outerHTML) poser(b, neuf);
    });
    document.title = page.title;
    occuper();
  } catch (erreur) {
    if (erreur.name !== 'AbortError') location.reload();
  }
});

// --- Confirmation window, made of the full confirmation page.
const confirmer = (page, ouvrant) => {
  const contenu = page && un('#confirmation', page);
  const titre = contenu && un('h1', contenu);
  if (!titre) return false;
  const fenetre = document.createElement('dialog');
  fenetre.setAttribute('aria-labelledby', titre.id);
  titre.tabIndex = -1;
  fenetre.append(contenu);
  document.body.append(fenetre);
  fenetre.addEventListener('close', () => { fenetre.remove(); ouvrant.focus(); });
  un('[data-annuler]', fenetre)?.addEventListener('click', (e) => { e.preventDefault(); fenetre.close(); });
  preparer(fenetre);
  fenetre.showModal();
  titre.focus();
  return true;
};

const demanderConfirmation = async (ouvrant, url, options, sinon) => {
  if (ouvrant.dataset.occupe) return;
  ouvrant.dataset.occupe = '1';
  let faite = false;
  try {
    const reponse = await fetch(url, { mode: 'same-origin', ...options });
    faite = reponse.ok && confirmer(lire(await reponse.text()), ouvrant);
  } catch { /* the full page answers instead */ }
  delete ouvrant.dataset.occupe;
  if (!faite) sinon();
};

addEventListener('click', (e) => {
  const lien = e.target.closest?.('a[data-frag], a[data-confirme]');
  if (!lien || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  e.preventDefault();
  if (lien.dataset.frag) remplacer(lien.href, lien.dataset.frag);
  else demanderConfirmation(lien, lien.href, {}, () => location.assign(lien.href));
});

// --- Forms: fragment search, confirmation, guard against a double click.
const rearmer = (formulaire) => {
  delete formulaire.dataset.envoye;
  tous('[aria-disabled]', formulaire).forEach((b) => b.removeAttribute('aria-disabled'));
};

addEventListener('submit', (e) => {
  const formulaire = e.target;
  const bouton = e.submitter;
  if (formulaire.method === 'dialog') return;
  if (formulaire.dataset.frag && formulaire.method === 'get') {
    e.preventDefault();
    const url = new URL(formulaire.action);
    url.search = new URLSearchParams(new FormData(formulaire, bouton));
    remplacer(url.href, formulaire.dataset.frag);
    return;
  }
  if (formulaire.dataset.envoye) { e.preventDefault(); return; }
  if (bouton?.matches('[data-confirme]')) {
    e.preventDefault();
    // button.formAction would be this page's own address where the attribute is absent
    const url = bouton.getAttribute('formaction') || formulaire.getAttribute('action') || location.href;
    const corps = new URLSearchParams(new FormData(formulaire, bouton));
    demanderConfirmation(bouton, url, { method: 'POST', body: corps }, () => {
      bouton.removeAttribute('data-confirme');
      formulaire.requestSubmit(bouton);
    });
    return;
  }
  if (formulaire.method !== 'post') return;
  // a password shown in clear must not enter the browser's list of typed words
  tous('[data-montre]:checked', formulaire).forEach((c) => c.click());
  formulaire.dataset.envoye = '1';
  bouton?.setAttribute('aria-disabled', 'true');
  setTimeout(() => rearmer(formulaire), 8000); // a download answers without leaving the page
});
addEventListener('pageshow', (e) => {
  // Chromium may bring a page back from memory in spite of no-store: after « Déconnexion » nothing of it must be seen.
  if (e.persisted && un('form[action="/deconnexion"]')) location.reload();
  tous('form[data-envoye]').forEach(rearmer);
});

// --- Fields.
addEventListener('change', (e) => {
  const champ = e.target.dataset?.montre && document.getElementById(e.target.dataset.montre);
  if (champ) champ.type = e.target.checked ? 'text' : 'password';
});
// A file poured into the area whose lines are sent: spreadsheets save in UTF-8 or in the alphabet of Windows.
addEventListener('change', async (e) => {
  const zone = e.target.dataset?.verse && document.getElementById(e.target.dataset.verse);
  const fichier = zone && e.target.files[0];
  if (!fichier) return;
  if (fichier.size > 512 * 1024) { dire('Ce fichier est trop gros.'); return; }
  const octets = await fichier.arrayBuffer();
  try {
    zone.value = new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    zone.value = new TextDecoder('windows-1252').decode(octets);
  }
  dire(`${fichier.name} : lignes reprises ci-dessous`);
});
addEventListener('input', (e) => {
  if (e.target.dataset?.compteur) compterCaracteres(e.target, true);
});
addEventListener('click', (e) => {
  const lien = e.target.closest?.('[data-resume] a');
  const champ = lien && document.getElementById(decodeURIComponent(lien.hash.slice(1)));
  if (!champ) return;
  e.preventDefault();
  (champ.labels?.[0] || champ).scrollIntoView({ block: 'start' });
  champ.focus({ preventScroll: true });
});

// --- One-key shortcuts, off unless the person has asked for them, never inside a field.
addEventListener('keydown', (e) => {
  if (document.body.dataset.raccourcis !== 'on' || e.ctrlKey || e.metaKey || e.altKey || un('dialog[open]')) return;
  if (e.target.matches?.('input:not([type=checkbox], [type=radio]), textarea, select')) return;
  const lignes = tous('tbody tr');
  const i = lignes.indexOf(document.activeElement.closest?.('tbody tr'));
  const aller = (k) => un('a, input, button', lignes[k] ?? document.createElement('i'))?.focus();
  if (e.key === 'j') aller(Math.min(i + 1, lignes.length - 1));
  else if (e.key === 'k') aller(Math.max(i - 1, 0));
  else if (e.key === 'x' && i >= 0) un('input[type=checkbox]', lignes[i])?.click();
  else if (['o', 'v', 'r', 's'].includes(e.key) && !e.repeat) {
    // the line that has the focus first, then what stands outside the lists
    const choix = `[data-touche~="${e.key}"]`;
    const cible = (i >= 0 && un(choix, lignes[i])) || tous(choix).find((c) => !c.closest('tbody'));
    if (cible) { e.preventDefault(); cible.click(); }
  } else if (e.key === '/') { e.preventDefault(); (un('main input[type=search]') ?? un('input[type=search]'))?.focus(); }
  else if (e.key === '?') { un('#aide-raccourcis')?.showModal(); un('#raccourcis-titre')?.focus(); }
});

// --- First view: what must be read first has the focus.
preparer();
(un('[data-resume]') || un('[data-resultat]'))?.focus();
