"""Command line of the private servers; see the package's description."""

import argparse
import signal
import sys
from types import FrameType

from alignment_dash.embedded import commands, demo, testing
from alignment_dash.embedded.processes import StartError


def main(arguments: list[str]) -> int:
    """Parse the command line, do what it says and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m alignment_dash.embedded", description=__doc__)
    choices = parser.add_subparsers(dest="command", required=True)
    show = choices.add_parser("demo", help="start everything with a sample district and serve it")
    show.add_argument("--profile", default="midsized-urban", help="size of the sample district")
    show.add_argument("--seed", type=int, default=1, help="which of the possible sample districts")
    show.add_argument(
        "--port", type=int, default=8000, help="port to serve on, the next free one if it is busy"
    )
    for name, help_text in (
        ("run", "run a command against the private servers"),
        ("test", "run pytest on servers of its own"),
    ):
        choice = choices.add_parser(name, help=help_text)
        choice.add_argument("rest", nargs=argparse.REMAINDER)
    choices.add_parser("stop", help="stop what an earlier start left running")
    choices.add_parser("clean", help="stop, and delete data and secrets")
    options = parser.parse_args(arguments)
    # A shell that starts this in the background has it ignore ctrl-C, and all that it starts with it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    try:
        return _dispatch(parser, options)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _dispatch(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if options.command == "demo":
        return demo.run_demo(profile=options.profile, seed=options.seed, port=options.port)
    if options.command == "stop":
        return commands.stop()
    if options.command == "clean":
        return commands.clean()
    rest = options.rest[1:] if options.rest[:1] == ["--"] else options.rest
    if options.command == "test":
        return testing.run_tests(rest)
    if not rest:
        parser.error("run: name the command after --")
    return commands.run(rest)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
