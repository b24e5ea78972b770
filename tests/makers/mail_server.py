"""A mail server on the loopback, just enough of SMTP to take mail, refuse it, or vanish in the middle of it."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

REFUSES = "refuses"
VANISHES = "vanishes"
HESITATES = "hesitates"


class MailServer(socketserver.ThreadingTCPServer):
    """`taken` is every mail whose text arrived whole. `manner` says how the next conversations go: as they should, or
    REFUSES (every recipient), VANISHES (it has the text, and the connection breaks before it says so), or HESITATES (it
    has the text and never says so)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.taken: list[EmailMessage] = []
        self.manner = ""
        self.seconds_a_mail = 0.0

    @property
    def port(self) -> int:
        return self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed in the middle of a conversation is no error here."""

    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.taken]


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            command = line.split()[0].upper() if line.split() else b""
            if command == b"DATA":
                if not self.take_text():
                    return
            elif command == b"RCPT" and self.server.manner == REFUSES:
                self.say("550 no such person")
            else:
                self.say("221 bye" if command == b"QUIT" else "250 ok")
                if command == b"QUIT":
                    return

    def take_text(self) -> bool:
        self.say("354 go on")
        text = b""
        while not text.endswith(b"\r\n.\r\n"):
            text += self.rfile.readline()
        self.server.taken.append(message_from_bytes(text[:-3], policy=policy.default))
        time.sleep(self.server.seconds_a_mail)
        if self.server.manner == HESITATES:
            self.rfile.read()
        if self.server.manner:
            return False
        self.say("250 taken")
        return True

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
