"""The typed HTTP layer over aiohttp and pydantic."""
