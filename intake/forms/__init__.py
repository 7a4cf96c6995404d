"""Prints the forms that templates describe: blank specimens, or filled from a registry."""

from intake.forms.pictures import form_picture, pdf_picture
from intake.forms.sheets import SHEETS, print_forms
from intake.forms.slips import Slip, slips

__all__ = ["SHEETS", "Slip", "form_picture", "pdf_picture", "print_forms", "slips"]
