// What the default layout says under a mail, in the languages that hosted pages speak.

export interface MailTexts {
  unsubscribe: string
  preferences: string
  confirm_subject: string
  confirm_intro: string
  confirm_button: string
  confirm_ignore: string
}

const TEXTS: Readonly<Record<string, MailTexts>> = {
  en: {
    unsubscribe: 'Unsubscribe',
    preferences: 'Choose what you receive',
    confirm_subject: 'Please confirm your e-mail address',
    confirm_intro: 'Please confirm that you agree to the following:',
    confirm_button: 'Confirm',
    confirm_ignore: 'If this was not you, ignore this mail; nothing happens then.',
  },
  de: {
    unsubscribe: 'Abmelden',
    preferences: 'Auswählen, was Sie erhalten',
    confirm_subject: 'Bitte bestätigen Sie Ihre E-Mail-Adresse',
    confirm_intro: 'Bitte bestätigen Sie, dass Sie Folgendem zustimmen:',
    confirm_button: 'Bestätigen',
    confirm_ignore: 'Wenn Sie das nicht waren, ignorieren Sie diese E-Mail; es geschieht dann nichts.',
  },
  fr: {
    unsubscribe: 'Se désabonner',
    preferences: 'Choisir ce que vous recevez',
    confirm_subject: 'Veuillez confirmer votre adresse e-mail',
    confirm_intro: 'Veuillez confirmer que vous acceptez ce qui suit :',
    confirm_button: 'Confirmer',
    confirm_ignore: 'Si ce n’était pas vous, ignorez ce message ; rien ne se passera.',
  },
  es: {
    unsubscribe: 'Darse de baja',
    preferences: 'Elegir lo que recibe',
    confirm_subject: 'Confirme su dirección de correo electrónico',
    confirm_intro: 'Confirme que está de acuerdo con lo siguiente:',
    confirm_button: 'Confirmar',
    confirm_ignore: 'Si no fue usted, ignore este mensaje; no ocurrirá nada.',
  },
  it: {
    unsubscribe: 'Annulla l’iscrizione',
    preferences: 'Scegli che cosa ricevere',
    confirm_subject: 'Conferma il tuo indirizzo e-mail',
    confirm_intro: 'Conferma di accettare quanto segue:',
    confirm_button: 'Conferma',
    confirm_ignore: 'Se non sei stato tu, ignora questo messaggio; non succederà nulla.',
  },
  nl: {
    unsubscribe: 'Afmelden',
    preferences: 'Kies wat u ontvangt',
    confirm_subject: 'Bevestig uw e-mailadres',
    confirm_intro: 'Bevestig dat u akkoord gaat met het volgende:',
    confirm_button: 'Bevestigen',
    confirm_ignore: 'Was u dit niet? Negeer deze e-mail; er gebeurt dan niets.',
  },
  pl: {
    unsubscribe: 'Wypisz się',
    preferences: 'Wybierz, co chcesz otrzymywać',
    confirm_subject: 'Potwierdź swój adres e-mail',
    confirm_intro: 'Potwierdź, że zgadzasz się na następujące:',
    confirm_button: 'Potwierdź',
    confirm_ignore: 'Jeśli to nie Ty, zignoruj tę wiadomość; nic się nie stanie.',
  },
  pt: {
    unsubscribe: 'Cancelar a subscrição',
    preferences: 'Escolher o que recebe',
    confirm_subject: 'Confirme o seu endereço de e-mail',
    confirm_intro: 'Confirme que concorda com o seguinte:',
    confirm_button: 'Confirmar',
    confirm_ignore: 'Se não foi você, ignore esta mensagem; nada acontecerá.',
  },
  da: {
    unsubscribe: 'Afmeld',
    preferences: 'Vælg, hvad du modtager',
    confirm_subject: 'Bekræft din e-mailadresse',
    confirm_intro: 'Bekræft, at du accepterer følgende:',
    confirm_button: 'Bekræft',
    confirm_ignore: 'Hvis det ikke var dig, kan du ignorere denne e-mail; så sker der intet.',
  },
  sv: {
    unsubscribe: 'Avregistrera',
    preferences: 'Välj vad du får',
    confirm_subject: 'Bekräfta din e-postadress',
    confirm_intro: 'Bekräfta att du samtycker till följande:',
    confirm_button: 'Bekräfta',
    confirm_ignore: 'Om det inte var du kan du ignorera mejlet; då händer ingenting.',
  },
}

/** The texts for a locale; English where its language is not spoken. */
export function mailTexts(locale: string): MailTexts {
  const texts = TEXTS[locale.toLowerCase().split('-')[0] ?? ''] ?? TEXTS['en']
  if (texts === undefined) throw new Error('English is spoken')
  return texts
}
