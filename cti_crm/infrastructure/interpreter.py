"""The Python interpreter, set up for a service that answers within milliseconds."""

import gc
import sys

# Seconds a thread may keep others from running. The default, 5 ms, is what a look-up in a thread would wait several
# times whenever the event loop is busy.
_SWITCH_SECONDS = 0.0005
_NEW_OBJECTS = 10_000  # between two collections of the young; the default is 700


def settle() -> None:
    """To be called once all that stays is there: it is not looked at any more when garbage is collected."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
