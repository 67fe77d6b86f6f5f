"""Recurring tasks, hand-over, calendar and team, on both databases."""

from datetime import datetime, timedelta
from typing import Any

from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.http.principal import Role
from cti_crm.tasks.events import NoticeKind, TaskNotice
from tests.crm_setup import Crm, send
from tests.integration.tasks.test_tasks import due, texts

DAILY = {"every": "day", "timezone": "Europe/Berlin"}


async def listed(client: Any, query: str = "") -> list[Any]:
    return list((await send(client, "GET", f"/tasks?{query}"))["items"])


async def test_the_next_one_comes_once_however_it_is_closed(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        body = {"text": "Report", "due_at": due(1), "recurrence": DAILY, "remind_minutes": 10}
        first = await send(client, "POST", "/tasks", body, 201)
        path = f"/tasks/{first['id']}"
        done = await send(client, "PATCH", path, {"version": 1, "done": True})
        (second,) = await listed(client)
        a_day = datetime.fromisoformat(second["due_at"]) - datetime.fromisoformat(first["due_at"])
        assert timedelta(hours=23) <= a_day <= timedelta(hours=25)
        assert (second["recurrence"]["every"], second["remind_minutes"]) == ("day", 10)
        assert second["remind_at"] is not None
        # Undone: the untouched next one was never there. Done again: it comes again, once.
        undone = await send(client, "PATCH", path, {"version": done["version"], "done": False})
        assert await texts(client) == ["Report"]
        again = await send(client, "PATCH", path, {"version": undone["version"], "done": True})
        (second,) = await listed(client)
        # Somebody worked on the next one: undoing the first takes nothing of that away, and makes no third.
        await send(client, "PATCH", f"/tasks/{second['id']}", {"version": 1, "text": "Report, long"})
        undone = await send(client, "PATCH", path, {"version": again["version"], "done": False})
        await send(client, "PATCH", path, {"version": undone["version"], "done": True})
        assert await texts(client) == ["Report, long"]
        skipped = await send(client, "POST", f"/tasks/{second['id']}/skip", {"version": 2})
        assert skipped["skipped"]
        (third,) = await listed(client)
        assert third["text"] == "Report, long"
        await send(client, "POST", f"/tasks/{second['id']}/skip", {"version": 2}, 409)


async def test_a_series_ends_and_keeps_its_hour(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        tomorrow = (now() + timedelta(days=1)).date()
        rule = {**DAILY, "until": tomorrow.isoformat()}
        task = await send(client, "POST", "/tasks", {"text": "x", "due_at": due(1), "recurrence": rule}, 201)
        # Moved by an hour this once: the next keeps the hour of the series.
        moved = await send(client, "PATCH", f"/tasks/{task['id']}", {"version": 1, "due_at": due(2)})
        await send(client, "PATCH", f"/tasks/{task['id']}", {"version": moved["version"], "done": True})
        following = await listed(client)
        for one in following:
            assert datetime.fromisoformat(one["due_at"]).minute == datetime.fromisoformat(task["due_at"]).minute
            await send(client, "PATCH", f"/tasks/{one['id']}", {"version": 1, "done": True})
        assert await listed(client) == []


async def test_what_cannot_recur(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        await send(client, "POST", "/tasks", {"text": "x", "recurrence": DAILY}, 422)
        for wrong in (
            {"every": "year", "timezone": "UTC"},
            {"every": "day", "timezone": "Mars/Base"},
            {**DAILY, "interval": 0},
        ):
            await send(client, "POST", "/tasks", {"text": "x", "due_at": due(1), "recurrence": wrong}, 422)
        once = await send(client, "POST", "/tasks", {"text": "x", "due_at": due(1)}, 201)
        await send(client, "POST", f"/tasks/{once['id']}/skip", {"version": 1}, 422)
        every = await send(client, "PATCH", f"/tasks/{once['id']}", {"version": 1, "recurrence": DAILY})
        assert every["recurrence"]["every"] == "day"
        # Without a date there is no series.
        never = await send(client, "PATCH", f"/tasks/{once['id']}", {"version": 2, "due_at": None})
        assert never["recurrence"] is None


async def test_handing_over_is_told_until_it_is_seen(crm: Crm) -> None:
    anna, bernd = await crm.add_user("anna"), await crm.add_user("bernd")
    async with crm.client(anna) as client:
        task = await send(client, "POST", "/tasks", {"text": "Call Krüger", "due_at": due(3)}, 201)
        wish = {"version": 1, "assignee_id": str(bernd.user_id), "comment": "I am away tomorrow"}
        given = await send(client, "POST", f"/tasks/{task['id']}/hand-over", wish)
        assert (given["assignee"]["name"], given["handed"]["by"]["name"]) == ("Bernd", "Anna")
        await send(client, "POST", f"/tasks/{task['id']}/hand-over", wish, 409)
        await send(
            client, "POST", f"/tasks/{task['id']}/hand-over", {**wish, "version": 2, "assignee_id": str(new_id())}, 422
        )
        assert (await send(client, "GET", "/tasks/notices"))["items"] == []
        await send(client, "POST", f"/tasks/{task['id']}/seen", status=403)
    notices = [event for event in crm.published if isinstance(event, TaskNotice)]
    assert TaskNotice(notices[-1].task_id, bernd.user_id, NoticeKind.HANDED_OVER) in notices
    async with crm.client(bernd) as client:
        (notice,) = (await send(client, "GET", "/tasks/notices"))["items"]
        assert notice["handed"]["comment"] == "I am away tomorrow"
        seen = await send(client, "POST", f"/tasks/{task['id']}/seen")
        assert (seen["handed"]["seen"], seen["version"]) == (True, 2)  # whoever edits it meanwhile meets no conflict
        assert (await send(client, "GET", "/tasks/notices"))["items"] == []
        await send(client, "PATCH", f"/tasks/{task['id']}", {"version": 2, "done": True})
        # Made for a colleague is handed over, too; for oneself is not.
        await send(client, "POST", "/tasks", {"text": "For Anna", "assignee_id": str(anna.user_id)}, 201)
        await send(client, "POST", "/tasks", {"text": "Mine", "assignee_id": str(bernd.user_id)}, 201)
        assert (await send(client, "GET", "/tasks/notices"))["items"] == []
    async with crm.client(anna) as client:
        assert [one["text"] for one in (await send(client, "GET", "/tasks/notices"))["items"]] == ["For Anna"]


async def test_a_team_sees_its_tasks_and_a_calendar_its_days(crm: Crm) -> None:
    anna, bernd, clara = [await crm.add_user(name) for name in ("anna", "bernd", "clara")]
    crm.teams = {one.user_id: {anna.user_id, bernd.user_id} for one in (anna, bernd)}
    for who, text, hours in ((anna, "a", 1), (bernd, "b", 30), (clara, "c", 2)):
        async with crm.client(who) as client:
            await send(client, "POST", "/tasks", {"text": text, "due_at": due(hours)}, 201)
    async with crm.client(anna) as client:
        assert await texts(client, "assignee=team") == ["a", "b"]
        assert await texts(client, f"assignee={bernd.user_id}") == ["b"]
        await send(client, "GET", f"/tasks?assignee={clara.user_id}", status=403)
        day = f"due_from={due(0)}&due_before={due(24)}".replace("+", "%2B")
        assert await texts(client, f"assignee=team&status=all&{day}") == ["a"]
        (theirs,) = await listed(client, f"assignee={bernd.user_id}")
        assert (await send(client, "PATCH", f"/tasks/{theirs['id']}", {"version": 1, "done": True}))["done_at"]
    async with crm.client(clara) as client:
        assert await texts(client, "assignee=team") == ["c"]
        await send(client, "PATCH", f"/tasks/{theirs['id']}", {"version": 2, "done": False}, 403)
    async with crm.client(await crm.add_user("maria", Role.MANAGER)) as client:
        assert await texts(client, "assignee=all&status=all") == ["a", "c", "b"]
