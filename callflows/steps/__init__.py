"""The kinds of step, one file each, and the table of them: a new kind is a new file and a new line here."""

from callflows.faults import did_you_mean
from callflows.fields import BadValue, Kind, Reading, read_fields, specs
from callflows.kinds import table_of
from callflows.steps.base import Step
from callflows.steps.branch import BranchStep
from callflows.steps.callback import CallbackStep
from callflows.steps.flow import FlowStep
from callflows.steps.forward import ForwardStep
from callflows.steps.gather import GatherStep
from callflows.steps.goto import GotoStep
from callflows.steps.hangup import HangupStep
from callflows.steps.hours import HoursStep
from callflows.steps.http import HttpStep
from callflows.steps.language import LanguageStep
from callflows.steps.loop import LoopStep
from callflows.steps.menu import MenuStep
from callflows.steps.outcome import OutcomeStep
from callflows.steps.play import PlayStep
from callflows.steps.queue import QueueStep
from callflows.steps.recording import RecordingStep
from callflows.steps.ring import RingStep
from callflows.steps.say import SayStep
from callflows.steps.send_sms import SendSmsStep
from callflows.steps.set import SetStep
from callflows.steps.split import SplitStep
from callflows.steps.staffing import StaffingStep
from callflows.steps.survey import SurveyStep
from callflows.steps.tag import TagStep
from callflows.steps.ticket import TicketStep
from callflows.steps.voicemail import VoicemailStep
from callflows.yaml_text import Node, Table

KINDS: dict[str, type[Step]] = {
    kind.verb: kind
    for kind in (
        SayStep,
        PlayStep,
        MenuStep,
        GatherStep,
        HoursStep,
        StaffingStep,
        QueueStep,
        VoicemailStep,
        ForwardStep,
        RingStep,
        CallbackStep,
        RecordingStep,
        SurveyStep,
        SendSmsStep,
        HttpStep,
        SetStep,
        TagStep,
        TicketStep,
        BranchStep,
        SplitStep,
        LoopStep,
        LanguageStep,
        FlowStep,
        OutcomeStep,
        GotoStep,
        HangupStep,
    )
}


def read_step(node: Node, reading: Reading) -> Step | None:
    """One step: its verb says of which kind it is."""
    if not isinstance(node, Table):
        raise BadValue('write a step as its verb and more, as in {say: "Welcome.", next: main_menu}')
    name = reading.path.rpartition(".")[2]
    kind = _kind_of(node, name)
    own = reading.of_its_own()
    own.places[""] = reading.places[reading.path]
    step = read_fields(kind, node, own, f"the {kind.verb} step '{name}'", name=name, places=own.places)
    for key, text, rule in step.faults() if step is not None else ():
        own.wrong(own.places.get(key) or own.places[""], text, rule)
    return step


def _kind_of(node: Table, name: str) -> type[Step]:
    verbs = [key for key, _ in node.entries if key.value in KINDS]
    if len(verbs) > 1:  # a key such as `language` is a verb of its own and belongs to `say` as well
        belonging = {
            spec.key for verb in verbs for _, spec in specs(KINDS[verb.value]) if spec.key != verb.value
        }
        verbs = [verb for verb in verbs if verb.value not in belonging]
    if len(verbs) > 1:
        both = "' and '".join(verb.value for verb in verbs[:2])
        raise BadValue(
            f"it has '{both}'; a step does one thing, so make two steps of it", "two-verbs", verbs[1].place
        )
    if verbs:
        return KINDS[verbs[0].value]
    hints = [did_you_mean(key.value, KINDS) for key, _ in node.entries]
    hint = next((hint for hint in hints if "mean" in hint), "")
    verbs_there_are = "" if hint else f": {', '.join(KINDS)}"
    raise BadValue(f"a step needs a verb{verbs_there_are}{hint}", "no-verb")


STEPS: Kind[dict[str, Step]] = table_of(
    Kind("a step", '{hangup: "Goodbye."}', read_step), "steps", 'goodbye: {hangup: "Goodbye."}'
)
