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


def in_language(sentence: dict[str, str], language: str) -> str:
    """The sentence in the language of the flow, in English when we do not have it."""
    return sentence.get(language.split("-")[0], sentence["en"])
