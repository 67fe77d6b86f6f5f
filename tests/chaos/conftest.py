"""The PBX of the chaos test is its own: it is broken on purpose."""

from tests.lab.fixtures import own_pbx

__all__ = ["own_pbx"]
