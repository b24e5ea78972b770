import pytest

from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import FormDefinition, with_pack
from audits.services.forms import read_tool

TOOL = FormDefinition.from_dict(read_tool("default_tool.json"))
PACK = FormDefinition.from_dict(read_tool("re_referrals.json"))
SHORT = FormDefinition.from_dict(
    {
        "key": "school",
        "title": "School",
        "kind": "pack",
        "sections": [
            {
                "key": "planning",
                "name": "At school",
                "graded": False,
                "questions": [
                    {"key": "moved", "text": "Has the school changed?"},
                    {
                        "key": "planning.why",
                        "text": "Why?",
                        "kind": "long_text",
                        "shown_when": {"question": "moved", "answers": ["yes"]},
                    },
                ],
            }
        ],
    }
)


def test_the_sections_of_a_pack_come_after_those_of_the_tool():
    form = with_pack(TOOL, PACK)
    assert form.sections == (*TOOL.sections, *PACK.sections)
    assert (form.key, form.title, form.disclosure) == (TOOL.key, TOOL.title, TOOL.disclosure)


def test_a_pack_grades_nothing():
    form = with_pack(TOOL, PACK)
    assert form.graded_sections == TOOL.graded_sections
    assert form.overall_section == TOOL.overall_section


def test_without_a_pack_the_tool_is_what_it_was():
    assert with_pack(TOOL, None) is TOOL


@pytest.mark.parametrize(
    ("pack", "keys"),
    [
        (PACK, [question.key for question in PACK.sections[0].questions]),
        (SHORT, ["school.moved", "school.planning.why"]),
    ],
)
def test_every_question_is_known_by_its_pack_whatever_its_own_key(pack, keys):
    form = with_pack(TOOL, pack)
    assert [key for key in form.questions if key not in TOOL.questions] == keys
    assert len({section.key for section in form.sections}) == len(TOOL.sections) + 1


def test_a_condition_still_finds_its_question():
    section = with_pack(TOOL, SHORT).sections[-1]
    assert section.key == "school.planning"
    asked = FilledSection({"school.moved": Reply("yes")}).asked(section)
    assert [question.key for question in asked] == ["school.moved", "school.planning.why"]
    assert [question.key for question in FilledSection().asked(section)] == ["school.moved"]
