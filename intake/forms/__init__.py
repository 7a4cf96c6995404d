"""Prints the forms that templates describe: blank specimens, or filled from a registry."""

from intake.forms.sheets import SHEETS, print_forms
from intake.forms.slips import Slip, slips

__all__ = ["SHEETS", "Slip", "print_forms", "slips"]
