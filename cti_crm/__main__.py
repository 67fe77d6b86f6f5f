"""`python -m cti_crm`."""

from cti_crm.cli import main

if __name__ == "__main__":
    main()
