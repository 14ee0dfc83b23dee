/** What the pages behind links in mails say, in the ten languages of hosted pages. */

export interface PreferenceTexts {
  title: string
  intro: string
  save: string
  leave_all: string
  saved: string
  blocked: string
  confirm_title: string
  confirm_button: string
  confirmed: string
  gone: string
  expired: string
}

const row = (
  title: string,
  intro: string,
  save: string,
  leave_all: string,
  saved: string,
  blocked: string,
  confirm: [title: string, button: string, done: string],
  gone: string,
  expired: string,
): PreferenceTexts => ({
  ...{ title, intro, save, leave_all, saved, blocked, gone, expired },
  confirm_title: confirm[0],
  confirm_button: confirm[1],
  confirmed: confirm[2],
})

const TEXTS: Readonly<Record<string, PreferenceTexts>> = {
  en: row(
    'Your e-mail settings',
    'Choose what we may send to',
    'Save',
    'Unsubscribe from everything',
    'Your choice is saved.',
    'Mail to this address is stopped for another reason.',
    ['Please confirm', 'I confirm', 'Thank you, that is confirmed.'],
    'This link leads nowhere.',
    'This link is no longer valid.',
  ),
  de: row(
    'Ihre E-Mail-Einstellungen',
    'Wählen Sie, was wir senden dürfen an',
    'Speichern',
    'Von allem abmelden',
    'Ihre Auswahl ist gespeichert.',
    'E-Mail an diese Adresse ist aus einem anderen Grund gesperrt.',
    ['Bitte bestätigen', 'Ich bestätige', 'Danke, das ist bestätigt.'],
    'Dieser Link führt nirgendwohin.',
    'Dieser Link ist nicht mehr gültig.',
  ),
  fr: row(
    'Vos préférences e-mail',
    'Choisissez ce que nous pouvons envoyer à',
    'Enregistrer',
    'Se désabonner de tout',
    'Votre choix est enregistré.',
    'L’envoi à cette adresse est arrêté pour une autre raison.',
    ['Veuillez confirmer', 'Je confirme', 'Merci, c’est confirmé.'],
    'Ce lien ne mène nulle part.',
    'Ce lien n’est plus valable.',
  ),
  es: row(
    'Sus preferencias de correo',
    'Elija lo que podemos enviar a',
    'Guardar',
    'Darse de baja de todo',
    'Su elección está guardada.',
    'El envío a esta dirección está detenido por otro motivo.',
    ['Confirme, por favor', 'Confirmo', 'Gracias, está confirmado.'],
    'Este enlace no lleva a ninguna parte.',
    'Este enlace ya no es válido.',
  ),
  it: row(
    'Le tue preferenze e-mail',
    'Scegli che cosa possiamo inviare a',
    'Salva',
    'Annulla tutte le iscrizioni',
    'La tua scelta è salvata.',
    'L’invio a questo indirizzo è fermo per un altro motivo.',
    ['Conferma, per favore', 'Confermo', 'Grazie, è confermato.'],
    'Questo link non porta da nessuna parte.',
    'Questo link non è più valido.',
  ),
  nl: row(
    'Uw e-mailinstellingen',
    'Kies wat wij mogen sturen naar',
    'Opslaan',
    'Voor alles afmelden',
    'Uw keuze is opgeslagen.',
    'E-mail naar dit adres is om een andere reden gestopt.',
    ['Bevestig alstublieft', 'Ik bevestig', 'Dank u, dat is bevestigd.'],
    'Deze link leidt nergens heen.',
    'Deze link is niet meer geldig.',
  ),
  pl: row(
    'Twoje ustawienia e-mail',
    'Wybierz, co możemy wysyłać na adres',
    'Zapisz',
    'Wypisz się ze wszystkiego',
    'Twój wybór został zapisany.',
    'Wysyłka na ten adres jest wstrzymana z innego powodu.',
    ['Prosimy o potwierdzenie', 'Potwierdzam', 'Dziękujemy, potwierdzono.'],
    'Ten link donikąd nie prowadzi.',
    'Ten link nie jest już ważny.',
  ),
  pt: row(
    'As suas preferências de e-mail',
    'Escolha o que podemos enviar para',
    'Guardar',
    'Cancelar todas as subscrições',
    'A sua escolha foi guardada.',
    'O envio para este endereço está parado por outro motivo.',
    ['Confirme, por favor', 'Confirmo', 'Obrigado, está confirmado.'],
    'Esta ligação não leva a lado nenhum.',
    'Esta ligação já não é válida.',
  ),
  da: row(
    'Dine e-mailindstillinger',
    'Vælg, hvad vi må sende til',
    'Gem',
    'Afmeld alt',
    'Dit valg er gemt.',
    'Mail til denne adresse er stoppet af en anden grund.',
    ['Bekræft venligst', 'Jeg bekræfter', 'Tak, det er bekræftet.'],
    'Dette link fører ingen steder hen.',
    'Dette link er ikke længere gyldigt.',
  ),
  sv: row(
    'Dina e-postinställningar',
    'Välj vad vi får skicka till',
    'Spara',
    'Avregistrera allt',
    'Ditt val är sparat.',
    'E-post till den här adressen är stoppad av en annan anledning.',
    ['Bekräfta, tack', 'Jag bekräftar', 'Tack, det är bekräftat.'],
    'Den här länken leder ingenstans.',
    'Den här länken är inte längre giltig.',
  ),
}

/** Languages that are spoken. */
export const PREFERENCE_LANGUAGES = Object.keys(TEXTS)

/** The first of some languages that is spoken, else English. */
export function speak(wanted: readonly string[]): { locale: string; texts: PreferenceTexts } {
  const locale =
    wanted.map((tag) => tag.toLowerCase().split('-')[0] ?? '').find((tag) => Object.hasOwn(TEXTS, tag)) ?? 'en'
  const texts = TEXTS[locale]
  if (texts === undefined) throw new Error('English is spoken')
  return { locale, texts }
}
