"""Reminders: each once, whatever happens; by e-mail over a real SMTP server, sent again until it is taken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select, update

from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.jobs import JobRunner
from cti_crm.infrastructure.mail import Mailer
from cti_crm.infrastructure.models import Job
from cti_crm.settings import MailSettings
from cti_crm.tasks.events import NoticeKind, TaskNotice
from cti_crm.tasks.models import Task
from cti_crm.tasks.reminders import MAIL_JOB, Reminders
from tests.crm_setup import Crm, send
from tests.integration.tasks.test_tasks import due


@dataclass
class Postbox:
    """An SMTP server; it answers each message with the next of `answers`, then takes all."""

    answers: list[str] = field(default_factory=list)
    mails: list[Message] = field(default_factory=list)
    to: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=default))
        self.to += envelope.rcpt_tos
        return "250 taken"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            await server.wait_closed()


def mailer(port: int) -> Mailer:
    return Mailer(MailSettings(host="127.0.0.1", port=port, security="none", sender="cti-crm <crm@example.com>"))


async def overdue(crm: Crm, minutes: int = 1) -> None:
    """Let the time of all reminders come."""
    async with crm.database.transaction() as session:
        moment = now() - timedelta(minutes=minutes)
        await session.execute(update(Task).where(Task.remind_at.is_not(None)).values(remind_at=moment))


async def jobs(crm: Crm) -> list[Job]:
    async with crm.database.transaction() as session:
        return list((await session.execute(select(Job))).scalars())


def told(crm: Crm) -> list[TaskNotice]:
    return [one for one in crm.published if isinstance(one, TaskNotice) and one.kind is NoticeKind.DUE]


async def test_a_reminder_stands_from_when_it_is_due_until_it_is_seen(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        task = await send(client, "POST", "/tasks", {"text": "Call", "due_at": due(2), "remind_minutes": 30}, 201)
        assert await crm.reminders.remind_due() <= timedelta(seconds=30)
        assert told(crm) == []
        await overdue(crm)
        await crm.reminders.remind_due()
        # Another process, or this one after a restart, tells it no second time; and it is not lost.
        await Reminders(crm.database, crm.bus, None, None).remind_due()
        assert len(told(crm)) == 1
        (notice,) = (await send(client, "GET", "/tasks/notices"))["items"]
        assert notice["reminded_at"] is not None
        later = await send(client, "POST", f"/tasks/{task['id']}/snooze", {"until": due(1)})
        assert (later["remind_at"] is not None, later["reminded_at"], later["version"]) == (True, None, 1)
        assert (await send(client, "GET", "/tasks/notices"))["items"] == []
        await send(client, "POST", f"/tasks/{task['id']}/snooze", {"until": due(-1)}, 422)
        await overdue(crm)
        await crm.reminders.remind_due()
        assert len(told(crm)) == 2
        await send(client, "POST", f"/tasks/{task['id']}/seen")
        assert (await send(client, "GET", "/tasks/notices"))["items"] == []


async def test_no_reminder_of_what_is_done_past_or_not_wished(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        done = await send(client, "POST", "/tasks", {"text": "done", "due_at": due(1)}, 201)
        await send(client, "PATCH", f"/tasks/{done['id']}", {"version": 1, "done": True})
        for body in ({"due_at": due(-1)}, {"due_at": due(1), "remind_minutes": None}, {}):
            task = await send(client, "POST", "/tasks", {"text": "x", **body}, 201)
            assert task["remind_at"] is None
        # Too late to remind a day before: then when it is due.
        soon = {"text": "soon", "due_at": due(1), "remind_minutes": 1440}
        task = await send(client, "POST", "/tasks", soon, 201)
        assert task["remind_at"] == task["due_at"]
        moved = await send(client, "PATCH", f"/tasks/{task['id']}", {"version": 1, "due_at": due(30)})
        assert moved["remind_at"] < moved["due_at"]
        await send(client, "PATCH", f"/tasks/{task['id']}", {"version": 2, "done": True})
        await overdue(crm)
        await crm.reminders.remind_due()
        assert told(crm) == []


async def test_reminders_run_by_themselves(crm: Crm) -> None:
    heard = asyncio.Event()
    crm.bus.subscribe(TaskNotice, lambda _: heard.set())
    running = asyncio.create_task(crm.reminders.run())
    async with crm.client(await crm.add_user("anna")) as client:
        in_a_moment = (now() + timedelta(milliseconds=300)).isoformat()
        await send(client, "POST", "/tasks", {"text": "soon", "due_at": in_a_moment}, 201)
        await heard.wait()
        assert len((await send(client, "GET", "/tasks/notices"))["items"]) == 1
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def reminded_by_mail(crm: Crm, client: Any, text: str = "Call Müller") -> Reminders:
    wish = {"address": "anna@example.com", "language": "de", "timezone": "Europe/Berlin"}
    assert (await send(client, "PUT", "/tasks/reminder-mail", wish))["address"] == "anna@example.com"
    await send(client, "POST", "/tasks", {"text": text, "due_at": due(2)}, 201)
    await overdue(crm)
    await crm.reminders.remind_due()
    return crm.reminders


async def test_an_e_mail_reminds_once(crm: Crm) -> None:
    post = Postbox()
    async with post.open() as port:
        crm.mailer = mailer(port)
        crm.reminders = Reminders(crm.database, crm.bus, crm.mailer, "https://crm.example.com")
        async with crm.client(await crm.add_user("anna")) as client:
            reminders = await reminded_by_mail(crm, client)
        runner = JobRunner(crm.database, crm.bus, {MAIL_JOB: reminders.send_mail})
        await runner.work()
        await runner.work()
    (mail,) = post.mails
    assert (mail["Subject"], post.to, mail["Auto-Submitted"]) == (
        "Erinnerung: Call Müller",
        ["anna@example.com"],
        "auto-generated",
    )
    text = mail.get_content()  # type: ignore[attr-defined]
    assert "Fällig: " in text
    assert "https://crm.example.com/tasks" in text
    assert await jobs(crm) == []


async def test_a_refused_e_mail_is_sent_again_and_not_for_ever(crm: Crm) -> None:
    post = Postbox(answers=["451 try later", "250-never"][:1])
    async with post.open() as port:
        crm.mailer = mailer(port)
        crm.reminders = Reminders(crm.database, crm.bus, crm.mailer, None)
        async with crm.client(await crm.add_user("anna")) as client:
            reminders = await reminded_by_mail(crm, client)
            runner = JobRunner(crm.database, crm.bus, {MAIL_JOB: reminders.send_mail})
            assert await runner.work() > timedelta(seconds=20)
            (job,) = await jobs(crm)
            assert (job.attempts, job.failed_at, post.mails) == (1, None, [])
            assert "451" in job.error
            # A new runner, as after a restart, takes it up when its time has come.
            async with crm.database.transaction() as session:
                await session.execute(update(Job).values(run_at=now()))
            await JobRunner(crm.database, crm.bus, {MAIL_JOB: reminders.send_mail}).work()
            assert (len(post.mails), await jobs(crm)) == (1, [])
            # Refused for good: given up at once, and kept to be looked at.
            post.answers = ["554 no"]
            await reminded_by_mail(crm, client, "Another")
            await runner.work()
            (job,) = await jobs(crm)
            assert job.failed_at is not None
            assert len(post.mails) == 1


async def test_no_server_is_no_reason_to_lose_an_e_mail(crm: Crm, unused_tcp_port: int) -> None:
    crm.mailer = mailer(unused_tcp_port)
    crm.reminders = Reminders(crm.database, crm.bus, crm.mailer, None)
    async with crm.client(await crm.add_user("anna")) as client:
        reminders = await reminded_by_mail(crm, client)
        runner = JobRunner(crm.database, crm.bus, {MAIL_JOB: reminders.send_mail})
        await runner.work()
        (job,) = await jobs(crm)
        assert job.failed_at is None
        # Done meanwhile: nothing is sent any more.
        (task,) = (await send(client, "GET", "/tasks"))["items"]
        await send(client, "PATCH", f"/tasks/{task['id']}", {"version": 1, "done": True})
        async with crm.database.transaction() as session:
            await session.execute(update(Job).values(run_at=now()))
        await runner.work()
        assert await jobs(crm) == []


async def test_two_runners_do_a_job_once(crm: Crm) -> None:
    done: list[str] = []

    async def do(_job: Any, payload: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        done.append(payload["n"])

    async with crm.database.transaction() as session:
        session.add_all(Job(kind="count", payload={"n": str(n)}, run_at=now()) for n in range(30))
    runners = [JobRunner(crm.database, crm.bus, {"count": do}) for _ in range(3)]
    for _round in range(3):
        await asyncio.gather(*(runner.work() for runner in runners), return_exceptions=crm.database.is_sqlite)
    for runner in runners:
        await runner.work()
    assert sorted(done, key=int) == [str(n) for n in range(30)]


async def test_mail_is_asked_for_and_taken_back(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        assert await send(client, "GET", "/tasks/reminder-mail") == {"possible": False, "address": None}
        for wrong in ("anna", "a@b", "a b@c.de", "Anna <a@b.de>", "a@b.de\nBcc: c@d.de"):
            await send(client, "PUT", "/tasks/reminder-mail", {"address": wrong}, 422)
        for _twice in range(2):
            await send(client, "PUT", "/tasks/reminder-mail", {"address": "a@b.de"})
        assert (await send(client, "GET", "/tasks/reminder-mail"))["address"] == "a@b.de"
        await send(client, "PUT", "/tasks/reminder-mail", {"address": None})
        assert (await send(client, "GET", "/tasks/reminder-mail"))["address"] is None
