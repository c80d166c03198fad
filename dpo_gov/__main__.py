"""`python -m dpo_gov` is `dpo-gov`."""

from dpo_gov.cli import main

if __name__ == "__main__":
    main(prog_name="dpo-gov")
