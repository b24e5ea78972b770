"""Takes the pictures of the documentation from a running program that holds a fresh demonstration authority.

`script/pictures` starts one and calls this: `python -m tests.pictures http://127.0.0.1:8000 [NAME …]`. Each scene below
goes as one person to one page and shows it as it is in that moment; scenes change what they must and undo nothing.
"""

import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
WIDTH = 1280
SHARPNESS = 1.5
LARGEST = 150_000
COLOURS = (256, 128, 96, 64, 48)

Scene = Callable[[Page], None]
SCENES: dict[str, tuple[str, int, Scene]] = {}


def scene(account: str, *, height: int = 900) -> Callable[[Scene], Scene]:
    """A picture of what `account` sees, under the function's name; `height` in pixels of the page."""

    def add(show: Scene) -> Scene:
        SCENES[show.__name__.replace("_", "-")] = (account, height, show)
        return show

    return add


# An auditor's month


@scene("auditor", height=1000)
def auditor_work(page: Page) -> None:
    pass


@scene("auditor", height=1280)
def audit(page: Page) -> None:
    open_audit(page, "In progress")


@scene("auditor", height=1300)
def stage1(page: Page) -> None:
    open_audit(page, "Not started")
    follow(page, "Intervention")
    for question in (
        "Were evidence-based tools used?",
        "Is the child’s voice present?",
        "Was the child seen?",
        "Does the work with the child",
        "Is there evidence of what",
    ):
        choose(page, question, "Yes")
    choose(page, "Was the child seen alone?", "No")
    page.get_by_label("Comments").fill(
        "Seen at home on 3 November and at school on 12 November, settled and talkative both times. Her wish to see "
        "her grandmother more often is in her own words and has changed the plan. Every conversation was held with "
        "her mother in the room; nothing says why."
    )
    choose(page, "Grade for Intervention", "Requires improvement")
    page.get_by_text(re.compile("Saved at")).wait_for()
    page.locator(":focus").blur()
    scroll_to(page.locator(".app-question", has_text="Was the child seen alone?"))


@scene("auditor", height=760)
def conflict(page: Page) -> None:
    open_audit(page, "In progress")
    follow(page, "Review")
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_label("Comments").fill("The review was held on time. The father was invited and could not come.")
    press(page, "Save and come back later")
    page.close()
    other.get_by_label("Comments").fill("The review was held on time. The school sent no report.")
    other.get_by_role("link", name="Compare both texts and choose").click()


@scene("auditor", height=960)
def check(page: Page) -> None:
    open_audit(page, "In progress")
    follow(page, "Check your answers and submit")


@scene("auditor", height=900)
def why(page: Page) -> None:
    open_audit(page, "In progress")
    follow(page, "Why this case, and why you?")


# Quality assurance


@scene("qa", height=1180)
def qa_work(page: Page) -> None:
    pass


@scene("qa", height=1000)
def import_checked(page: Page) -> None:
    page.goto("/imports/new/people/")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        file.write_text(
            "email,name,roles,team,line_manager_email,absent_from,absent_to\n"
            "alder.finch@wexmoor.example,Alder Finch,auditor,,director@wexmoor.example,,\n"
            "bryony.holt@wexmoor.example,Bryony Holt,social worker,,auditor@wexmoor.example,01/12/2026,24/12/2026\n"
            "clover.dray@wexmoor.example,Clover Dray,social worker,NEW TEAM,auditor@wexmoor.example,,\n"
            "dale.at.wexmoor,Dale Orrin,social worker,,auditor@wexmoor.example,,\n"
        )
        page.locator("input[type=file]").set_input_files(file)
        press(page, "Check the file")


@scene("qa", height=1060)
def draw(page: Page) -> None:
    open_drawn_month(page)


@scene("qa", height=1180)
def sample(page: Page) -> None:
    open_drawn_month(page)
    scroll_to(page.get_by_role("heading", name="Is the sample in proportion?"))


@scene("qa", height=620)
def publish(page: Page) -> None:
    open_drawn_month(page)
    press(page, "Publish")


@scene("qa", height=1210)
def calendar(page: Page) -> None:
    page.goto("/cycles/")
    follow(page, "Calendar of the year")


@scene("qa", height=1120)
def request(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Decide: more time")).first.click()


@scene("qa", height=820)
def hand_over(page: Page) -> None:
    page.goto("/people/open-work/")
    page.locator("main tbody a").first.click()


@scene("qa", height=1100)
def report_writing(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Write the highlight report")).click()
    follow(page, "Overall judgements")


# Moderator, practice manager and the manager above, worker, leadership, administrator


@scene("moderator", height=1100)
def discussion(page: Page) -> None:
    page.get_by_role("listitem").filter(has_text="In progress").get_by_role("link").first.click()


@scene("practice.manager", height=1020)
def action(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Do an action")).first.click()


@scene("service.manager", height=1120)
def sign_off(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Sign off an action")).first.click()


@scene("worker", height=900)
def reflection(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Write your reflection")).first.click()
    page.get_by_label("What do you think you have done well on this case?").fill(
        "I kept visiting when nobody opened the door. She now rings me herself."
    )


@scene("director", height=1180)
def report(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Read the highlight report")).click()


@scene("admin", height=1000)
def person(page: Page) -> None:
    page.goto("/people/?search=Carrowby")
    follow(page, "Ursula Carrowby")
    for box, value in zip(("day", "month", "year"), ("14", "12", "2026"), strict=True):
        page.locator(f"#id_starts_on_{box}").fill(value)
    press(page, "Note the absence")


@scene("admin", height=1000)
def settings(page: Page) -> None:
    follow(page, "Settings")


@scene("admin", height=1250)
def settings_effect(page: Page) -> None:
    page.goto("/settings/change/places/")
    page.get_by_label("Every auditor in a cycle").fill("2")
    page.get_by_label("Why you are changing this").fill("More to learn from")
    press(page, "See the effect")


# Last: from now on a concern waits at the top of everybody's first page


@scene("auditor", height=1000)
def concern(page: Page) -> None:
    open_audit(page, "In progress")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Raise a safeguarding concern").click()
    opened.value.get_by_role("heading", name="Phone now").wait_for()


def open_audit(page: Page, state: str) -> None:
    """Open the first audit on the person's own list that is in this state."""
    rows = page.get_by_role("listitem").filter(has_text=state)
    rows.filter(has=page.get_by_role("link", name=re.compile("^Audit CA-"))).first.get_by_role("link").click()


def open_drawn_month(page: Page) -> None:
    """The month that QA is to draw: planned and drawn where no earlier picture has done so."""
    _go(page, page.get_by_role("link", name=re.compile("^Draw ")))
    for button in ("Continue", "Draw", "Look at the draw"):
        if page.get_by_role("main").get_by_role("button", name=button, exact=True).count():
            press(page, button)


def follow(page: Page, name: str) -> None:
    _go(page, page.get_by_role("link", name=name, exact=True).first)


def press(page: Page, name: str) -> None:
    _go(page, page.locator("main").get_by_role("button", name=name, exact=True).first)


def _go(page: Page, control: Locator) -> None:
    with page.expect_navigation(wait_until="load"):
        control.click()


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def scroll_to(part: Locator) -> None:
    part.evaluate("part => window.scrollTo(0, part.getBoundingClientRect().top + window.scrollY - 24)")


def sign_in(page: Page, account: str) -> None:
    """As the sign-in page of a demonstration offers it: one press beside the account."""
    page.goto("/account/sign-in/")
    page.locator(f"form:has(input[value^='{account}@']) button").click()
    page.get_by_role("heading", name="Your work", exact=True).wait_for()


def take(browser: Browser, address: str, name: str) -> None:
    account, height, show = SCENES[name]
    context = browser.new_context(
        base_url=address, viewport={"width": WIDTH, "height": height}, device_scale_factor=SHARPNESS
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    sign_in(page, account)
    show(page)
    page = context.pages[-1]
    page.mouse.move(0, 0)
    content = compressed(page.screenshot(animations="disabled"))
    (FOLDER / f"{name}.png").write_bytes(content)
    print(f"{name}.png: {len(content) // 1000} kB")
    context.close()


def compressed(picture: bytes) -> bytes:
    """The picture with as many colours as it can have and still be small."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    for colours in COLOURS:
        out = BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() < LARGEST:
            break
    return out.getvalue()


def wait_for(address: str) -> None:
    for _ in range(150):
        with suppress(OSError), urlopen(f"{address}/healthz", timeout=5):  # noqa: S310 — the program just started
            return
        time.sleep(0.2)
    sys.exit(f"Nothing answers on {address}")


def main(address: str, *names: str) -> None:
    if unknown := set(names) - set(SCENES):
        sys.exit(f"There is no picture {', '.join(sorted(unknown))}; there are: {', '.join(SCENES)}")
    wait_for(address)
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name in names or SCENES:
            take(browser, address, name)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
