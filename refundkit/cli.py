"""The root command: who acts on which store, commands loaded when used, every error as two plain lines and a status."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperGroup

from refundkit.errors import RefundkitError


class Entry(NamedTuple):
    """Where a command lives and its one line of help, so that `--help` loads nothing."""

    module: str
    help: str
    group: bool = False


# A test holds each line of help against the command's own.
COMMANDS: Final[dict[str, Entry]] = {
    "init": Entry("setup", "Begin a store: policy file, first user with a signing key."),
    "demo": Entry("demo", "Walk the sample shop through everything, in a folder."),
    "records": Entry("records", "Load the shop's record files."),
    "import": Entry("intake", "Bring requests in: lists, mails, mailboxes, folders of them."),
    "log": Entry("log", "Note a request by hand; on a terminal it asks for what is missing."),
    "assess": Entry("cases", "Assess cases anew, after new records."),
    "list": Entry("cases", "List cases."),
    "show": Entry("cases", "Show a case with its whole calculation."),
    "history": Entry("cases", "Show what happened to a case, event by event."),
    "queue": Entry("queue", "Decide what waits, on a screen of its own."),
    "approve": Entry("decide", "Approve cases."),
    "deny": Entry("decide", "Deny cases, with a reason."),
    "amend": Entry("decide", "Correct a request; it is assessed anew."),
    "override": Entry("decide", "Set one finding aside, with a reason."),
    "ask": Entry("pausing", "Ask about cases: no approval before the answer."),
    "answer": Entry("pausing", "Answer the questions about cases."),
    "hold": Entry("pausing", "Hold cases: no money moves until a manager releases them."),
    "release": Entry("pausing", "Lift the holds of cases."),
    "withdraw": Entry("decide", "Note that the requester takes a request back."),
    "reopen": Entry("decide", "Take up a denied, withdrawn or duplicate case again."),
    "revoke": Entry("decide", "Take an approval back before it is booked."),
    "settle": Entry("pausing", "Settle a conflict of two edits, or an anomaly."),
    "escalate": Entry("escalate", "Remind those who can decide of what waits, once for each full day; for cron."),
    "export": Entry("export", "Write a batch of bookings for the accounting system."),
    "pay": Entry("pay", "Pay booked refunds: bank files, cheques, worklists."),
    "payment": Entry("payment", "Payments: list them, say how one ended.", group=True),
    "payee": Entry("payee", "Where customers' money goes: enter it, confirm a change.", group=True),
    "reconcile": Entry("reconcile", "Read bank and processor statements; end the payments they prove."),
    "rates": Entry("rates", "Exchange rates from the ECB's own file.", group=True),
    "books": Entry("books", "Close and open months of the books.", group=True),
    "report": Entry("report", "Reports: what is owed, what is not booked, what is uncertain.", group=True),
    "invoice": Entry("invoice", "An invoice: what can be refunded, every document against it.", group=True),
    "customer": Entry("customer", "A customer: invoiced, paid, refunded, credit on account.", group=True),
    "case": Entry("case", "Files of a case; parts that came back; a case from a message.", group=True),
    "audit": Entry("audit", "Issue and verify audit documents; verify the ledger.", group=True),
    "policy": Entry("policy", "Show, check, try, compare and adopt the policy.", group=True),
    "user": Entry("people", "Add people, change their roles, give and take keys.", group=True),
    "doctor": Entry("doctor", "Look after the store: check it, rebuild its tables."),
}
ROOT_OPTIONS: Final = ("--store", "--as", "--now")


class Root(TyperGroup):
    """Loads a command's module when it is used and turns our own errors into plain lines."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the shape is Typer's
        """Names in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the shape is Typer's
        """The command, loaded; a stand-in with its help while only help is shown."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        if getattr(self, "_only_help", False):
            return typer.core.TyperCommand(cmd_name, callback=None, help=entry.help)
        module = importlib.import_module(f"refundkit.commands.{entry.module}")
        group = typer.main.get_group(module.app)
        if entry.group:
            group.name = cmd_name
            return group
        return group.commands[cmd_name]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Help from the table above."""
        self._only_help = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._only_help = False

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Lets an unknown command be answered with the one that was meant."""
        self.commands.update({name: None for name in COMMANDS if name not in self.commands})  # type: ignore[misc]
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run; a RefundkitError becomes its message, its hint and its exit status."""
        try:
            return super().invoke(ctx)
        except RefundkitError as err:
            typer.echo(f"error: {err}", err=True)
            raise typer.Exit(err.exit_status) from err
        except BrokenPipeError as err:
            # The reader of our output has gone; the interpreter must not complain about it again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from err
        except KeyboardInterrupt as err:
            typer.echo("interrupted: nothing was half-done", err=True)
            raise typer.Exit(130) from err


app = typer.Typer(cls=Root, rich_markup_mode=None, add_completion=True, no_args_is_help=False)


def _users(ctx: typer.Context, incomplete: str) -> list[str]:
    """Completes --as."""
    from refundkit.commands import complete

    return complete.users(ctx, incomplete)


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    store: str = typer.Option("", "--store", envvar="REFUNDKIT_STORE", metavar="PATH", help="The store to work on."),
    user: str = typer.Option(
        "", "--as", envvar="REFUNDKIT_USER", metavar="USER", help="Who acts.", autocompletion=_users
    ),
    now: str = typer.Option(
        "", "--now", envvar="REFUNDKIT_NOW", metavar="TIME", help="Act as if it were then (tests, demos, replays)."
    ),
    *,
    version: bool = typer.Option(False, "--version", help="Say the version and leave."),
) -> None:
    """Refunds of a field-service shop: captured, checked, decided, booked, and provable a year later.

    Alone, it shows what needs doing now.
    """
    from refundkit.commands import context

    if version:
        from refundkit import __version__

        typer.echo(f"refundkit {__version__}")
        raise typer.Exit
    ctx.obj = context.Call(store, user, now)
    if ctx.invoked_subcommand is None:
        from refundkit.commands.overview import overview

        try:
            overview(ctx)
        except RefundkitError as err:
            typer.echo(f"error: {err}", err=True)
            raise typer.Exit(err.exit_status) from err


def hoisted(arguments: list[str]) -> list[str]:
    """The same command line with --store, --as and --now in front: they may stand anywhere before a lone `--`."""
    front: list[str] = []
    rest: list[str] = []
    places = iter(range(len(arguments)))
    for i in places:
        word = arguments[i]
        if word == "--":
            return front + rest + arguments[i:]
        if word in ROOT_OPTIONS and i + 1 < len(arguments):
            front += [word, arguments[i + 1]]
            next(places)
        elif word.startswith(tuple(f"{o}=" for o in ROOT_OPTIONS)):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status."""
    strange = [word for word in arguments if any("\ud800" <= c <= "\udfff" for c in word)]
    if strange:
        shown = strange[0].encode("utf-8", "backslashreplace").decode()
        typer.echo(f"error: '{shown}' is not text in UTF-8\nhint: set the terminal to UTF-8", err=True)
        return 2
    try:
        app(args=hoisted(arguments), prog_name="refundkit")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        typer.echo("interrupted: nothing was half-done", err=True)
        return 130
    except OSError as err:
        typer.echo(f"error: {err.filename or 'the system'}: {err.strerror or err}\nhint: check the path", err=True)
        return 5
    except Exception as err:  # the last door: whatever comes here is a defect of ours, and says so
        if os.environ.get("REFUNDKIT_TRACE"):
            raise
        typer.echo(
            f"error: refundkit failed unexpectedly ({type(err).__name__}: {err})\n"
            "hint: nothing was half-stored. Set REFUNDKIT_TRACE=1 and run it again to see where, and report it",
            err=True,
        )
        return 1
    return 0
