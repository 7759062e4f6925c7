"""Deciding in the queue: every key calls the use case of its command; what is seen on the screen is what is decided."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from refundkit.errors import OutsideError, RefundkitError
from refundkit.tui import deeds
from refundkit.tui.deeds import NEEDS, Done, Kind
from refundkit.tui.office import Office
from refundkit.tui.opener import Opener
from refundkit.tui.screens import asking
from refundkit.tui.screens.browse import Browse
from refundkit.tui.screens.told import HELP, Told
from refundkit.tui.widgets.case_list import CaseList
from refundkit.workflow import queue
from refundkit.workflow.outcomes import Outcome
from refundkit.workflow.queue import Sheet, Waiting
from refundkit.workflow.shop import Shop


class QueueScreen(Browse):
    """The queue with the keys that decide. One decision is finished before the next begins."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "Approve"),
        Binding("d", "deny", "Deny"),
        Binding("l", "less", "Less"),
        Binding("q", "question", "Ask"),
        Binding("o", "override", "Override"),
        Binding("h", "hold", "Hold"),
        Binding("space", "mark", "Mark", key_display="Spc"),
        Binding("A", "approve_marked", "All", key_display="A"),
        Binding("u", "take_back", "Undo"),
        Binding("r", "assess", "Assess", show=False),
        Binding("f", "files", "Files", show=False),
        Binding("question_mark", "help", "Help", show=False),
    ]

    class Locked(Message):
        """Another process keeps the store."""

    def __init__(self, office: Office, painted: Callable[[], None]) -> None:
        super().__init__(office, painted)
        self.done: list[Done] = []
        self._opener = Opener()
        self._one = asyncio.Lock()
        office.waiting = self._store_is_locked

    def on_unmount(self) -> None:
        """Take away what was shown outside."""
        self._opener.close()

    def _store_is_locked(self) -> None:
        """Called in the writing thread, when another process keeps the store for longer than two seconds.

        It does not wait for the screen: while somebody quits, the screen waits for the writing.
        """
        self.post_message(self.Locked())

    @on(Locked)
    def _tell_locked(self) -> None:
        self.say("Another program keeps the store; waiting for it. Nothing is lost.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key without the right is not there."""
        needed = NEEDS.get(action)
        return super().check_action(action, parameters) if needed is None else needed in self.office.rights

    @work
    async def action_approve(self) -> None:
        """Approve what is payable, after a question that names it."""
        async with self._one:
            sheet = await self.sheet()
            yes = await self.app.push_screen_wait(asking.approve(sheet)) if sheet else False
            if sheet and yes:
                await self._do(Kind.APPROVE, sheet, lambda shop: deeds.approve(shop, sheet))

    @work
    async def action_deny(self) -> None:
        """Deny with a reason."""
        async with self._one:
            sheet = await self.sheet()
            if sheet and (said := await self.app.push_screen_wait(asking.deny(sheet))):
                await self._do(Kind.DENY, sheet, lambda shop: deeds.deny(shop, sheet, said["reason"]))

    @work
    async def action_less(self) -> None:
        """Approve another amount with a reason."""
        async with self._one:
            sheet = await self.sheet()
            if sheet and (said := await self.app.push_screen_wait(asking.less(sheet))):
                amount, why = said["amount"], said["reason"]
                await self._do(Kind.APPROVE, sheet, lambda shop: deeds.approve(shop, sheet, amount, why))

    @work
    async def action_question(self) -> None:
        """Send the case back with a question."""
        async with self._one:
            sheet = await self.sheet()
            if sheet and (said := await self.app.push_screen_wait(asking.question(sheet))):
                await self._do(Kind.ASK, sheet, lambda shop: deeds.ask(shop, sheet, said["question"]))

    @work
    async def action_override(self) -> None:
        """Set a finding aside."""
        async with self._one:
            sheet = await self.sheet()
            form = asking.override(sheet) if sheet else None
            if sheet and form is None:
                self.say(f"{sheet.id} has no finding to override.")
            elif sheet and form and (said := await self.app.push_screen_wait(form)):
                code, why = said["code"], said["reason"]
                await self._do(Kind.OVERRIDE, sheet, lambda shop: deeds.override(shop, sheet, code, why))

    @work
    async def action_hold(self) -> None:
        """Hold the case."""
        async with self._one:
            sheet = await self.sheet()
            if sheet and (said := await self.app.push_screen_wait(asking.hold(sheet))):
                await self._do(Kind.HOLD, sheet, lambda shop: deeds.hold(shop, sheet, said["kind"], said["reason"]))

    @work
    async def action_assess(self) -> None:
        """Assess the case anew."""
        async with self._one:
            if sheet := await self.sheet():
                await self._do(Kind.ASSESS, sheet, lambda shop: deeds.assess(shop, sheet))

    async def _do(self, kind: Kind, sheet: Sheet, deed: Callable[[Shop], list[Outcome]]) -> None:
        """Do it in the writing thread, say what came of it, and read the screen anew."""
        self.own.add(sheet.id)
        self._begun({sheet.key})
        outcomes = await self._try(deed, str(kind))
        for outcome in outcomes:
            self.say(deeds.said(outcome, str(kind)))
            if outcome.refused is None and kind != Kind.ASSESS:
                self.done.append(Done(kind, (outcome.case,)))
        await self._renewed({sheet.key})

    def _begun(self, keys: set[str]) -> None:
        """Show which cases are being decided. Until it is seen what came of it they cannot be marked."""
        self.cases.busy |= keys
        self.cases.refresh()

    async def _renewed(self, keys: set[str]) -> None:
        """Read the screen anew after a decision of these cases."""
        await self._renew()
        self.cases.busy -= keys
        self.cases.refresh()

    async def _try(self, deed: Callable[[Shop], list[Outcome]], what: str) -> list[Outcome]:
        try:
            return await self.office.act(deed)
        except RefundkitError as err:
            self.say(f"Not {what}: {err.message}. {err.hint}.")
            return []

    @work
    async def action_approve_marked(self) -> None:
        """Approve all that is marked, after one question with the sum; one result a case."""
        async with self._one:
            marked = list(self.cases.marked.values())
            if not marked:
                self.say("Nothing is marked. Space marks a case.")
                return
            ready = await self.look(lambda shop: queue.ready(shop, marked))
            yes = await self.app.push_screen_wait(asking.approve_marked(ready)) if ready else False
            if ready and yes:
                await self._approve_all(ready)

    async def _approve_all(self, ready: list[queue.Ready]) -> None:
        self.own.update(case.case for case in ready)
        able = [case for case in ready if not case.problem]
        named = {case.case for case in able}
        keys = {key for key, case in self.cases.marked.items() if case in named}
        self._begun(keys)
        outcomes = await self._try(lambda shop: deeds.approve_all(shop, able), str(Kind.APPROVE))
        good = tuple(o.case for o in outcomes if o.refused is None)
        if good:
            self.done.append(Done(Kind.APPROVE, good))
        self.cases.marked = {key: case for key, case in self.cases.marked.items() if case not in good}
        await self._renewed(keys)
        head = f"{len(good)} of {len(ready)} approved"
        self.say(f"{head}.")
        told = [deeds.said(outcome, str(Kind.APPROVE)) for outcome in outcomes]
        left = [f"{case.case} is left as it is: {case.problem}." for case in ready if case.problem]
        await self.app.push_screen_wait(Told(head, [*told, *left]))

    @work
    async def action_take_back(self) -> None:
        """Undo the last decision of this session, as far as the rules allow."""
        async with self._one:
            if not self.done:
                self.say("Nothing was decided here yet.")
                return
            last = self.done[-1]
            said = await self.app.push_screen_wait(asking.take_back(last))
            if not said:
                return
            outcomes = await self._try(lambda shop: deeds.take_back(shop, last, said["reason"]), deeds.TAKEN_BACK)
            for outcome in outcomes:
                self.say(deeds.said(outcome, deeds.TAKEN_BACK))
            if outcomes and all(outcome.refused is None for outcome in outcomes):
                self.done.pop()
            await self._renew()

    def action_mark(self) -> None:
        """Mark the case under the cursor, or take the mark back, and go on to the next."""
        self._mark(self.cases.current)

    @on(CaseList.Toggled)
    def _toggled(self, event: CaseList.Toggled) -> None:
        self._mark(event.line)

    def _mark(self, line: Waiting | None) -> None:
        if line is None or not self.check_action("mark", ()):
            return
        if line.key in self.cases.busy:
            self.say(f"{line.id} is being decided; mark another.")
            return
        if self.cases.marked.pop(line.key, None) is None:
            self.cases.marked[line.key] = line.id
        count = len(self.cases.marked)
        self.say(f"{count} marked. A approves {'it' if count == 1 else 'them'}." if count else "Nothing is marked.")
        self.cases.cursor += 1
        self.cases.refresh()

    @work
    async def action_files(self) -> None:
        """Have a document of the case shown outside."""
        sheet = await self.sheet()
        if sheet is None:
            return
        form = asking.files(sheet)
        if form is None:
            self.say(f"{sheet.id} has no documents.")
        elif chosen := await self.app.push_screen_wait(form):
            await self._show_file(sheet, chosen["file"])

    async def _show_file(self, sheet: Sheet, digest: str) -> None:
        name, kind = asking.file_named(sheet, digest)
        content = await self.look(lambda shop: queue.document(shop, digest))
        if content is None:
            return  # it is gone: the sentence stands on the screen
        try:
            self.say(self._opener.show(name, kind, content))
        except OutsideError as err:
            self.say(f"{err.message}. {err.hint}.")
        except OSError as err:
            self.say(f"It cannot be written to be shown: {err.strerror or err}.")

    def action_help(self) -> None:
        """Every key."""
        self.app.push_screen(Told("Keys of the queue", HELP.splitlines()))
