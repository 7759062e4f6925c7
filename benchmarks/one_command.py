"""The smallest program made with Typer: what `refundkit --help` and `refundkit list` are held against."""

from __future__ import annotations

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command()
def greet(name: str = typer.Option("world", "--name", help="Who is greeted.")) -> None:
    """Greet somebody."""
    typer.echo(f"hello {name}")


if __name__ == "__main__":
    app()
