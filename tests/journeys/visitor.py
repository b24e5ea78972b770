"""A person in front of a browser. Every page they come to is checked as they see it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Download, Locator, Page, Response, TimeoutError

AXE = Axe()
# What is right is not gathered, element by element: that takes as long again.
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
EXPECTED_REFUSALS = "the server responded with a status of"


@dataclass
class Visitor:
    """One person signed in, in a browser window of their own. With `scripts` off the browser runs no JavaScript; with
    `looks` off axe-core is left out, where pages of one kind come again and again."""

    context: BrowserContext
    page: Page
    address: str
    scripts: bool = True
    looks: bool = True
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, browser: Browser, address: str, *, scripts: bool = True) -> "Visitor":
        context = browser.new_context(
            base_url=address, java_script_enabled=scripts, viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(15_000)
        visitor = cls(context, context.new_page(), address, scripts)
        visitor.watch(visitor.page)
        return visitor

    def watch(self, page: Page) -> None:
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _listen(self, message: ConsoleMessage) -> None:
        """What the browser complains of: a broken script, a breach of the content security policy. A page that was
        asked for and refused is no complaint of the page."""
        if message.type == "error" and EXPECTED_REFUSALS not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def sign_in(self, email: str, password: str) -> None:
        self.go("/account/sign-in/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.press("Sign in")
        assert self.path == "/", f"{email} is not signed in: {self.page.locator('main').inner_text()}"

    def go(self, path: str, *, expect: int = 200) -> Response:
        """Open an address, as from a bookmark."""
        response = self.page.goto(path)
        assert response is not None
        assert response.status == expect, f"{path}: {response.status}"
        self.check()
        return response

    def press(self, name: str) -> None:
        """Press a button of the page and look at the page that comes."""
        self.go_by(self.main.get_by_role("button", name=name, exact=True).first)

    def follow(self, name: str) -> None:
        """Follow a link of the page and look at the page that comes."""
        self.go_by(self.main.get_by_role("link", name=name, exact=True).first)

    def go_by(self, control: Locator) -> None:
        """Follow any other link, or press any other button."""
        try:
            with self.page.expect_navigation(wait_until="load"):
                control.click()
        except TimeoutError as nothing:
            raise AssertionError(f"{control} led nowhere from {self.page.url}, which says:\n{self.text}") from nothing
        self.check()

    def choose(self, question: str, answer: str) -> None:
        """Select an answer in the group of that question."""
        self.group(question).get_by_label(answer, exact=True).check()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def group(self, question: str) -> Locator:
        return self.page.get_by_role("group", name=question)

    def upload(self, label: str, file: Path) -> None:
        """Choose a file. The script of the page puts a button in the place of the browser's own control."""
        with self.page.expect_file_chooser() as waiting:
            self.page.get_by_label(label).first.click()
        waiting.value.set_files(file)

    def download(self, name: str) -> Path:
        """Follow a link to a file; answers where it was saved."""
        with self.page.expect_download() as waiting:
            self.page.locator("a", has_text=name).first.click()
        saved: Download = waiting.value
        return Path(saved.path())

    def check(self) -> None:
        """What is true of every page: it has a title and one main heading, and axe-core finds nothing."""
        assert self.page.title().strip(), self.page.url
        assert self.page.locator("h1").count() == 1, f"{self.page.url} has {self.page.locator('h1').count()} headings"
        assert self.page.locator("a[href='']").count() == 0, f"{self.page.url}: a link leads nowhere"
        if self.page.locator(".govuk-error-summary").count():
            assert self.page.title().startswith("Error: "), f"{self.page.url}: {self.page.title()}"
        assert not self.complaints, self.complaints
        if self.scripts and self.looks:
            found = AXE.run(self.page, options=AXE_OPTIONS)
            assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        """What the page says."""
        return self.main.inner_text()

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()
