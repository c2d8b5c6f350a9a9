"""Twilio's pages: voice/twiml/conference and enqueue, queue, redirect: what their own pages leave to a line."""

import pytest

from tests.simulator.contract.rows import proves
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop


def room(attributes: str, **pages: object) -> Shop:
    noun = f'<Conference beep="false" statusCallback="/room" statusCallbackEvent="{{0}}" {attributes}>talk</Conference>'
    events = "start end join leave speaker announcement"
    shop = open_shop(voice=f"<Dial action='/done'>{noun.format(events)}</Dial>", room="", done="", **pages)
    shop.pages["/voice/agent"] = shop.pages.pages["/voice/incoming"]
    return shop


def two(shop: Shop) -> str:
    caller, agent = shop.sim.call(NUMBER), shop.sim.client("ann").connect()
    caller.talks_to(agent)
    sid: str = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]
    return sid


def told(shop: Shop) -> list[str]:
    return [form["StatusCallbackEvent"] for form in shop.pages.forms("/room")]


@proves(
    "Conference statusCallbackMethod",
    "Conference jitterBufferSize",
    "Conference region",
    "Conference waitMethod",
)
def test_the_methods_are_those_asked_for() -> None:
    shop = room(
        'statusCallbackMethod="GET" waitUrl="/wait" waitMethod="GET" jitterBufferSize="small" region="ie1"',
        wait="",
    )

    shop.sim.call(NUMBER).waits(2)

    assert shop.pages.to("/room")[0].method == "GET"
    assert shop.pages.to("/wait")[0].method == "GET"
    shop.sim.assert_quiet()


@pytest.mark.parametrize(("attribute", "code"), [
    ('muted="perhaps"', 13230), ('endConferenceOnExit="perhaps"', 13231), ('startConferenceOnEnter="perhaps"', 13232),
    ('waitUrl="mailto:me"', 13233), ('waitMethod="PUT"', 13234), ('record="record-from-start" trim="much"', 13239),
    ('record="true" recordingStatusCallback="ftp://x"', 13256), ('maxParticipants="251"', 12200),
    ('jitterBufferSize="huge"', 12200), ('region="mars"', 12200), ('statusCallbackMethod="PUT"', 12200),
])  # fmt: skip
def test_a_wrong_value_is_a_warning_and_the_default_counts(attribute: str, code: int) -> None:
    shop = room(attribute)

    caller = shop.sim.call(NUMBER)
    caller.waits(2)

    assert shop.sim.debugger.codes() == [code]
    assert caller.now_hears is not None
    assert shop.rest("GET", "Conferences.json")["conferences"][0]["status"] == "init"


def test_a_wrong_beep_is_a_warning() -> None:
    shop = open_shop(voice='<Dial><Conference beep="loud">talk</Conference></Dial>')

    shop.sim.call(NUMBER).waits(1)

    assert shop.sim.debugger.codes() == [13235]


@proves(
    "Conference trim", "Conference recordingStatusCallbackMethod", "Conference recordingStatusCallbackEvent"
)
def test_a_rooms_recording_is_told_by_method_and_event() -> None:
    shop = room(
        'record="record-from-start" trim="do-not-trim" recordingStatusCallback="/recorded" '
        'recordingStatusCallbackMethod="GET" recordingStatusCallbackEvent="in-progress completed"',
        recorded="",
    )
    sid = two(shop)

    shop.sim.advance(10)
    shop.rest("POST", f"Conferences/{sid}.json", Status="completed")
    shop.sim.advance(5)

    asked = shop.pages.to("/recorded")
    assert [one.form["RecordingStatus"] for one in asked] == ["in-progress", "completed"]
    assert {one.method for one in asked} == {"GET"}
    assert asked[1].form["RecordingDuration"] == "10"
    assert "CallSid" not in asked[1].form


def test_speaker_events_tell_who_begins_and_stops_speaking() -> None:
    shop = room("")
    caller = shop.sim.call(NUMBER)
    agent = shop.sim.client("ann").connect()
    caller.talks_to(agent)

    caller.says("hello", seconds=3)
    shop.sim.advance(4)

    forms = [form for form in shop.pages.forms("/room") if "speech" in form["StatusCallbackEvent"]]
    assert [form["StatusCallbackEvent"] for form in forms] == [
        "participant-speech-start",
        "participant-speech-stop",
    ]
    assert {form["CallSid"] for form in forms} == {caller.sid}


def test_an_announcement_to_the_room_is_told_once_when_it_ends() -> None:
    shop = room("", news="<Say>we close soon</Say>")
    sid = two(shop)

    shop.rest("POST", f"Conferences/{sid}.json", AnnounceUrl=BASE + "/news")
    shop.sim.advance(10)

    assert told(shop).count("announcement-end") == 1
    ended = next(
        form for form in shop.pages.forms("/room") if form["StatusCallbackEvent"] == "announcement-end"
    )
    assert ended["AnnounceUrl"] == BASE + "/news"
    assert "CallSid" not in ended


def test_a_failing_announcement_to_one_participant_is_told_with_its_reason() -> None:
    shop = room("")
    sid = two(shop)
    call_sid = shop.rest("GET", f"Conferences/{sid}/Participants.json")["participants"][0]["call_sid"]

    shop.rest("POST", f"Conferences/{sid}/Participants/{call_sid}.json", AnnounceUrl=BASE + "/missing")
    shop.sim.advance(3)

    form = shop.pages.last("/room")
    assert (form["StatusCallbackEvent"], form["CallSid"]) == ("announcement-fail", call_sid)
    assert "404" in form["ReasonAnnouncementFailed"]


@pytest.mark.parametrize("hold", [False, True])
def test_who_coaches_needs_a_participant_who_is_there_and_not_on_hold(hold: bool) -> None:
    shop = room("")
    sid = two(shop)
    caller, agent = (
        one["call_sid"] for one in shop.rest("GET", f"Conferences/{sid}/Participants.json")["participants"]
    )
    if hold:
        shop.rest("POST", f"Conferences/{sid}/Participants/{caller}.json", Hold="true")

    coached = caller if hold else "CA" + "0" * 32
    status, _, body = shop.answer(
        "POST", f"Conferences/{sid}/Participants/{agent}.json", Coaching="true", CallSidToCoach=coached
    )

    assert status == 400
    assert (b"16027" if hold else b"16028") in body


@proves("Enqueue method", "Enqueue waitUrlMethod")
def test_action_and_wait_url_are_asked_by_their_methods() -> None:
    shop = open_shop(
        voice='<Enqueue action="/after" method="GET" waitUrl="/wait" waitUrlMethod="GET">orders</Enqueue>',
        wait="<Leave/>",
        after="<Say>out</Say>",
    )

    shop.sim.call(NUMBER).hears("out")

    assert (shop.pages.to("/wait")[0].method, shop.pages.to("/after")[0].method) == ("GET", "GET")


@proves("Enqueue workflowSid")
@pytest.mark.parametrize(("attribute", "code"), [
    ('method="PUT"', 14201), ('waitUrlMethod="PUT"', 14206), ('waitUrl="mailto:me"', 14202), ('workflowSid="WW1"', 14226),
])  # fmt: skip
def test_a_wrong_value_of_enqueue_is_an_error(attribute: str, code: int) -> None:
    wait = "" if "waitUrl=" in attribute else 'waitUrl="/wait"'
    shop = open_shop(
        voice=f'<Enqueue action="/after" {wait} {attribute}>orders</Enqueue>',
        wait="<Leave/>",
        after="<Say>out</Say>",
    )

    shop.sim.call(NUMBER).hears("out")

    assert shop.sim.debugger.codes() == [code]
    assert shop.pages.last("/after")["QueueResult"] == ("error" if code in (14202, 14226) else "leave")


def test_an_enqueue_action_that_is_no_web_address_is_14203_and_the_next_verb_follows() -> None:
    shop = open_shop(
        voice='<Enqueue action="mailto:me" waitUrl="/wait">q</Enqueue><Say>next</Say>', wait="<Leave/>"
    )

    shop.sim.call(NUMBER).hears("next")

    assert shop.sim.debugger.codes() == [14203]


@proves("Queue method", "Queue reservationSid")
@pytest.mark.parametrize(("noun", "code"), [
    ("<Queue></Queue>", 14212), (f"<Queue>{'q' * 65}</Queue>", 14213), ('<Queue reservationSid="WR1">orders</Queue>', 14219),
    ('<Queue url="mailto:me">orders</Queue>', 14211), ('<Queue url="/w" method="PUT">orders</Queue>', 14210),
])  # fmt: skip
def test_a_wrong_queue_noun_is_an_error(noun: str, code: int) -> None:
    shop = open_shop(voice='<Enqueue waitUrl="">orders</Enqueue>', w="")
    shop.pages["/voice/agent"] = f"<Dial timeout='5'>{noun}</Dial>"
    shop.sim.call(NUMBER).waits(1)

    shop.sim.client("ann").connect().waits(5)

    assert shop.sim.debugger.codes() == [code]


@proves("Redirect method")
@pytest.mark.parametrize(
    ("attribute", "method", "codes"),
    [("", "POST", []), ('method="GET"', "GET", []), ('method="PUT"', "POST", [13710])],
)
def test_redirect_asks_by_its_method(attribute: str, method: str, codes: list[int]) -> None:
    shop = open_shop(voice=f"<Redirect {attribute}>/next</Redirect>", next="<Say>next page</Say>")

    shop.sim.call(NUMBER).hears("next page")

    assert shop.pages.to("/next")[0].method == method
    assert shop.sim.debugger.codes() == codes


def test_a_wrong_reason_of_reject_is_a_warning() -> None:
    shop = open_shop(voice='<Reject reason="tired"/>')

    caller = shop.sim.call(NUMBER)
    caller.ends()

    assert (caller.state, shop.sim.debugger.codes()) == ("no-answer", [13810])


@proves(
    "Gather debug", "Gather enhanced", "Record recordingConfigurationId", "Record recordingStatusCallbackMethod",
    "Dial events", "Dial passports", "Dial callReason", "Dial referUrl", "Dial referMethod",
    "Dial recordingConfigurationId", "Number byoc", "Number machineDetection", "Number amdStatusCallback",
    "Number amdStatusCallbackMethod", "Number machineDetectionTimeout", "Number machineDetectionSpeechThreshold",
    "Number machineDetectionSpeechEndThreshold", "Number machineDetectionSilenceTimeout", "Sip machineDetection",
    "Sip amdStatusCallback", "Sip amdStatusCallbackMethod", "Sip machineDetectionTimeout",
    "Sip machineDetectionSpeechThreshold", "Sip machineDetectionSpeechEndThreshold",
    "Sip machineDetectionSilenceTimeout", "Sip username", "Sip password", "Client clientNotificationUrl",
    "Conference eventCallbackUrl", "Conference clientNotificationUrl", "Conference recordingConfigurationId",
    "Queue postWorkActivitySid", "Enqueue maxQueueSize", "Refer action", "Refer method",
)  # fmt: skip
@pytest.mark.parametrize("verb", [
    '<Gather timeout="1" debug="true" enhanced="true"/>',
    '<Record action="/out" recordingConfigurationId="x" recordingStatusCallback="/out" recordingStatusCallbackMethod="GET" timeout="1"/>',
    '<Dial events="x" passports="x" callReason="x" referUrl="/out" referMethod="GET" recordingConfigurationId="x" timeout="5">'
    '<Number byoc="x" machineDetection="Enable" amdStatusCallback="/out" amdStatusCallbackMethod="GET" '
    'machineDetectionTimeout="30" machineDetectionSpeechThreshold="2400" machineDetectionSpeechEndThreshold="1200" '
    'machineDetectionSilenceTimeout="5000">+15550100199</Number>'
    '<Sip username="ann" password="x" machineDetection="Enable" amdStatusCallback="/out" amdStatusCallbackMethod="GET" '
    'machineDetectionTimeout="30" machineDetectionSpeechThreshold="2400" machineDetectionSpeechEndThreshold="1200" '
    'machineDetectionSilenceTimeout="5000">sip:ann@pbx.example</Sip>'
    '<Client clientNotificationUrl="/out">ann</Client></Dial>',
    '<Dial timeLimit="1"><Conference eventCallbackUrl="/out" clientNotificationUrl="/out" recordingConfigurationId="x">r</Conference></Dial>',
    '<Enqueue waitUrl="/leave" maxQueueSize="1">q</Enqueue><Dial timeout="5"><Queue postWorkActivitySid="x">q</Queue></Dial>',
])  # fmt: skip
def test_attributes_of_what_is_not_simulated_are_accepted_and_change_nothing(verb: str) -> None:
    shop = open_shop(voice=verb + "<Say>went on</Say>", leave="<Leave/>", out="")

    shop.sim.call(NUMBER).hears("went on")

    assert shop.pages.to("/out") == []
    shop.sim.assert_quiet()
