"""The questions pages answer. Apps register theirs when they start; home shows them with their answers."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer in one sentence (safe HTML, with <b> around what matters), and what to do: a link's words.

    url overrides the question's own page, for example with a filter set.
    """

    sentence: str
    link: Text
    url: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the page that answers it, who may ask it, and how home answers it in a sentence.

    answer: scope and school year in; None when there is nothing to say to this caller; few queries.
    nav: the word for the main navigation, "" for none; in_nav: whose navigation has it, of those who may ask.
    """

    key: str
    text: Text
    url_name: str
    data: Data
    answer: Callable[[Scope, int], Answer | None]
    nav: Text = ""
    place: int = 100
    in_nav: Callable[[Scope], bool] = lambda scope: True


_questions: dict[str, Question] = {}


def register(question: Question) -> None:
    """Make a question known. ValueError when another has its key."""
    if question.key in _questions and _questions[question.key] != question:
        raise ValueError(f"two questions are called {question.key}")
    _questions[question.key] = question


def questions_for(scope: Scope) -> list[Question]:
    """Return the questions the caller may ask, in their order."""
    return [one for one in sorted(_questions.values(), key=lambda q: (q.place, q.key)) if scope.may(one.data)]


def navigation(scope: Scope) -> list[Question]:
    """Return the questions that stand in the caller's main navigation, in their order."""
    return [one for one in questions_for(scope) if one.nav and one.in_nav(scope)]


@dataclass(frozen=True, slots=True)
class Tool:
    """A page that some callers work with and that answers no question, such as imports; in the person's menu.

    data, action: who sees it; without data: everyone who is signed in.
    """

    label: Text
    url_name: str
    data: Data | None
    place: int = 100
    action: Action = Action.VIEW


_tools: dict[str, Tool] = {}


def register_tool(tool: Tool) -> None:
    """Make a tool known; a page is registered once."""
    _tools[tool.url_name] = tool


def tools_for(scope: Scope) -> list[Tool]:
    """Return the tools the caller may use, in their order."""
    ordered = sorted(_tools.values(), key=lambda tool: (tool.place, tool.url_name))
    return [tool for tool in ordered if tool.data is None or scope.may(tool.data, tool.action)]


def labels() -> dict[str, Text]:
    """Return what the pages of questions and tools are called, by the names of their urls."""
    asked = {one.url_name: one.nav or one.text for one in _questions.values()}
    return {url_name: tool.label for url_name, tool in _tools.items()} | asked
