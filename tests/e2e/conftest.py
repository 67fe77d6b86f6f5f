"""Fixtures of the tests on a real Asterisk."""

from tests.lab.fixtures import asterisk_pbx, own_pbx, people

__all__ = ["asterisk_pbx", "own_pbx", "people"]
