"""A screen that remembers what it was given, with a person who answers as was agreed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from variantspark_pipeline.picture import Picture
from variantspark_pipeline.screens.screen import Answer, Finish, NobodyToAsk


@dataclass
class RecordingScreen:
    answers: list[Answer | Finish] = field(default_factory=list)
    #: What is pressed during each wait.
    presses: list[Finish | None] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    closed: bool = False

    def draw(self, picture: Picture) -> None:
        self.pictures.append(picture)

    def answer(self, picture: Picture, seconds: float) -> Answer | Finish | None:
        if not self.answers:
            raise NobodyToAsk
        return self.answers.pop(0)

    def wait(self, seconds: float) -> Finish | None:
        if self.presses:
            return self.presses.pop(0)
        time.sleep(seconds)
        return None

    def say(self, text: str) -> None:
        self.said.append(text)

    def close(self) -> None:
        self.closed = True
