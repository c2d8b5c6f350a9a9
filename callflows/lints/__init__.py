"""The table of lints: rules about a whole flow, beyond what reading it can tell."""

from callflows.faults import Severity
from callflows.lints import graph, languages, names, safety, staffing, words
from callflows.lints.base import Lint

ERROR, WARNING = Severity.ERROR, Severity.WARNING

LINTS = (
    Lint(
        "unknown-target",
        ERROR,
        "A step, `start` or `fallback` leads to a step that does not exist.",
        graph.unknown_targets,
    ),
    Lint("queue-unknown", ERROR, "A step names a queue that `queues` does not have.", names.unknown_queues),
    Lint(
        "calendar-unknown",
        ERROR,
        "A step names a calendar that `calendars` does not have.",
        names.unknown_calendars,
    ),
    Lint("audio-unknown", ERROR, "A step names a sound that `audio` does not have.", names.unknown_audio),
    Lint("wait-unknown", ERROR, "A step names a wait that `waits` does not have.", names.unknown_waits),
    Lint(
        "endpoint-unknown",
        ERROR,
        "A step asks an endpoint that `endpoints` does not have.",
        names.unknown_endpoints,
    ),
    Lint(
        "skill-unknown",
        ERROR,
        "A queue or step asks for a skill that `skills` does not have.",
        names.unknown_skills,
    ),
    Lint(
        "secret-in-file",
        ERROR,
        "An endpoint sends a secret that is written in the file.",
        safety.written_secrets,
    ),
    Lint(
        "forward-not-allowed",
        ERROR,
        "A call is forwarded to a number that `forward_to` does not list.",
        safety.forbidden_forwards,
    ),
    Lint(
        "audio-missing",
        ERROR,
        "A file of the `audio` table does not exist beside the flow.",
        names.missing_audio,
    ),
    Lint(
        "number-twice",
        ERROR,
        "A telephone number is listed twice, in one file or in two.",
        names.numbers_twice,
    ),
    Lint(
        "cycle-without-input",
        ERROR,
        "Steps lead round in a circle without the caller doing anything, so a silent caller would go round for ever.",
        graph.cycles_without_input,
    ),
    Lint(
        "no-fallback",
        ERROR,
        "An exit has no answer, and the flow has no `fallback`.",
        safety.unanswered_exits,
    ),
    Lint(
        "fallback-unsafe",
        ERROR,
        "A step on the fallback's way would need the fallback again; it must end by itself.",
        safety.unsafe_fallbacks,
    ),
    Lint(
        "unknown-field",
        ERROR,
        "A text has a field in braces, or a branch looks at one, that does not exist.",
        words.unknown_fields,
    ),
    Lint("reserved-name", ERROR, "A step sets a field that every call has.", words.reserved_names),
    Lint(
        "secret-told",
        ERROR,
        "A text holds a variable that was gathered as sensitive; it would be spoken or kept.",
        words.told_secrets,
    ),
    Lint(
        "ticket-field-unknown",
        ERROR,
        "A step writes a ticket field that `ticket_fields` does not have.",
        names.unknown_ticket_fields,
    ),
    Lint(
        "missing-translation",
        ERROR,
        "A text can be heard in a language in which it has no words.",
        languages.missing_translations,
    ),
    Lint("file-name", WARNING, "The file is not named after its merchant.", names.misnamed_files),
    Lint("unreachable-step", WARNING, "No call can ever come to a step.", graph.unreachable_steps),
    Lint("prompt-too-long", WARNING, "A text takes more than 30 seconds to say.", words.long_prompts),
    Lint("menu-too-long", WARNING, "A menu has more than five options.", words.long_menus),
    Lint("menu-once", WARNING, "A menu is heard once and cannot be heard again.", words.unrepeatable_menus),
    Lint(
        "recording-without-consent",
        WARNING,
        "Talks are recorded and no announcement says so.",
        safety.recorded_unawares,
    ),
    Lint(
        "closed-without-message",
        WARNING,
        "A caller outside the opening hours reaches neither a person nor a voicemail.",
        safety.closed_without_message,
    ),
    Lint(
        "queue-without-way-out",
        WARNING,
        "A caller who waited too long reaches neither a person nor a voicemail.",
        safety.queues_without_way_out,
    ),
    Lint(
        "queue-without-exit-key",
        WARNING,
        "Callers can wait longer than 30 minutes and have no key to leave the queue by.",
        safety.queues_without_exit_key,
    ),
    Lint(
        "no-agents-unanswered",
        WARNING,
        "A queue says who must be there, and a step that leads to it has no answer when nobody is.",
        staffing.unanswered_departures,
    ),
    Lint(
        "stay-stricter",
        WARNING,
        "A queue lets callers in whom it sends off again, because it asks for more to stay than to join.",
        staffing.let_in_to_be_sent_off,
    ),
    Lint(
        "queue-without-members",
        WARNING,
        "No agent takes callers of a queue. Only found where the installation is known.",
        safety.unmanned_queues,
    ),
    Lint(
        "skill-unheld",
        WARNING,
        "A queue or step asks for a skill at a level that nobody has.",
        names.unheld_skills,
    ),
    Lint(
        "person-unknown",
        WARNING,
        "A step rings an agent or a team that does not exist. Only found where the installation is known.",
        names.unknown_people,
    ),
    Lint(
        "team-unknown",
        WARNING,
        "A queue names a team that does not exist. Only found where the installation is known.",
        names.unknown_teams,
    ),
    Lint(
        "http-in-silence",
        WARNING,
        "A step asks another system and says nothing meanwhile, so callers hear silence.",
        words.silent_requests,
    ),
    Lint("plain-http", WARNING, "An endpoint is asked without encryption.", safety.plain_http),
    Lint("forward-abroad", WARNING, "A call is forwarded to another country.", safety.forwards_abroad),
    Lint(
        "unused-name",
        WARNING,
        "A queue, calendar, sound, wait, endpoint, skill or ticket field is defined and never used.",
        names.unused_names,
    ),
    Lint("unused-variable", WARNING, "A variable is set and never used.", words.unused_variables),
)
