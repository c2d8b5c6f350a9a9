"""The few sentences that we say ourselves, in the languages of flows; English where a language is missing."""

from typing import Literal

Phrase = Literal[
    "place",
    "next",
    "minute",
    "minutes",
    "call_me_back",
    "star",
    "hash",
    "again",
    "one_moment",
    "unknown_number",
    "trouble",
    "taken",
    "away",
    "lost_you",
    "whisper_caller",
    "whisper_withheld",
    "whisper_queue",
    "whisper_asked",
    "whisper_callback",
    "whisper_keys",
    "whisper_out",
]

PHRASES: dict[Phrase, dict[str, str]] = {
    "place": {
        "en": "You are number {place} in the queue.",
        "de": "Sie sind Nummer {place} in der Warteschlange.",
        "fr": "Vous êtes numéro {place} dans la file d'attente.",
        "es": "Usted es el número {place} en la cola.",
    },
    "next": {
        "en": "You are next.",
        "de": "Sie sind als Nächstes an der Reihe.",
        "fr": "Vous êtes le prochain.",
        "es": "Usted es el siguiente.",
    },
    "minute": {
        "en": "The wait is about one minute.",
        "de": "Die Wartezeit beträgt etwa eine Minute.",
        "fr": "L'attente est d'environ une minute.",
        "es": "La espera es de aproximadamente un minuto.",
    },
    "minutes": {
        "en": "The wait is about {minutes} minutes.",
        "de": "Die Wartezeit beträgt etwa {minutes} Minuten.",
        "fr": "L'attente est d'environ {minutes} minutes.",
        "es": "La espera es de aproximadamente {minutes} minutos.",
    },
    "call_me_back": {
        "en": "If you would rather be called back and keep your place, press {key}.",
        "de": "Wenn wir Sie lieber zurückrufen sollen, drücken Sie {key}. Ihr Platz bleibt Ihnen.",
        "fr": "Pour être rappelé sans perdre votre place, tapez {key}.",
        "es": "Si prefiere que le llamemos sin perder su lugar, pulse {key}.",
        "it": "Se preferisce essere richiamato senza perdere il posto, prema {key}.",
        "nl": "Wilt u liever worden teruggebeld en uw plaats houden, druk dan {key}.",
        "pt": "Se prefere que lhe liguemos sem perder o seu lugar, prima {key}.",
    },
    "star": {
        "en": "star",
        "de": "Stern",
        "fr": "étoile",
        "es": "asterisco",
        "it": "asterisco",
        "nl": "ster",
        "pt": "asterisco",
    },
    "hash": {
        "en": "hash",
        "de": "Raute",
        "fr": "dièse",
        "es": "almohadilla",
        "it": "cancelletto",
        "nl": "hekje",
        "pt": "cardinal",
    },
    "again": {
        "en": "Sorry, we lost your agent for a moment. Please hold, you will not lose your place.",
        "de": "Entschuldigung, die Verbindung zu Ihrem Gesprächspartner ist abgebrochen. Bitte warten Sie, Ihr Platz bleibt Ihnen.",
        "fr": "Désolé, la connexion avec votre conseiller est coupée. Veuillez patienter, vous gardez votre place.",
        "es": "Lo sentimos, hemos perdido a su agente por un momento. Espere, por favor, no perderá su lugar.",
    },
    "one_moment": {
        "en": "One moment please.",
        "de": "Einen Moment bitte.",
        "fr": "Un instant, s'il vous plaît.",
        "es": "Un momento, por favor.",
    },
    "unknown_number": {
        "en": "This number is not in service here. Please check the number and call again.",
    },
    "trouble": {
        "en": "We are sorry, something went wrong on our side. Please leave a message after the tone and we will call you back.",
        "de": "Es tut uns leid, bei uns ist etwas schiefgegangen. Bitte hinterlassen Sie eine Nachricht, wir rufen zurück.",
        "fr": "Nous sommes désolés, un problème est survenu. Laissez un message et nous vous rappellerons.",
        "es": "Lo sentimos, algo ha fallado. Deje un mensaje y le devolveremos la llamada.",
    },
    "away": {
        "en": "Sorry, this takes a moment. Please hold, or call again in a few minutes.",
        "de": "Einen Moment noch. Bitte bleiben Sie dran, oder rufen Sie in einigen Minuten wieder an.",
        "fr": "Encore un instant. Restez en ligne, ou rappelez dans quelques minutes.",
        "es": "Un momento más. Permanezca en la línea, o vuelva a llamar en unos minutos.",
    },
    "lost_you": {
        "en": "We are sorry, the connection to our colleague was lost. We will call you again. Goodbye.",
        "de": "Es tut uns leid, die Verbindung ist abgebrochen. Wir rufen Sie wieder an. Auf Wiederhören.",
        "fr": "Nous sommes désolés, la connexion est coupée. Nous vous rappellerons. Au revoir.",
        "es": "Lo sentimos, se ha cortado la conexión. Le volveremos a llamar. Adiós.",
    },
    "taken": {
        "en": "This caller is no longer waiting for you.",
        "de": "Dieser Anrufer wartet nicht mehr auf Sie.",
        "fr": "Cet appelant ne vous attend plus.",
        "es": "Esta persona ya no le espera.",
    },
    "whisper_caller": {
        "en": "A caller with the number {number}.",
        "de": "Ein Anrufer mit der Nummer {number}.",
        "fr": "Un appel du numéro {number}.",
        "es": "Una llamada del número {number}.",
    },
    "whisper_withheld": {
        "en": "A caller without a number.",
        "de": "Ein Anrufer ohne Nummer.",
        "fr": "Un appel sans numéro.",
        "es": "Una llamada sin número.",
    },
    "whisper_queue": {
        "en": "Queue: {queue}.",
        "de": "Warteschlange: {queue}.",
        "fr": "File d'attente : {queue}.",
        "es": "Cola: {queue}.",
    },
    "whisper_callback": {
        "en": "To be called back:",
        "de": "Ein Rückruf:",
        "fr": "À rappeler :",
        "es": "Para devolver la llamada:",
    },
    "whisper_asked": {
        "en": "A colleague wants to talk to you first.",
        "de": "Jemand aus dem Team möchte zuerst mit Ihnen sprechen.",
        "fr": "Un collègue souhaite d'abord vous parler.",
        "es": "Una persona del equipo quiere hablar antes con usted.",
    },
    "whisper_keys": {
        "en": "Press 1 to take the call, 2 to leave it.",
        "de": "Drücken Sie die 1, um anzunehmen, die 2, um abzulehnen.",
        "fr": "Appuyez sur 1 pour prendre l'appel, sur 2 pour le laisser.",
        "es": "Pulse 1 para atender la llamada, 2 para dejarla.",
    },
    "whisper_out": {
        "en": "Press 1 to call {number}.",
        "de": "Drücken Sie die 1, um {number} anzurufen.",
        "fr": "Appuyez sur 1 pour appeler le {number}.",
        "es": "Pulse 1 para llamar al {number}.",
    },
}


def phrase(name: Phrase, language: str = "en-US", **values: object) -> str:
    """A sentence in the language of a flow (BCP 47)."""
    known = PHRASES[name]
    return known.get(language.split("-")[0].lower(), known["en"]).format(**values)


def key_name(key: str, language: str) -> str:
    """A key of the telephone as it is said."""
    match key:
        case "*":
            return phrase("star", language)
        case "#":
            return phrase("hash", language)
        case _:
            return key
