"""What the bench makes of its calls."""

from tests.bench.desk_times import Times, report


def test_figures_are_medians_of_all_calls_but_the_first_which_is_told_by_itself() -> None:
    first = Times(shown=300.0, audible=400.0, sound=900.0, since_click={"socket_made": 20.0, "sound": 900.0})
    later = [Times(10.0 * n, 20.0 * n, 100.0 * n, {"sound": 100.0 * n}) for n in (1, 2, 6)]

    told = report([first, *later])

    assert told["offer_to_ring_shown_ms"] == 20
    assert told["click_to_sound_ms"] == 200
    assert told["click_to_sound_ms_worst"] == 600
    assert told["since_click_ms"] == {"sound": 200}
    assert told["click_to_sound_ms_of_first_call"] == 900
    assert told["since_click_ms_of_first_call"] == {"socket_made": 20, "sound": 900}
