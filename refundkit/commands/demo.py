"""`demo`: the whole trip on the sample shop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refundkit.commands import show

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("demo")
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where it plays; made anew when run again.")] = Path(
        "refundkit-demo"
    ),
) -> None:
    """Walk the sample shop through everything, in a folder."""
    from refundkit.workflow import demo as play

    story = play.run(folder)
    for number, (title, lines) in enumerate(story.chapters, 1):
        typer.echo(show.bold(f"{number}. {title}"))
        for line in lines:
            typer.echo(f"   {line}")
        typer.echo("")
    typer.echo(show.bold("Where things lie"))
    for path, what in story.places:
        typer.echo(f"   {path}  ({what})")
    typer.echo("\n" + show.bold("Try next"))
    for command in (
        f". {folder / 'shop.env'}",
        "refundkit",
        "refundkit list --state review",
        f"refundkit show {story.show}",
        f"refundkit history {story.show}",
        "hledger" + "".join(f" -f {p}" for p, _ in story.places if p.suffix == ".journal") + " balance",
        "refundkit pay --plan --as carl",
        f"refundkit audit verify {folder / 'audit'}/*.pdf",
    ):
        typer.echo(f"   {command}")
