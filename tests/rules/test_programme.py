"""The settings of the programme, as they are stored and read back."""

from audits.rules.programme import Programme


def test_what_is_stored_reads_back_as_it_was():
    programme = Programme(quota=2, reminder_days_before=(5, 1), authority_name="Wexmoor Council")
    assert Programme.from_values(programme.to_values()) == programme


def test_what_is_not_stored_is_the_default():
    assert Programme.from_values({"quota": 3}) == Programme(quota=3)


def test_a_setting_that_the_program_no_longer_has_is_left_out():
    assert Programme.from_values({"quota": 3, "colour_of_forms": "blue"}) == Programme(quota=3)
