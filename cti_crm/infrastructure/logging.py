"""Logs: event name and fields, for people or for machines; what libraries log goes the same way."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from cti_crm.infrastructure.masking import mask_fields
from cti_crm.settings import LogSettings

_TALKATIVE = ("aiohttp.access", "aiosqlite", "alembic", "asyncio", "panoramisk", "websockets")


def set_up_logging(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Once, at the start of a program. `stream` is standard error by default."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,  # as text: neither renderer shows local variables
    ]
    if settings.mask_numbers:
        last.append(_mask_numbers)
    output = stream or sys.stderr
    last.append(
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=output.isatty())
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=first, processors=last))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING if level > logging.DEBUG else logging.DEBUG)
    structlog.configure(
        processors=[*first, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _mask_numbers(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    # The time stamp is made here and full of digits; everything else may come from a caller.
    stamp = event.pop("timestamp", None)
    masked = mask_fields(event)
    return {"timestamp": stamp, **masked} if stamp is not None else masked
