"""The core: what a call is and what becomes of it. Knows no vendor's PBX and no customer."""
