"""The few sentences that every flow needs even when it does not say them, by language."""

APOLOGY = {
    "de": "Es tut uns leid, hier ist etwas schiefgegangen. Bitte rufen Sie später noch einmal an. Auf Wiederhören.",
    "en": "We are sorry, something went wrong here. Please call again later. Goodbye.",
    "es": "Lo sentimos, algo ha fallado. Por favor, llame más tarde. Adiós.",
    "fr": "Nous sommes désolés, une erreur est survenue. Veuillez rappeler plus tard. Au revoir.",
    "it": "Ci dispiace, qualcosa non ha funzionato. La preghiamo di richiamare più tardi. Arrivederci.",
    "nl": "Het spijt ons, er is iets misgegaan. Belt u later nog eens. Tot ziens.",
    "pt": "Lamentamos, algo correu mal. Por favor, ligue mais tarde. Adeus.",
}
WITHHELD = {
    "de": "eine unterdrückte Nummer",
    "en": "a withheld number",
    "es": "un número oculto",
    "fr": "un numéro masqué",
    "it": "un numero nascosto",
    "nl": "een afgeschermd nummer",
    "pt": "um número oculto",
}

CALL_BACK_HERE = {
    "de": "Wir rufen Sie unter {number} zurück. Wenn das richtig ist, drücken Sie die 1, für eine andere Nummer die 2.",
    "en": "We will call you back at {number}. If that is right press 1, for another number press 2.",
    "es": "Le llamaremos al {number}. Si es correcto pulse 1; para otro número pulse 2.",
    "fr": "Nous vous rappellerons au {number}. Si c'est exact, tapez 1; pour un autre numéro, tapez 2.",
    "it": "La richiameremo al {number}. Se è corretto prema 1, per un altro numero prema 2.",
    "nl": "We bellen u terug op {number}. Klopt dat, druk dan 1; voor een ander nummer drukt u 2.",
    "pt": "Vamos ligar-lhe para {number}. Se está certo prima 1, para outro número prima 2.",
}
NUMBER_PLEASE = {
    "de": "Bitte geben Sie die Telefonnummer ein, unter der wir Sie zurückrufen, und danach die Rautetaste.",
    "en": "Please enter the telephone number at which we can call you back, and then the hash key.",
    "es": "Marque el número de teléfono al que podemos llamarle y después la tecla almohadilla.",
    "fr": "Composez le numéro auquel nous pouvons vous rappeler, puis la touche dièse.",
    "it": "Digiti il numero di telefono al quale possiamo richiamarla e poi il tasto cancelletto.",
    "nl": "Toets het telefoonnummer in waarop we u kunnen terugbellen, en daarna het hekje.",
    "pt": "Introduza o número de telefone para o qual podemos ligar e depois a tecla cardinal.",
}
NOT_CALLED = {
    "de": "Diese Nummer können wir nicht anrufen.",
    "en": "We cannot call that number.",
    "es": "No podemos llamar a ese número.",
    "fr": "Nous ne pouvons pas appeler ce numéro.",
    "it": "Non possiamo chiamare questo numero.",
    "nl": "Dat nummer kunnen we niet bellen.",
    "pt": "Não podemos ligar para esse número.",
}
WE_CALL_BACK = {
    "de": "Vielen Dank. Ihr Platz bleibt Ihnen, und wir rufen Sie zurück, sobald Sie an der Reihe sind.",
    "en": "Thank you. You keep your place, and we will call you back when it is your turn.",
    "es": "Gracias. Conserva su lugar y le llamaremos cuando sea su turno.",
    "fr": "Merci. Vous gardez votre place et nous vous rappellerons quand ce sera votre tour.",
    "it": "Grazie. Mantiene il suo posto e la richiameremo quando sarà il suo turno.",
    "nl": "Dank u. U houdt uw plaats, en we bellen u terug zodra u aan de beurt bent.",
    "pt": "Obrigado. Mantém o seu lugar e ligamos-lhe quando for a sua vez.",
}


def in_language(sentence: dict[str, str], language: str) -> str:
    """The sentence in the language of the flow, in English when we do not have it."""
    return sentence.get(language.split("-")[0], sentence["en"])
