"""Alembic migrations; inside the package so that `cti-crm migrate` works from a wheel."""
