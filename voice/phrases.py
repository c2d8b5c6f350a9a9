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
        "it": "Lei è il numero {place} nella coda.",
        "nl": "U bent nummer {place} in de wachtrij.",
        "pt": "É o número {place} na fila de espera.",
    },
    "next": {
        "en": "You are next.",
        "de": "Sie sind als Nächstes an der Reihe.",
        "fr": "Vous êtes le prochain.",
        "es": "Usted es el siguiente.",
        "it": "Lei è il prossimo.",
        "nl": "U bent als volgende aan de beurt.",
        "pt": "É a próxima pessoa a ser atendida.",
    },
    "minute": {
        "en": "The wait is about one minute.",
        "de": "Die Wartezeit beträgt etwa eine Minute.",
        "fr": "L'attente est d'environ une minute.",
        "es": "La espera es de aproximadamente un minuto.",
        "it": "L'attesa è di circa un minuto.",
        "nl": "De wachttijd is ongeveer één minuut.",
        "pt": "O tempo de espera é de cerca de um minuto.",
    },
    "minutes": {
        "en": "The wait is about {minutes} minutes.",
        "de": "Die Wartezeit beträgt etwa {minutes} Minuten.",
        "fr": "L'attente est d'environ {minutes} minutes.",
        "es": "La espera es de aproximadamente {minutes} minutos.",
        "it": "L'attesa è di circa {minutes} minuti.",
        "nl": "De wachttijd is ongeveer {minutes} minuten.",
        "pt": "O tempo de espera é de cerca de {minutes} minutos.",
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
        "it": "Ci scusi, il collegamento con l'operatore si è interrotto. Resti in linea, non perderà il posto.",
        "nl": "Excuses, de verbinding met onze medewerker is verbroken. Blijft u aan de lijn, u houdt uw plaats.",
        "pt": "Pedimos desculpa, a ligação ao nosso colega caiu. Aguarde, por favor, não perde o seu lugar.",
    },
    "one_moment": {
        "en": "One moment please.",
        "de": "Einen Moment bitte.",
        "fr": "Un instant, s'il vous plaît.",
        "es": "Un momento, por favor.",
        "it": "Un attimo, per favore.",
        "nl": "Een ogenblik alstublieft.",
        "pt": "Um momento, por favor.",
    },
    "unknown_number": {
        "en": "This number is not in service here. Please check the number and call again.",
    },
    "trouble": {
        "en": "We are sorry, something went wrong on our side. Please leave a message after the tone and we will call you back.",
        "de": "Es tut uns leid, bei uns ist etwas schiefgegangen. Bitte hinterlassen Sie eine Nachricht, wir rufen zurück.",
        "fr": "Nous sommes désolés, un problème est survenu. Laissez un message et nous vous rappellerons.",
        "es": "Lo sentimos, algo ha fallado. Deje un mensaje y le devolveremos la llamada.",
        "it": "Ci scusi, si è verificato un problema. Lasci un messaggio dopo il segnale e la richiameremo.",
        "nl": "Het spijt ons, er is iets misgegaan. Spreek na de toon een bericht in, dan bellen we u terug.",
        "pt": "Lamentamos, algo correu mal. Deixe uma mensagem depois do sinal e ligamos-lhe de volta.",
    },
    "away": {
        "en": "Sorry, this takes a moment. Please hold, or call again in a few minutes.",
        "de": "Einen Moment noch. Bitte bleiben Sie dran, oder rufen Sie in einigen Minuten wieder an.",
        "fr": "Encore un instant. Restez en ligne, ou rappelez dans quelques minutes.",
        "es": "Un momento más. Permanezca en la línea, o vuelva a llamar en unos minutos.",
        "it": "Ancora un attimo. Resti in linea, o richiami tra qualche minuto.",
        "nl": "Nog een ogenblik. Blijft u aan de lijn, of bel over enkele minuten opnieuw.",
        "pt": "Só mais um momento. Aguarde em linha, ou volte a ligar daqui a alguns minutos.",
    },
    "lost_you": {
        "en": "We are sorry, the connection to our colleague was lost. We will call you again. Goodbye.",
        "de": "Es tut uns leid, die Verbindung ist abgebrochen. Wir rufen Sie wieder an. Auf Wiederhören.",
        "fr": "Nous sommes désolés, la connexion est coupée. Nous vous rappellerons. Au revoir.",
        "es": "Lo sentimos, se ha cortado la conexión. Le volveremos a llamar. Adiós.",
        "it": "Ci scusi, il collegamento con il nostro collega si è interrotto. La richiameremo. Arrivederci.",
        "nl": "Het spijt ons, de verbinding met onze collega is verbroken. We bellen u opnieuw. Tot ziens.",
        "pt": "Lamentamos, a ligação ao nosso colega caiu. Voltamos a ligar-lhe. Adeus.",
    },
    "taken": {
        "en": "This caller is no longer waiting for you.",
        "de": "Dieser Anrufer wartet nicht mehr auf Sie.",
        "fr": "Cet appelant ne vous attend plus.",
        "es": "Esta persona ya no le espera.",
        "it": "Questa persona non la sta più aspettando.",
        "nl": "Deze beller wacht niet meer op u.",
        "pt": "Esta pessoa já não está à sua espera.",
    },
    "whisper_caller": {
        "en": "A caller with the number {number}.",
        "de": "Ein Anrufer mit der Nummer {number}.",
        "fr": "Un appel du numéro {number}.",
        "es": "Una llamada del número {number}.",
        "it": "Una chiamata dal numero {number}.",
        "nl": "Een beller met het nummer {number}.",
        "pt": "Uma chamada do número {number}.",
    },
    "whisper_withheld": {
        "en": "A caller without a number.",
        "de": "Ein Anrufer ohne Nummer.",
        "fr": "Un appel sans numéro.",
        "es": "Una llamada sin número.",
        "it": "Una chiamata senza numero.",
        "nl": "Een beller zonder nummer.",
        "pt": "Uma chamada sem número.",
    },
    "whisper_queue": {
        "en": "Queue: {queue}.",
        "de": "Warteschlange: {queue}.",
        "fr": "File d'attente : {queue}.",
        "es": "Cola: {queue}.",
        "it": "Coda: {queue}.",
        "nl": "Wachtrij: {queue}.",
        "pt": "Fila: {queue}.",
    },
    "whisper_callback": {
        "en": "To be called back:",
        "de": "Ein Rückruf:",
        "fr": "À rappeler :",
        "es": "Para devolver la llamada:",
        "it": "Da richiamare:",
        "nl": "Terug te bellen:",
        "pt": "Para ligar de volta:",
    },
    "whisper_asked": {
        "en": "A colleague wants to talk to you first.",
        "de": "Jemand aus dem Team möchte zuerst mit Ihnen sprechen.",
        "fr": "Un collègue souhaite d'abord vous parler.",
        "es": "Una persona del equipo quiere hablar antes con usted.",
        "it": "Una persona del team vuole prima parlare con lei.",
        "nl": "Een collega wil u eerst spreken.",
        "pt": "Uma pessoa da equipa quer falar consigo primeiro.",
    },
    "whisper_keys": {
        "en": "Press 1 to take the call, 2 to leave it.",
        "de": "Drücken Sie die 1, um anzunehmen, die 2, um abzulehnen.",
        "fr": "Appuyez sur 1 pour prendre l'appel, sur 2 pour le laisser.",
        "es": "Pulse 1 para atender la llamada, 2 para dejarla.",
        "it": "Prema 1 per rispondere, 2 per lasciare la chiamata.",
        "nl": "Druk op 1 om op te nemen, op 2 om het te laten.",
        "pt": "Prima 1 para atender, 2 para deixar a chamada.",
    },
    "whisper_out": {
        "en": "Press 1 to call {number}.",
        "de": "Drücken Sie die 1, um {number} anzurufen.",
        "fr": "Appuyez sur 1 pour appeler le {number}.",
        "es": "Pulse 1 para llamar al {number}.",
        "it": "Prema 1 per chiamare {number}.",
        "nl": "Druk op 1 om {number} te bellen.",
        "pt": "Prima 1 para ligar para {number}.",
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
